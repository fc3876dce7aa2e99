#!/usr/bin/env bash
# senweaver-pay 0.1.0 (PyPI): an order that was closed is told as an error, and a refund that was made as a failed payment of the whole order.
#
# APIv3 answers a close with 204 and no body. The SDK takes 200 alone for success, finds no code in the empty body and tells UNKNOWN_ERROR.
# A shop that closes before it places the order anew then keeps the old one for open, or tries again for ever.
# The notification of a refund has refund_status and no trade_state, so callback() finds none and says FAILED, with the amount of the order and not of the refund.
# It carries the number of the order, success=True, and nothing of the refund outside the raw data: a handler that goes by the status takes back an order that was paid and delivered.
# Both are genuine answers, signed and accepted as such. A message has to be told by what it holds before its state is read, as is done here.
#
# Seen:
#   close, answered with 204        success False  UNKNOWN_ERROR: Unknown error
#   refund of 5.00 of 12.30 notified  success True  ORDER1  failed  1230
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check senweaver-pay==0.1.0 cryptography==50.0.2 requests==2.34.2

cat >show.py <<'PY'
import base64
import http.server
import json
import threading
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from senweaver_pay.channels.wechat import helper
from senweaver_pay.channels.wechat.client import Wechat
from senweaver_pay.types import CancelRequest, PaymentChannel, PaymentStatus

apiv3_key, serial = "0123456789abcdef0123456789abcdef", "PUB_KEY_ID_0119000000012026"
merchant, platform = (rsa.generate_private_key(65537, 2048) for _ in range(2))
with open("key.pem", "wb") as file:
    file.write(merchant.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
with open("platform.pem", "wb") as file:
    file.write(platform.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


def signed(body):
    stamp, nonce = str(int(time.time())), "n" * 16
    signature = platform.sign(f"{stamp}\n{nonce}\n{body}\n".encode(), padding.PKCS1v15(), hashes.SHA256())
    return {
        "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial,
        "Wechatpay-Signature": base64.b64encode(signature).decode(), "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


closed = []


class Gateway(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        closed.append(self.path)
        self.send_response(204)
        for name, value in signed("").items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


gateway = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=gateway.serve_forever, daemon=True).start()
helper.WECHAT_API_V3_URL = f"http://127.0.0.1:{gateway.server_port}/v3"
client = Wechat({
    "mch_id": "1900000109", "mch_secret_key": apiv3_key, "mch_secret_cert": "key.pem", "serial_number": "7A" * 20,
    "wechat_public_cert_key": serial, "wechat_public_cert_path": "platform.pem", "notify_url": "https://shop.example/notify",
})

answer = client.close(CancelRequest(PaymentChannel.WECHAT, out_trade_no="ORDER1"))
print("close, answered with 204          success", answer.success, answer.message)
assert closed == ["/v3/pay/transactions/out-trade-no/ORDER1/close"], closed
assert (answer.success, answer.message) == (False, "UNKNOWN_ERROR: Unknown error"), answer.message

refund = {
    "mchid": "1900000109", "out_trade_no": "ORDER1", "transaction_id": "4200002781202603051234567890", "out_refund_no": "REFUND1",
    "refund_id": "50300806884843676235728921398", "refund_status": "SUCCESS", "success_time": "2026-03-05T14:07:09+08:00",
    "amount": {"total": 1230, "refund": 500, "payer_total": 1230, "payer_refund": 500},
}
ciphertext = AESGCM(apiv3_key.encode()).encrypt(b"a1b2c3d4e5f6", json.dumps(refund).encode(), b"refund")
body = json.dumps({
    "id": "n1", "event_type": "REFUND.SUCCESS", "resource_type": "encrypt-resource",
    "resource": {"algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(ciphertext).decode(),
                 "associated_data": "refund", "nonce": "a1b2c3d4e5f6", "original_type": "refund"},
})
told = client.callback(headers=signed(body), raw_body=body)
print("refund of 5.00 of 12.30 notified  success", told.success, told.out_trade_no, told.status.value, told.amount)
assert (told.success, told.out_trade_no, told.status, told.amount) == (True, "ORDER1", PaymentStatus.FAILED, "1230")
PY

python/bin/python show.py
