#!/usr/bin/env bash
# wechatpay-node-v3 2.2.1 (npm) and wechatpayv3 2.0.4 (PyPI): a notification signed with WeChat Pay's public key is refused for want of a certificate.
#
# New merchants get a public key (Wechatpay-Serial PUB_KEY_ID_...) and no platform certificates; older ones are moved over, and meanwhile both kinds arrive.
# wechatpay-node-v3 knows certificates alone: it asks /v3/certificates for the serial, which has none for such a merchant, and raises for every notification. Its option publicKey is the certificate of the merchant himself.
# wechatpayv3 knows both, but without public_key it takes each serial for a hexadecimal number, so a merchant with certificates gets ValueError instead of False on the first day of the move.
# Neither message speaks of the public key, and the console shows nothing wrong: paid and not delivered until somebody finds the new key.
# Given the key, both verify: wechatpayv3 by its options, wechatpay-node-v3 only by a table that its types call private.
# Here the kind is told by the serial before any key is looked for, and profile doctor says which kind is missing.
#
# Seen, for a genuine notification:
#   wechatpay-node-v3                      拉取平台证书失败
#   wechatpay-node-v3, key put into table  true
#   wechatpayv3 with a certificate         ValueError: invalid literal for int() with base 16: '0xPUB_KEY_ID_...'
#   wechatpayv3 with the public key        ORDER1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund wechatpay-node-v3@2.2.1
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check wechatpayv3==2.0.4 cryptography==50.0.2 requests==2.34.2

cat >show.py <<'PY'
import base64
import datetime
import json
import os
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID
from wechatpayv3 import WeChatPay, WeChatPayType

apiv3_key, serial = "0123456789abcdef0123456789abcdef", "PUB_KEY_ID_0119000000012026"
merchant, platform = (rsa.generate_private_key(65537, 2048) for _ in range(2))
private = merchant.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
public = platform.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

plain = json.dumps({"out_trade_no": "ORDER1", "trade_state": "SUCCESS", "amount": {"total": 1230}})
ciphertext = AESGCM(apiv3_key.encode()).encrypt(b"a1b2c3d4e5f6", plain.encode(), b"transaction")
body = json.dumps({
    "id": "n1", "event_type": "TRANSACTION.SUCCESS", "resource_type": "encrypt-resource",
    "resource": {"algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(ciphertext).decode(),
                 "associated_data": "transaction", "nonce": "a1b2c3d4e5f6", "original_type": "transaction"},
})
stamp, nonce = str(int(time.time())), "n" * 16
signature = platform.sign(f"{stamp}\n{nonce}\n{body}\n".encode(), padding.PKCS1v15(), hashes.SHA256())
headers = {
    "Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial,
    "Wechatpay-Signature": base64.b64encode(signature).decode(), "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
}
with open("notification.json", "w", encoding="utf-8") as file:
    json.dump({"headers": headers, "body": body, "public": public, "private": private}, file)

name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform of the years before")])
now = datetime.datetime.now(datetime.timezone.utc)
certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(platform.public_key())
               .serial_number(int("7B" * 20, 16)).not_valid_before(now - datetime.timedelta(days=1))
               .not_valid_after(now + datetime.timedelta(days=365)).sign(platform, hashes.SHA256()))
os.mkdir("certificates")
with open("certificates/platform.pem", "wb") as file:
    file.write(certificate.public_bytes(serialization.Encoding.PEM))

common = {"wechatpay_type": WeChatPayType.NATIVE, "mchid": "1900000001", "appid": "wx0000000000000000",
          "private_key": private, "cert_serial_no": "7A" * 20, "apiv3_key": apiv3_key}
try:
    by_certificate = WeChatPay(**common, cert_dir="certificates").callback(headers, body)
except ValueError as error:
    by_certificate = f"ValueError: {error}"
print("wechatpayv3 with a certificate        ", by_certificate)
by_key = WeChatPay(**common, public_key=public, public_key_id=serial).callback(headers, body)["resource"]["out_trade_no"]
print("wechatpayv3 with the public key       ", by_key)
assert by_certificate == f"ValueError: invalid literal for int() with base 16: '0x{serial}'", by_certificate
assert by_key == "ORDER1", by_key
PY
python/bin/python show.py

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const Pay = require('wechatpay-node-v3');

const { headers, body, public: publicKey, private: privateKey } = JSON.parse(fs.readFileSync('notification.json'));
const client = new Pay({
  appid: 'wx0000000000000000', mchid: '1900000001', serial_no: '7A'.repeat(20),
  publicKey: Buffer.from(publicKey), privateKey: Buffer.from(privateKey), key: '0123456789abcdef0123456789abcdef',
});
// What the gateway answers to a merchant who has no platform certificates.
let asked = 0;
client.createHttp({ get: async () => { asked += 1; return { status: 404, error: '{"code":"RESOURCE_NOT_EXISTS"}' }; } });
const verify = async () => {
  try {
    return await client.verifySign({
      timestamp: headers['Wechatpay-Timestamp'], nonce: headers['Wechatpay-Nonce'], serial: headers['Wechatpay-Serial'],
      signature: headers['Wechatpay-Signature'], body,
    });
  } catch (error) {
    return error.message;
  }
};
(async () => {
  const first = await verify();
  console.log('wechatpay-node-v3                     ', first);
  Pay.certificates[headers['Wechatpay-Serial']] = publicKey;
  const second = await verify();
  console.log('wechatpay-node-v3, key put into table ', second);
  assert.deepStrictEqual([first, second, asked], ['拉取平台证书失败', true, 1]);
})();
JS
node show.js
