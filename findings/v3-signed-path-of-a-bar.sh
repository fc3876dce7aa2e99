#!/usr/bin/env bash
# wechatpayv3 2.0.4 with requests 2.34.2 (PyPI) and wechatpay-node-v3 2.2.1 (npm): a refund number with a bar is signed in one form and sent in another.
#
# APIv3 allows letters, digits and _ - | * @ in out_refund_no, and the signature covers the path as it goes over the wire.
# Both SDKs sign the path with the plain "|"; the HTTP library below them then sends "%7C".
# A gateway that follows the rule refuses the query (401 SIGN_ERROR) for these refunds alone, though key, serial and clock are right.
# A correct client encodes first and signs the encoded path.
# It matters here because refund numbers of other systems are queried as they are.
#
# Seen:
#   wechatpayv3        R-1  sent /v3/refund/domestic/refunds/R-1    signature fits the path: True
#   wechatpayv3        R*1  sent /v3/refund/domestic/refunds/R*1    signature fits the path: True
#   wechatpayv3        R@1  sent /v3/refund/domestic/refunds/R@1    signature fits the path: True
#   wechatpayv3        R|1  sent /v3/refund/domestic/refunds/R%7C1  signature fits the path: False
#   wechatpay-node-v3  R|1  sent /v3/refund/domestic/refunds/R%7C1  signature fits the path: false (the others: true)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check wechatpayv3==2.0.4 requests==2.34.2
echo '{}' >package.json
npm install --silent --no-audit --no-fund wechatpay-node-v3@2.2.1

cat >show.py <<'PY'
import base64, http.server, threading
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from wechatpayv3 import WeChatPay, WeChatPayType

key = rsa.generate_private_key(65537, 2048)
private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
arrived = []

class Gateway(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        fields = self.headers["Authorization"].split(" ", 1)[1].split(",")
        token = {name: value.strip('"') for name, value in (field.split("=", 1) for field in fields)}
        text = f"GET\n{self.path}\n{token['timestamp']}\n{token['nonce_str']}\n\n"
        try:
            key.public_key().verify(base64.b64decode(token["signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA256())
            fits = True
        except InvalidSignature:
            fits = False
        arrived.append((self.path, fits))
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass

gateway = http.server.HTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=gateway.serve_forever, daemon=True).start()
client = WeChatPay(
    wechatpay_type=WeChatPayType.NATIVE, mchid="1900000001", appid="wx0000000000000000", private_key=private.decode(),
    cert_serial_no="7A" * 20, apiv3_key="0" * 32, public_key=public.decode(), public_key_id="PUB_KEY_ID_0119000000012026",
)
client._core._gate_way = f"http://127.0.0.1:{gateway.server_port}"
for number in ["R-1", "R*1", "R@1", "R|1"]:
    client.query_refund(number)
    path, fits = arrived[-1]
    print(f"wechatpayv3  {number}  sent {path}  signature fits the path: {fits}")
assert [fits for _, fits in arrived] == [True, True, True, False], arrived
assert arrived[-1][0].endswith("/R%7C1"), arrived
PY
python/bin/python show.py

cat >show.js <<'JS'
const assert = require('assert');
const crypto = require('crypto');
const http = require('http');
const Pay = require('wechatpay-node-v3');

const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const arrived = [];
const gateway = http.createServer((request, response) => {
  const fields = [...request.headers.authorization.matchAll(/(\w+)="([^"]*)"/g)];
  const token = Object.fromEntries(fields.map(([, name, value]) => [name, value]));
  const text = ['GET', request.url, token.timestamp, token.nonce_str, '', ''].join('\n');
  const fits = crypto.verify('RSA-SHA256', Buffer.from(text), pair.publicKey, Buffer.from(token.signature, 'base64'));
  arrived.push([request.url, fits]);
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end('{}');
});
gateway.listen(0, '127.0.0.1', async () => {
  const here = `http://127.0.0.1:${gateway.address().port}`;
  const client = new Pay({
    appid: 'wx0000000000000000', mchid: '1900000001', serial_no: '7A'.repeat(20),
    publicKey: Buffer.from(pair.publicKey.export({ type: 'spki', format: 'pem' })),
    privateKey: Buffer.from(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  });
  const own = client.httpService;
  client.createHttp({ get: (url, headers) => own.get(url.replace('https://api.mch.weixin.qq.com', here), headers) });
  for (const number of ['R-1', 'R*1', 'R@1', 'R|1']) {
    await client.find_refunds(number);
    const [path, fits] = arrived.at(-1);
    console.log(`wechatpay-node-v3  ${number}  sent ${path}  signature fits the path: ${fits}`);
  }
  gateway.close();
  assert.deepStrictEqual(arrived.map(([, fits]) => fits), [true, true, true, false]);
  assert(arrived.at(-1)[0].endsWith('/R%7C1'));
});
JS
node show.js
