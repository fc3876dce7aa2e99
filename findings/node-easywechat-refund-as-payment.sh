#!/usr/bin/env bash
# node-easywechat 3.6.2 (npm): the v2 notification of a refund is handed to handlePaid and answered with SUCCESS, and handleRefunded refuses it.
#
# Refunds of APIv2 are told in an encrypted field of their own, req_info, which the SDK decrypts by itself.
# handlePaid takes every message in XML for a payment, a decrypted refund as well. handleRefunded looks for the event type of APIv3, which XML has not.
# With both of them on one address the second answers ERROR to each refund until WeChat Pay gives up telling of it.
# With handlePaid alone the refund is confirmed as a payment, and its fields lie a level deeper, so the handler sees neither an order nor an amount.
# Either way the refund is missing in the books of the shop, and what the customer got back still counts as income.
# A notification has to be told by what it holds before it is handed on, as is done here.
#
# Seen, for the notification of a refund:
#   handlePaid alone      called with {"root":{"out_trade_no":"ORDER1","out_refund_no":"REFUND1",...}}, answer SUCCESS
#   handleRefunded alone  not called, answer ERROR Invalid event type.
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
const { Pay, ServerRequest } = require('node-easywechat');

const key = '0123456789abcdef0123456789abcdef';
const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
fs.writeFileSync('key.pem', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
fs.writeFileSync('public.pem', pair.publicKey.export({ type: 'spki', format: 'pem' }));
const refund = { out_trade_no: 'ORDER1', out_refund_no: 'REFUND1', refund_fee: '1230', refund_status: 'SUCCESS' };
const xml = (root, fields) => `<${root}>${Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('')}</${root}>`;
const cipher = crypto.createCipheriv('aes-256-ecb', crypto.createHash('md5').update(key).digest('hex'), null);
const secret = Buffer.concat([cipher.update(xml('root', refund)), cipher.final()]).toString('base64');
const notification = xml('xml', { return_code: 'SUCCESS', appid: 'wx0000000000000000', mch_id: '1900000001', nonce_str: 'a1b2c3d4', req_info: secret });

const serve = async (handler) => {
  const pay = new Pay({ mch_id: '1900000001', secret_key: key, v2_secret_key: key, private_key: 'key.pem', certificate: 'public.pem' });
  pay.setRequest(new ServerRequest('POST', '/notify', { 'content-type': 'text/xml' }, Buffer.from(notification)));
  const server = pay.getServer();
  let got;
  server[handler]((message, next) => { got = message.toObject(); return next(message); });
  const answer = (await server.serve()).getBody().toString();
  console.log(`${handler}: ${got ? `called with ${JSON.stringify(got)}` : 'not called'}, answer ${answer}`);
  return { got, answer };
};
(async () => {
  const paid = await serve('handlePaid');
  const refunded = await serve('handleRefunded');
  assert.deepStrictEqual(paid.got, { root: refund });
  assert(paid.answer.includes('<return_code>SUCCESS</return_code>'));
  assert.strictEqual(refunded.got, undefined);
  assert(refunded.answer.includes('<return_code>ERROR</return_code>') && refunded.answer.includes('Invalid event type.'));
})();
JS
node show.js
