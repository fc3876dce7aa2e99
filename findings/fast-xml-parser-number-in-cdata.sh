#!/usr/bin/env bash
# fast-xml-parser 5.12.1 (npm): in a v2 notification the payment number is rounded and the order number loses its zeros, inside CDATA too.
#
# WeChat Pay writes each value of APIv2 as CDATA, which says: text, taken as it stands.
# With its defaults the parser makes numbers of what looks like one there as well: 28 digits become floating point, 0020260305 becomes 20260305, 1E5 a hundred thousand.
# The payment number is then none that WeChat Pay knows, and the order is looked up under another number.
# A signature computed over these values does not fit, so the genuine notification is refused: paid and not delivered.
# A value with another letter in it is left alone, and so are 18 to 21 digits, as long numbers should be; from 22 on they are floating point again.
# parseTagValue: false keeps the text. Here no value of a message is ever a number before it is asked for as one.
#
# Seen:
#   transaction_id 4200002781202603051234567890  4.200002781202603e+27
#   out_trade_no   0020260305                    20260305
#   attach         1E5                           100000
#   detail         420000278120260305123         420000278120260305123
#   signature      does not fit; with parseTagValue: false it fits
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund fast-xml-parser@5.12.1

cat >show.js <<'JS'
const assert = require('assert');
const crypto = require('crypto');
const { XMLParser } = require('fast-xml-parser');

const key = '0123456789abcdef0123456789abcdef';
const sign = (fields) => {
  const given = Object.keys(fields).filter((name) => name !== 'sign' && fields[name] !== '').sort();
  const text = `${given.map((name) => `${name}=${fields[name]}`).join('&')}&key=${key}`;
  return crypto.createHash('md5').update(text).digest('hex').toUpperCase();
};
const sent = {
  return_code: 'SUCCESS', result_code: 'SUCCESS', appid: 'wx0000000000000000', mch_id: '1900000001', nonce_str: 'a1b2c3d4',
  out_trade_no: '0020260305', transaction_id: '4200002781202603051234567890', total_fee: '1230', attach: '1E5', detail: '420000278120260305123',
};
sent.sign = sign(sent);
const xml = `<xml>${Object.entries(sent).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('')}</xml>`;

const read = new XMLParser().parse(xml).xml;
const text = new XMLParser({ parseTagValue: false }).parse(xml).xml;
for (const name of ['transaction_id', 'out_trade_no', 'attach', 'detail']) console.log(`${name}: sent ${sent[name]}, read ${read[name]}`);
console.log(`signature fits: ${sign(read) === read.sign}, with parseTagValue: false ${sign(text) === text.sign}`);
assert.strictEqual(read.transaction_id, 4.200002781202603e27);
assert.strictEqual(read.out_trade_no, 20260305);
assert.strictEqual(read.attach, 100000);
assert.strictEqual(read.detail, sent.detail);
assert.deepStrictEqual(text, sent);
assert(sign(read) !== read.sign && sign(text) === text.sign);
JS
node show.js
