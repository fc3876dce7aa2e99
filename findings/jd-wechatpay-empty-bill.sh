#!/usr/bin/env bash
# jd-wechatpay 0.1.1 (PyPI): a bill that was downloaded comes back as status 200 and an empty dictionary.
#
# Every answer of the gateway goes through one function that makes JSON of it, and a text that is no JSON becomes {} with the status it came with.
# A bill is text, so download_bill returns (200, {}): no rows, no summary and no error, for a full day as for an empty one.
# A bill in GZIP, which trade_bill asks for unless it is told otherwise, fails with UnicodeDecodeError instead.
# Code that goes by the status takes the day for one without payments, and every order of the shop seems to be unpaid.
# A day without payments is told by an error code or by a summary of zeros, never by nothing: here an empty file is refused as a bill.
#
# Seen:
#   a bill of two payments  (200, {})
#   the same in GZIP        UnicodeDecodeError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check jd-wechatpay==0.1.1 cryptography==50.0.2 requests==2.34.2

cat >show.py <<'PY'
import gzip
import http.server
import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jd_wechatpay.core import Core
from jd_wechatpay.transaction import BasePay

key = rsa.generate_private_key(65537, 2048)
private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
bill = (
    "\ufeff交易时间,商户订单号,交易状态,订单金额\r\n"
    "`2026-03-05 14:07:09,`ORDER1,`SUCCESS,`12.30\r\n"
    "`2026-03-05 14:08:09,`ORDER2,`SUCCESS,`7.00\r\n"
    "总交易单数,订单总金额\r\n`2,`19.30\r\n"
).encode()
sent = []


class Gateway(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        packed = "tartype=gzip" in self.path
        body = gzip.compress(bill) if packed else bill
        self.send_response(200)
        self.send_header("Content-Type", "application/x-gzip" if packed else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        sent.append(len(body))

    def log_message(self, *_):
        pass


gateway = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=gateway.serve_forever, daemon=True).start()


class Here(Core):
    """The core without the download of certificates, and with the gateway on this computer."""

    def _init_certificates(self):
        self.gate_way = f"http://127.0.0.1:{gateway.server_port}"


pay = BasePay.__new__(BasePay)
pay._p = type("Merchant", (), {"core": Here("1900000109", "7A" * 20, private.decode(), "0" * 32)})
address = pay._p.core.gate_way + "/v3/billdownload/file?token=a1b2c3"

plain = pay.download_bill(address)
print("a bill of two payments ", plain)
assert plain == (200, {}), plain
try:
    packed = pay.download_bill(address + "&tartype=gzip")
except UnicodeDecodeError as error:
    packed = type(error).__name__
print("the same in GZIP       ", packed)
assert packed == "UnicodeDecodeError", packed
assert len(sent) == 2 and sent[0] == len(bill)
PY

python/bin/python show.py
