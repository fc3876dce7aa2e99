#!/usr/bin/env bash
# wechatpay-node-v3 2.2.1 (npm) and jd-wechatpay 0.1.1 (PyPI): a refund whose answer was lost is returned like one that was refused.
#
# When the line breaks after the request was taken, nobody knows whether the refund was made. Most libraries raise an exception for that.
# wechatpay-node-v3 returns an ordinary result, whose status is undefined and whose error is undefined too; what happened stands under errRaw, beside where it is for a refusal.
# jd-wechatpay returns status 500 with a body of its own making, which the gateway never sent.
# Code that knows 200 and else takes the refund for refused, and asks again under a new number: the customer gets the money twice. Only the same number again is safe.
# wechatpayv3 2.0.4 raises. Here the number follows from the case, so that a lost answer never becomes a second refund, and its state is unknown until it was asked for.
#
# Seen (refund refused, refund taken and the line broken):
#   wechatpay-node-v3  status 400        status undefined, error undefined
#   jd-wechatpay       400               500 {'code': 500, 'msg': 'Timeout Error'}
#   wechatpayv3        400               ConnectionError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"; [ -z "${gateway:-}" ] || kill "$gateway" 2>/dev/null || true' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund wechatpay-node-v3@2.2.1
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check jd-wechatpay==0.1.1 wechatpayv3==2.0.4 cryptography==50.0.2 requests==2.34.2

# A gateway that refuses REFUND1, and takes REFUND2 and hangs up before it answers.
cat >gateway.js <<'JS'
const fs = require('fs');
const http = require('http');

const gateway = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', () => {
    if (JSON.parse(body).out_refund_no === 'REFUND2') {
      fs.appendFileSync('taken', 'REFUND2\n');
      request.socket.destroy();
      return;
    }
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end('{"code":"INVALID_REQUEST","message":"refused"}');
  });
});
gateway.listen(0, '127.0.0.1', () => fs.writeFileSync('port', String(gateway.address().port)));
JS
node gateway.js &
gateway=$!
while [ ! -s port ]; do sleep 0.1; done

cat >show.js <<'JS'
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const Pay = require('wechatpay-node-v3');

const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const here = `http://127.0.0.1:${fs.readFileSync('port', 'utf8')}`;
const client = new Pay({
  appid: 'wx0000000000000000', mchid: '1900000001', serial_no: '7A'.repeat(20),
  publicKey: Buffer.from(pair.publicKey.export({ type: 'spki', format: 'pem' })),
  privateKey: Buffer.from(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })),
});
const own = client.httpService;
client.createHttp({ post: (url, params, headers) => own.post(url.replace('https://api.mch.weixin.qq.com', here), params, headers) });
(async () => {
  const seen = [];
  for (const number of ['REFUND1', 'REFUND2']) {
    const result = await client.refunds({ out_trade_no: 'ORDER1', out_refund_no: number, amount: { refund: 500, total: 1230, currency: 'CNY' } });
    console.log(`wechatpay-node-v3 ${number}: status ${result.status}, error ${result.error}`);
    seen.push([result.status, typeof result.error]);
  }
  assert.deepStrictEqual(seen, [[400, 'string'], [undefined, 'undefined']]);
})();
JS
node show.js

cat >show.py <<'PY'
import pathlib

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jd_wechatpay.core import Core
from jd_wechatpay.type import RequestType
from wechatpayv3 import WeChatPay, WeChatPayType

here = f"http://127.0.0.1:{pathlib.Path('port').read_text()}"
key = rsa.generate_private_key(65537, 2048)
private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class Here(Core):
    """The core without the download of certificates, and with the gateway on this computer."""

    def _init_certificates(self):
        self.gate_way = here


jd = Here("1900000109", "7A" * 20, private, "0" * 32)
other = WeChatPay(wechatpay_type=WeChatPayType.NATIVE, mchid="1900000001", appid="wx0000000000000000", private_key=private,
                  cert_serial_no="7A" * 20, apiv3_key="0" * 32, public_key=public, public_key_id="PUB_KEY_ID_0119000000012026")
other._core._gate_way = here
amount = {"refund": 500, "total": 1230, "currency": "CNY"}
seen = []
for number in ("REFUND1", "REFUND2"):
    refund = {"out_trade_no": "ORDER1", "out_refund_no": number, "amount": amount}
    answer = jd.request("/v3/refund/domestic/refunds", method=RequestType.POST, data=refund)
    try:
        status = other.refund(out_refund_no=number, amount=amount, out_trade_no="ORDER1")[0]
    except requests.exceptions.ConnectionError as error:
        status = type(error).__name__
    print("jd-wechatpay", number, *answer, " wechatpayv3", status)
    seen.append((answer[0], status))
assert seen == [(400, 400), (500, "ConnectionError")], seen
assert answer[1] == {"code": 500, "msg": "Timeout Error"}, answer
taken = pathlib.Path("taken").read_text().split()
assert set(taken) == {"REFUND2"} and len(taken) >= 3, taken
PY
python/bin/python show.py
