#!/usr/bin/env bash
# financial-beancount 0.2.0 (PyPI): a payment of which a part was refunded is left out of the ledger, and so is the refund, without an error.
#
# The statement of a WeChat account, which small shops with a personal code keep their books by, writes the refund into the state: 已退款(￥5.00).
# The converter has a list of states it takes, the bare 已退款 among them, and passes over a row in any other state.
# Gone with it are rows as common as 已转账 (paid by scanning a code), 已收钱 (received by code) and 对方已收钱.
# The list of errors stays empty, and a row in full or a row refunded in full is right, so a look at the first lines shows nothing.
# The takings of such a shop are missing altogether, and of a payment of 30.00 with 5.00 back neither side is in the ledger.
# A row that is not understood has to be kept and shown: here each refused row goes to a file with its reason, and the counts have to add up.
#
# Seen, for a statement of seven rows:
#   支付成功        taken
#   已退款(￥5.00)  left out (the payment and the refund)
#   已全额退款      taken
#   已转账          left out
#   已收钱          left out
#   对方已收钱      left out
#   errors          none
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check financial-beancount==0.2.0

cat >show.py <<'PY'
from beancount_dedup.parsers.wechat_parser import WechatParser

rows = [
    ("商户消费", "tea", "支出", "12.30", "支付成功"),
    ("商户消费", "pot", "支出", "30.00", "已退款(￥5.00)"),
    ("商户消费-退款", "pot", "收入", "5.00", "已退款(￥5.00)"),
    ("商户消费", "cup", "支出", "8.00", "已全额退款"),
    ("扫二维码付款", "rice", "支出", "20.00", "已转账"),
    ("二维码收款", "takings", "收入", "21.00", "已收钱"),
    ("转账", "rent", "支出", "22.00", "对方已收钱"),
]
lines = [
    "微信支付账单明细,,,,,,,,", "微信昵称：[shop],,,,,,,,", "起始时间：[2026-03-01 00:00:00] 终止时间：[2026-03-31 23:59:59],,,,,,,,",
    "----------------------微信支付账单明细列表--------------------,,,,,,,,",
    "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注",
]
for place, (kind, goods, direction, amount, state) in enumerate(rows):
    lines.append(f'2026-03-05 14:07:0{place},{kind},other,"{goods}",{direction},¥{amount},零钱,{state},42000027812026030512345678{place:02}\t,ORDER{place}\t,"/"')
with open("微信支付账单(20260301-20260331).csv", "w", encoding="utf-8-sig", newline="") as file:
    file.write("\r\n".join(lines) + "\r\n")

result = WechatParser().parse("微信支付账单(20260301-20260331).csv")
taken = {str(transaction.amount) for transaction in result.transactions}
for _, _, direction, amount, state in rows:
    signed = amount if direction == "收入" else f"-{amount}"
    print(f"{signed:7} {state}", "taken" if signed in taken else "left out")
print("errors", result.errors, " rows", result.parsed_rows)
assert taken == {"-12.30", "-8.00"}, taken
assert result.errors == [] and result.parsed_rows == 2
PY

python/bin/python show.py
