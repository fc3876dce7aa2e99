#!/usr/bin/env bash
# wechatpy 1.8.18 (PyPI) and node-easywechat 3.6.2 (npm): they sign an order with HMAC-SHA256 and refuse the notification of its payment.
#
# APIv2 lets the merchant choose MD5 or HMAC-SHA256 by sign_type, and the notification comes in the kind the order was placed with and names it.
# Both SDKs follow sign_type when they place the order. To check the notification wechatpy always takes MD5,
# and node-easywechat looks for signType, the spelling of the browser's parameters, finds none and takes MD5 as well.
# The customer has paid and the shop answers FAIL until WeChat Pay gives up: paid and not delivered, for every order of this kind.
# node-easywechat also signs empty values, which the rule leaves out, so a genuine message with an empty attach is refused too.
# tenpay 2.1.18 takes all three. Here the kind is taken from the message, and both are tried where it names none.
#
# Seen (order placed with, notification by MD5, by MD5 with an empty attach, by HMAC-SHA256):
#   wechatpy         signature of 64 digits  accepted  accepted           InvalidSignatureException
#   node-easywechat  signature of 64 digits  accepted  Invalid Signature  Invalid Signature
#   tenpay           signature of 64 digits  accepted  accepted           accepted
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# A later node-socialite than 1.4.1 fits the range that node-easywechat asks for and keeps it from loading.
echo '{}' >package.json
npm install --silent --no-audit --no-fund tenpay@2.1.18 node-easywechat@3.6.2 node-socialite@1.4.1
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check wechatpy==1.8.18 xmltodict==1.0.4 cryptography==50.0.2

cat >show.js <<'JS'
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const { Pay, ServerRequest } = require('node-easywechat');
const Tenpay = require('tenpay');

const key = '0123456789abcdef0123456789abcdef';
const merchant = { appid: 'wx0000000000000000', mch_id: '1900000001' };
const notification = (more) => {
  const fields = {
    return_code: 'SUCCESS', result_code: 'SUCCESS', ...merchant, nonce_str: 'a1b2c3d4',
    out_trade_no: 'ORDER1', transaction_id: '4200002781202603051234567890', total_fee: '1230', ...more,
  };
  const given = Object.keys(fields).filter((name) => fields[name] !== '').sort();
  const text = `${given.map((name) => `${name}=${fields[name]}`).join('&')}&key=${key}`;
  const hash = fields.sign_type === 'HMAC-SHA256' ? crypto.createHmac('sha256', key) : crypto.createHash('md5');
  fields.sign = hash.update(text).digest('hex').toUpperCase();
  return `<xml>${Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('')}</xml>`;
};
const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
fs.writeFileSync('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
fs.writeFileSync('public.pem', publicKey.export({ type: 'spki', format: 'pem' }));

(async () => {
  const easy = new Pay({
    mch_id: merchant.mch_id, secret_key: key, v2_secret_key: key, private_key: 'key.pem', certificate: 'public.pem',
  });
  const tenpay = new Tenpay({ appid: merchant.appid, mchid: merchant.mch_id, partnerKey: key });
  const placed = { ...merchant, out_trade_no: 'ORDER1', total_fee: 1230, sign_type: 'HMAC-SHA256' };
  const seen = {
    easywechat: [easy.getClient().attachLegacySignature({ ...placed }).sign.length],
    tenpay: [tenpay._getSign(placed, placed.sign_type).length],
  };
  for (const [place, more] of [{}, { attach: '' }, { sign_type: 'HMAC-SHA256' }].entries()) {
    const xml = notification(more);
    fs.writeFileSync(`notification${place}.xml`, xml);
    easy.setRequest(new ServerRequest('POST', '/notify', { 'content-type': 'text/xml' }, Buffer.from(xml)));
    const message = await easy.getServer().getRequestMessage();
    try { seen.easywechat.push(easy.getValidator().validateV2(message)); } catch (error) { seen.easywechat.push(error.message); }
    const context = { request: { body: xml } };
    await tenpay.middleware('pay')(context, async () => { context.accepted = true; });
    seen.tenpay.push(context.accepted);
  }
  console.log('node-easywechat:', ...seen.easywechat);
  console.log('tenpay:', ...seen.tenpay);
  assert.deepStrictEqual(seen.easywechat, [64, true, 'Invalid Signature', 'Invalid Signature']);
  assert.deepStrictEqual(seen.tenpay, [64, true, true, true]);
})();
JS
node show.js

cat >show.py <<'PY'
import xmltodict
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.pay import WeChatPay

class Answer:
    text = "<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code></xml>"

    def raise_for_status(self):
        pass

seen = []

def send(method, url, data, **_):
    seen.append(len(xmltodict.parse(data)["xml"]["sign"]))
    return Answer()

client = WeChatPay("wx0000000000000000", "0123456789abcdef0123456789abcdef", "1900000001")
client._http.request = send
client.order.create("NATIVE", "tea", 1230, "https://shop.invalid/notify", client_ip="127.0.0.1", out_trade_no="ORDER1", sign_type="HMAC-SHA256")
for place in range(3):
    with open(f"notification{place}.xml", encoding="utf-8") as file:
        try:
            client.parse_payment_result(file.read())
            seen.append("accepted")
        except InvalidSignatureException:
            seen.append("InvalidSignatureException")
print("wechatpy:", *seen)
assert seen == [64, "accepted", "accepted", "InvalidSignatureException"], seen
PY
python/bin/python show.py
