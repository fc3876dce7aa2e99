#!/usr/bin/env bash
# beancount-daoru 0.3.1 (PyPI): a repayment from the WeChat wallet makes the wallet richer, and a payout to the bank goes the wrong way.
#
# The statement of a WeChat account marks what is neither income nor expense with a slash: money between one's own accounts.
# The importer sorts those rows by their kind. 信用卡还款 and 购买理财通 stand among the incomes, so 500.00 that left the wallet are added to it.
# 零钱提现, the payout of the takings to the bank, is booked as money from the bank into the wallet, and the fee is added to neither: the entry does not balance.
# 零钱充值, the other direction, is booked with the same two legs and is right, as is 零钱通转出.
# The balance of the wallet is then off by twice each amount, and the payout that the bank shows is not found in the ledger.
# Here the direction of a flow is what the row says it is, and an account has to lead from one balance to the next.
#
# Seen (account and amount):
#   零钱充值    100.00          招商银行 -100.00   零钱 100.00
#   信用卡还款  500.00 from 零钱  零钱 500.00
#   购买理财通  500.00 from 零钱  零钱 500.00
#   零钱提现    1000.00, fee 1.00  招商银行 -1000.00  零钱 1000.00  零钱提现服务费 1.00, sum 1.00
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check beancount-daoru==0.3.1 openpyxl==3.1.5

cat >show.py <<'PY'
import pathlib

import openpyxl
from beancount_daoru.importers.wechat import Importer

bank = "招商银行(1234)"
rows = [
    ("零钱充值", bank, "100.00", "充值完成", "/"),
    ("信用卡还款", "零钱", "500.00", "支付成功", "/"),
    ("购买理财通", "零钱", "500.00", "支付成功", "/"),
    ("零钱提现", bank, "1000.00", "提现已到账", "服务费¥1.00"),
]
book = openpyxl.Workbook()
sheet = book.active
sheet.append(["微信支付账单明细"])
sheet.append(["微信昵称：[shop]"])
sheet.append(["起始时间：[2026-03-01 00:00:00] 终止时间：[2026-03-31 23:59:59]"])
while sheet.max_row < 17:
    sheet.append(["-"])
sheet.append(["交易时间", "交易类型", "交易对方", "商品", "收/支", "金额(元)", "支付方式", "当前状态", "交易单号", "商户单号", "备注"])
for place, (kind, method, amount, state, note) in enumerate(rows):
    sheet.append([f"2026-03-05 14:07:0{place}", kind, "招商银行", "/", "/", amount, method, state, f"42000027812026030512345678{place:02}", "/", note])
name = "微信支付账单流水文件(20260301-20260331).xlsx"
book.save(name)

accounts = {"零钱": "Assets:Wallet", bank: "Assets:Bank", "零钱提现服务费": "Expenses:Fee", None: "Assets:WeChat"}
importer = Importer(account_mapping={"shop": accounts}, currency_mapping={None: "CNY"})
assert importer.identify(name)
entries = importer.extract(str(pathlib.Path(name).absolute()), [])
seen = []
for (kind, *_), entry in zip(rows, entries):
    postings = {posting.account: str(posting.units.number) for posting in entry.postings}
    print(kind, postings, "sum", sum(posting.units.number for posting in entry.postings))
    seen.append(postings)
assert seen == [
    {"Assets:Bank": "-100.00", "Assets:Wallet": "100.00"},
    {"Assets:Wallet": "500.00"},
    {"Assets:Wallet": "500.00"},
    {"Assets:Bank": "-1000.00", "Assets:Wallet": "1000.00", "Expenses:Fee": "1.00"},
], seen
PY

python/bin/python show.py
