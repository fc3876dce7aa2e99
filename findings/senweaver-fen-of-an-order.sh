#!/usr/bin/env bash
# senweaver-pay 0.1.0 (PyPI): an order of 19.99 is placed for 19.98, and the notification of its payment names yuan where fen are meant.
#
# Amounts are handed over in yuan as Decimal, as a careful shop does, and the SDK turns them into fen by way of floating point and cuts.
# 0.29 is 28 fen, 1.15 is 114, 19.99 is 1998; whole yuan and most prices are right, so a trial with 0.01 or 9.90 shows nothing.
# WeChat Pay takes the order as it is, the customer pays it, and the shop has a fen less than its own book says, order by order.
# A refund is computed without floating point, but total is the refund once more, whatever total_amount says: a refund of a part names another order amount.
# The answer to a query is in yuan, while the notification of the same payment hands out fen as text, so 12.30 is paid with "1230".
# In reconciliation it shows as payments that are one fen short. Here amounts are integers of fen from the file to the report.
#
# Seen:
#   order of 12.30            total 1230
#   order of 19.99            total 1998
#   orders of 0.01 to 100.00  573 of 10000 a fen short
#   refund of 5.00 of 12.30   {'refund': 500, 'total': 500, 'currency': 'CNY'}
#   12.30 paid                query 12.3, notification '1230'
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check senweaver-pay==0.1.0 cryptography==50.0.2 requests==2.34.2

cat >show.py <<'PY'
import json
from decimal import Decimal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from senweaver_pay.channels.wechat.client import Wechat
from senweaver_pay.types import PaymentChannel, PaymentMethod, PaymentRequest, QueryRequest, RefundRequest, UnifiedOrder

public = rsa.generate_private_key(65537, 2048).public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
with open("platform.pem", "wb") as file:
    file.write(public)

transaction = {
    "out_trade_no": "ORDER1", "transaction_id": "4200002781202603051234567890", "trade_state": "SUCCESS",
    "success_time": "2026-03-05T14:07:09+08:00", "amount": {"total": 1230, "payer_total": 1230, "currency": "CNY"},
}
sent = []


class Gateway(Wechat):
    """The client with the network replaced: what would be sent is kept, and answers are given as the gateway gives them."""

    def _request(self, method, path, data=None, skip_verify=False):
        sent.append(data)
        if method == "GET":
            return transaction
        if "refund" in path:
            return {"status": "PROCESSING", "amount": data["amount"]}
        return {"code_url": "weixin://wxpay/bizpayurl?pr=x"}

    def _verify_callback(self, headers, body):
        return True, {"resource_data": json.loads(body)}


client = Gateway({
    "mch_id": "1900000109", "wechat_public_cert_key": "PUB_KEY_ID_0119000001092026030500000000",
    "wechat_public_cert_path": "platform.pem", "notify_url": "https://shop.example/notify", "mp_app_id": "wx8888888888888888",
})


def place(amount):
    order = UnifiedOrder(out_trade_no="ORDER1", amount=amount, subject="tea")
    assert client.create(PaymentRequest(PaymentChannel.WECHAT, PaymentMethod.SCAN, order)).success
    return sent[-1]["amount"]["total"]


for text, total in [("12.30", 1230), ("9.90", 990), ("0.29", 28), ("1.15", 114), ("19.99", 1998)]:
    print(f"order of {text:19}", "total", place(Decimal(text)))
    assert place(Decimal(text)) == total

short = [fen for fen in range(1, 10001) if place(Decimal(fen) / 100) == fen - 1]
same = [fen for fen in range(1, 10001) if place(Decimal(fen) / 100) == fen]
assert len(short) + len(same) == 10000
print("orders of 0.01 to 100.00 ", len(short), "of 10000 a fen short")
assert len(short) == 573

client.refund(RefundRequest(PaymentChannel.WECHAT, out_trade_no="ORDER1", out_refund_no="REFUND1",
                            refund_amount=Decimal("5.00"), total_amount=Decimal("12.30")))
print("refund of 5.00 of 12.30  ", sent[-1]["amount"])
assert sent[-1]["amount"] == {"refund": 500, "total": 500, "currency": "CNY"}

asked = client.query(QueryRequest(PaymentChannel.WECHAT, out_trade_no="ORDER1"))
told = client.callback(headers={"x": "y"}, raw_body=json.dumps(transaction))
print("12.30 paid                query", asked.total_amount, "notification", repr(told.amount))
assert asked.total_amount == 12.3 and told.amount == "1230"
PY

python/bin/python show.py
