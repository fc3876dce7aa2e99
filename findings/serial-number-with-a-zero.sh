#!/usr/bin/env bash
# senweaver-pay 0.1.0, pywechatpay 0.1.0 and wechatpayv3 2.0.4 (PyPI): the serial number of a certificate loses the zero it begins with.
#
# APIv3 names a certificate by its serial number, forty hexadecimal digits, in the header of every request and answer.
# In a certificate it is a number, and numbers have no zero in front: format(), hex() and %X make thirty-nine digits of one that begins with 0.
# senweaver-pay computes the serial of the merchant's own certificate so and signs each request in its name; get_serial_no of pywechatpay hands it out.
# wechatpayv3 takes the merchant's as it is given, and computes the one of WeChat Pay for requests with encrypted names, such as transfers to customers.
# It depends on the certificate alone: the same program works for one merchant and not for the next, and may stop after a renewal.
# wechatpay-node-v3 2.2.1 (npm) keeps the zero, as openssl x509 -serial does. The Go SDK of WeChat Pay had the same fault in 2021.
# A serial number is compared here as a number and written with all its digits.
#
# Seen, for a certificate of serial 0A1B…3E4F:
#   openssl             0A1B2C3D4E5F60718293A4B5C6D7E8F901213E4F  40 digits
#   senweaver-pay        A1B2C3D4E5F60718293A4B5C6D7E8F901213E4F  39 digits
#   pywechatpay          A1B2C3D4E5F60718293A4B5C6D7E8F901213E4F  39 digits
#   wechatpayv3          A1B2C3D4E5F60718293A4B5C6D7E8F901213E4F  39 digits
#   wechatpay-node-v3   0A1B2C3D4E5F60718293A4B5C6D7E8F901213E4F  40 digits
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund wechatpay-node-v3@2.2.1
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check \
  senweaver-pay==0.1.0 pywechatpay==0.1.0 wechatpayv3==2.0.4 cryptography==50.0.2 requests==2.34.2 pyOpenSSL==26.4.0 pycryptodomex==3.24.2

cat >show.py <<'PY'
import datetime
import os

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa

SERIAL = "0A1B2C3D4E5F60718293A4B5C6D7E8F901213E4F"
key = rsa.generate_private_key(65537, 2048)
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop")])
now = datetime.datetime.now(datetime.timezone.utc)
certificate = (
    x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(int(SERIAL, 16))
    .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30)).sign(key, hashes.SHA256())
)
pem = certificate.public_bytes(form.Encoding.PEM)
private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
os.mkdir("certificates")
public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
for path, data in [("merchant.pem", pem), ("certificates/platform.pem", pem), ("key.pem", private.encode()), ("platform.pem", public)]:
    with open(path, "wb") as file:
        file.write(data)

from pywechatpay.core import WechatPay
from senweaver_pay.channels.wechat.client import Wechat
from wechatpayv3 import WeChatPay, WeChatPayType

seen = {}
client = Wechat({
    "mch_id": "1900000109", "wechat_public_cert_key": "PUB_KEY_ID_0119000001092026030500000000", "wechat_public_cert_path": "platform.pem",
    "mch_public_cert_path": "merchant.pem", "notify_url": "https://shop.example/notify", "mp_app_id": "wx8888888888888888",
})
seen["senweaver-pay"] = client._get_certificate_serial_number()
seen["pywechatpay"] = WechatPay.get_serial_no(pem.decode())


class Refused(Exception):
    """Ends a request once it is known what would be sent."""


def keep(**request):
    seen["wechatpayv3"] = request["headers"]["Wechatpay-Serial"]
    raise Refused


requests.post = keep
sdk = WeChatPay(
    wechatpay_type=WeChatPayType.NATIVE, mchid="1900000109", private_key=private.strip(), cert_serial_no=SERIAL, appid="wx8888888888888888",
    apiv3_key="0123456789abcdef0123456789abcdef", notify_url="https://shop.example/notify", cert_dir="certificates",
)
try:
    sdk.transfer_batch(out_batch_no="BATCH1", batch_name="batch", batch_remark="batch", total_amount=200000, total_num=1, transfer_detail_list=[
        {"out_detail_no": "D1", "transfer_amount": 200000, "transfer_remark": "r", "openid": "o1", "user_name": "name"}])
except Refused:
    pass
for library, serial in seen.items():
    print(library.ljust(18), serial.rjust(40), len(serial), "digits")
assert seen == dict.fromkeys(["senweaver-pay", "pywechatpay", "wechatpayv3"], SERIAL[1:]), seen
PY
python/bin/python -W ignore show.py

cat >show.cjs <<'JS'
const assert = require('assert');
const fs = require('fs');
const { execFileSync } = require('child_process');
const Pay = require('wechatpay-node-v3');

const pem = fs.readFileSync('merchant.pem');
const pay = new Pay({ appid: 'wx8888888888888888', mchid: '1900000109', publicKey: pem, privateKey: fs.readFileSync('key.pem') });
const serials = {
  openssl: execFileSync('openssl', ['x509', '-in', 'merchant.pem', '-noout', '-serial']).toString().trim().replace('serial=', ''),
  'wechatpay-node-v3': pay.getSN(pem).toUpperCase(),
};
for (const [name, serial] of Object.entries(serials)) {
  console.log(name.padEnd(18), serial, serial.length, 'digits');
  assert.strictEqual(serial, '0A1B2C3D4E5F60718293A4B5C6D7E8F901213E4F');
}
JS
node show.cjs
