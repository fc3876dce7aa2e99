#!/usr/bin/env bash
# pay-py-kit 0.3.2 (PyPI): an order of which one yuan went back is "refunding", today and for ever.
#
# WeChat Pay sets an order to REFUND as soon as any part of it is to be refunded, and leaves it there, whatever became of the refund.
# The SDK translates it to REFUNDING, a state that sounds like one on its way, and has a REFUNDED beside it that WeChat Pay never leads to.
# Neither the amount of the order nor that of the refund is in the result, so a partial refund, a full one and one that failed look alike.
# A shop that counts what is PAID leaves the other 11.30 out of its takings; one that waits for REFUNDED waits for ever.
# ACCEPT, a payment that was accepted and is to be debited, is raised as an error of the payment.
# Here such an order is a paid one with refunds, which are read one by one from the bill or asked for by their numbers.
#
# Seen, for an order of 12.30:
#   SUCCESS                                    paid
#   REFUND, 1.00 of it refunded                refunding
#   REFUND, the whole refunded a year ago      refunding
#   REFUND, its only refund closed             refunding
#   ACCEPT                                     PaymentError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check pay-py-kit==0.3.2 cryptography==50.0.2

cat >show.py <<'PY'
import asyncio
import base64
import json
import time

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pay_kit.exceptions import PaymentError
from pay_kit.providers.wechat import WechatPay, WechatPayConfig

serial = "PUB_KEY_ID_0119000000012026"
merchant, platform = (rsa.generate_private_key(65537, 2048) for _ in range(2))
config = WechatPayConfig(
    appid="wx0000000000000000", mch_id="1900000109", notify_url="https://shop.example/notify", cert_serial_no="7A" * 20, apiv3_key="0" * 32,
    private_key=merchant.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
    wechat_public_key=platform.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode(),
    wechat_public_key_id=serial,
)
orders = {
    "PAID1": ("SUCCESS", "支付成功"),
    "PART1": ("REFUND", "订单发生过退款"),
    "WHOLE1": ("REFUND", "订单发生过退款"),
    "CLOSED1": ("REFUND", "订单发生过退款"),
    "ACCEPT1": ("ACCEPT", "已接收，等待扣款"),
}
refunds = {"PART1": (100, "SUCCESS"), "WHOLE1": (1230, "SUCCESS"), "CLOSED1": (1230, "CLOSED")}


def gateway(request):
    number = request.url.path.rsplit("/", 1)[-1]
    answer = {"out_trade_no": number, "amount": {"total": 1230, "payer_total": 1230, "currency": "CNY"}}
    if "/refunds/" in request.url.path:
        fen, state = refunds[number]
        answer |= {"out_refund_no": number, "status": state, "amount": {"total": 1230, "refund": fen}}
    else:
        answer |= {"trade_state": orders[number][0], "trade_state_desc": orders[number][1], "transaction_id": "4200002781202603051234567890"}
    body, stamp, nonce = json.dumps(answer), str(int(time.time())), "n" * 16
    signature = platform.sign(f"{stamp}\n{nonce}\n{body}\n".encode(), padding.PKCS1v15(), hashes.SHA256())
    return httpx.Response(200, content=body.encode(), headers={
        "Content-Type": "application/json", "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial,
        "Wechatpay-Signature": base64.b64encode(signature).decode(),
    })


async def main():
    client = WechatPay(config, transport=httpx.MockTransport(gateway))
    seen = {}
    for number, (state, _) in orders.items():
        try:
            result = await client.query_payment(number)
            seen[number] = str(result.status)
            assert "amount" not in type(result).model_fields, result
        except PaymentError as error:
            seen[number] = type(error).__name__
        refund = str((await client.query_refund(number)).status) if number in refunds else ""
        print(number, state, seen[number], refund and f"its refund: {refund}")
    assert seen == {"PAID1": "paid", "PART1": "refunding", "WHOLE1": "refunding", "CLOSED1": "refunding", "ACCEPT1": "PaymentError"}, seen


asyncio.run(main())
PY

python/bin/python show.py
