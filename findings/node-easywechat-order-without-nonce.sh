#!/usr/bin/env bash
# node-easywechat 3.6.2 (npm): an order of APIv2 is signed over a nonce that is not sent, so that its signature never fits.
#
# Every call of APIv2 has to carry nonce_str, and the SDK makes one when the caller gives none.
# It puts the nonce into a copy, signs the copy, and sends the original with that signature: neither the nonce nor any other default arrives.
# sub_mch_id and sub_appid are signed in the same way only where the caller gave them, so those are right.
# WeChat Pay answers 签名错误, which points to the key, and the key is right: a caller who puts a nonce_str in is served at once.
# APIv3 of the same SDK is not touched. For finance it looks like orders that were never placed and refunds that were never asked for.
# No change to what arrived explains such a signature, so the laboratory here asks for the nonce that was really signed.
#
# Seen (fields that arrived, does the signature fit them):
#   no nonce given   appid mch_id out_trade_no sign            false
#   nonce given      appid mch_id nonce_str out_trade_no sign  true
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# A later node-socialite than 1.4.1 fits the range that node-easywechat asks for and keeps it from loading.
echo '{}' >package.json
npm install --silent --no-audit --no-fund node-easywechat@3.6.2 node-socialite@1.4.1

cat >show.js <<'JS'
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const { Pay } = require('node-easywechat');

const key = '0123456789abcdef0123456789abcdef';
const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
fs.writeFileSync('key.pem', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
fs.writeFileSync('public.pem', pair.publicKey.export({ type: 'spki', format: 'pem' }));

let arrived;
const gateway = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', () => {
    const fields = [...body.replace(/^<xml>/, '').matchAll(/<(\w+)>(?:<!\[CDATA\[)?([^<\]]*)(?:\]\]>)?<\/\1>/g)].map(([, name, value]) => [name, value]);
    const text = fields.filter(([name, value]) => name !== 'sign' && value !== '').sort().map((field) => field.join('=')).join('&');
    const right = crypto.createHash('md5').update(`${text}&key=${key}`).digest('hex').toUpperCase();
    arrived = { names: fields.map(([name]) => name).sort().join(' '), fits: Object.fromEntries(fields).sign === right };
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end('<xml><return_code>SUCCESS</return_code></xml>');
  });
});
gateway.listen(0, '127.0.0.1', async () => {
  const client = new Pay({
    mch_id: '1900000001', secret_key: key, v2_secret_key: key, private_key: 'key.pem', certificate: 'public.pem',
    http: { baseURL: `http://127.0.0.1:${gateway.address().port}` },
  }).getClient();
  const query = { appid: 'wx0000000000000000', mch_id: '1900000001', out_trade_no: 'ORDER1' };
  const seen = [];
  for (const [name, xml] of [['no nonce given', { ...query }], ['nonce given', { ...query, nonce_str: 'a1b2c3d4' }]]) {
    await client.post('/pay/orderquery', { xml });
    console.log(`${name}: ${arrived.names}  signature fits: ${arrived.fits}`);
    seen.push([arrived.names, arrived.fits]);
  }
  gateway.close();
  assert.deepStrictEqual(seen, [
    ['appid mch_id out_trade_no sign', false],
    ['appid mch_id nonce_str out_trade_no sign', true],
  ]);
});
JS
node show.js
