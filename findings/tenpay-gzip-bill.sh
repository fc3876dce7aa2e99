#!/usr/bin/env bash
# tenpay 2.1.18 (npm): a bill asked for with tar_type GZIP comes back destroyed.
#
# downloadBill hands tar_type on to the gateway, then has the HTTP library make text of the answer before it looks at it.
# The bytes of the gzip stream that are no UTF-8 turn into U+FFFD, so the returned string can neither be unpacked nor turned back.
# Nothing is raised, so a caller stores the string, and the bill cannot be had again after three months.
# The raw bytes have to be kept first and the kind of body found out from them, which is the order of work here.
#
# Seen:
#   plain: text that begins with the names of the columns
#   GZIP:  a string that begins 1f fffd 8, four of ten characters U+FFFD, "incorrect header check" when unpacked
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund tenpay@2.1.18

cat >show.js <<'JS'
const assert = require('assert');
const http = require('http');
const zlib = require('zlib');
const Payment = require('tenpay');

const bill = Buffer.from([
  '\uFEFF交易时间,商户号,微信订单号,商户订单号,交易状态,订单金额',
  ...Array.from({ length: 20 }, (_, i) => '`2026-03-05 14:07:' + (10 + i) + ',`1900000001,`42000027812026030512345678' + (10 + i) + ',`ORDER' + i + ',`SUCCESS,`12.' + (10 + i)),
  '总交易单数,订单总金额', '`20.0,`243.90', '',
].join('\r\n'));
const packed = zlib.gzipSync(bill);
const gateway = http.createServer((request, response) => {
  let asked = '';
  request.on('data', (part) => { asked += part; });
  request.on('end', () => response.end(asked.includes('GZIP') ? packed : bill));
});
gateway.listen(0, '127.0.0.1', async () => {
  const client = new Payment({ appid: 'wx0000000000000000', mchid: '1900000001', partnerKey: '0123456789abcdef0123456789abcdef' });
  client.urls.downloadbill = `http://127.0.0.1:${gateway.address().port}/`;
  const plain = await client.downloadBill({ bill_date: '20260305' });
  console.log('plain:', JSON.stringify(plain.slice(0, 12)));
  const answer = await client.downloadBill({ bill_date: '20260305', tar_type: 'GZIP' });
  gateway.close();
  const lost = [...answer].filter((character) => character === '\uFFFD').length;
  let unpacked;
  try { unpacked = zlib.gunzipSync(Buffer.from(answer, 'utf8')).toString(); } catch (error) { unpacked = error.message; }
  const start = [...answer].slice(0, 3).map((character) => character.codePointAt(0).toString(16)).join(' ');
  console.log(`GZIP: ${packed.length} bytes sent, ${typeof answer} of ${answer.length} characters, begins ${start}, ${lost} of them U+FFFD, unpacked: ${unpacked}`);
  assert(plain.includes('商户订单号'));
  assert.strictEqual(typeof answer, 'string');
  assert(lost > 20 && unpacked === 'incorrect header check');
});
JS
node show.js
