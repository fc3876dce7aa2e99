#!/usr/bin/env bash
# tenpay 2.1.18 (npm) and wechatpy 1.8.18 with xmltodict 1.0.4 (PyPI): a genuine v2 notification is refused when a value ends in a blank.
#
# The signature of APIv2 covers each value as it stands, and attach comes back as the merchant sent it, blanks included.
# Both SDKs read the XML with blanks cut off at the ends, even inside CDATA, and compute the signature over what is left.
# The payment is then answered with FAIL until WeChat Pay gives up: paid and never delivered.
# A verifier has to work on the text of the element and leave trimming to those who use it.
#
# Seen (attach, tenpay, wechatpy):
#   "shop 7"   accepted      accepted
#   "shop 7 "  sign签名错误  InvalidSignatureException
#   " shop 7"  sign签名错误  InvalidSignatureException
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund tenpay@2.1.18
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check wechatpy==1.8.18 xmltodict==1.0.4 cryptography==50.0.2

cat >show.js <<'JS'
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const Payment = require('tenpay');

const key = '0123456789abcdef0123456789abcdef';
const notification = (attach) => {
  const fields = {
    return_code: 'SUCCESS', result_code: 'SUCCESS', appid: 'wx0000000000000000', mch_id: '1900000001', nonce_str: 'a1b2c3d4',
    out_trade_no: 'ORDER1', transaction_id: '4200002781202603051234567890', total_fee: '1230', attach,
  };
  const text = Object.keys(fields).sort().map((name) => `${name}=${fields[name]}`).join('&');
  fields.sign = crypto.createHash('md5').update(`${text}&key=${key}`).digest('hex').toUpperCase();
  return `<xml>${Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('')}</xml>`;
};

(async () => {
  const client = new Payment({ appid: 'wx0000000000000000', mchid: '1900000001', partnerKey: key });
  const outcomes = [];
  for (const [place, attach] of ['shop 7', 'shop 7 ', ' shop 7'].entries()) {
    const xml = notification(attach);
    fs.writeFileSync(`notification${place}.xml`, xml);
    const context = { request: { body: xml } };
    await client.middleware('pay')(context, async () => { context.accepted = true; });
    outcomes.push(context.accepted ? 'accepted' : context.body);
    console.log(`tenpay    ${JSON.stringify(attach)}  ${outcomes.at(-1).replace(/\s+/g, '')}`);
  }
  assert.strictEqual(outcomes[0], 'accepted');
  assert(outcomes[1].includes('sign签名错误') && outcomes[2].includes('sign签名错误'));
})();
JS
node show.js

cat >show.py <<'PY'
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.pay import WeChatPay

client = WeChatPay("wx0000000000000000", "0123456789abcdef0123456789abcdef", "1900000001")
outcomes = []
for place, attach in enumerate(["shop 7", "shop 7 ", " shop 7"]):
    with open(f"notification{place}.xml", encoding="utf-8") as file:
        try:
            client.parse_payment_result(file.read())
            outcomes.append("accepted")
        except InvalidSignatureException:
            outcomes.append("InvalidSignatureException")
    print(f"wechatpy  {attach!r}  {outcomes[-1]}")
assert outcomes == ["accepted", "InvalidSignatureException", "InvalidSignatureException"], outcomes
PY
python/bin/python show.py
