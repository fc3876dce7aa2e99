#!/usr/bin/env bash
# node-easywechat 3.6.2 (npm): a notification whose handling failed is answered with status 200, and so it is confirmed.
#
# APIv3 goes by the status of the answer: 200 or 204 is received, 4xx or 5xx is told again, up to fifteen times in a day.
# When a handler throws, because the database is away or the order is locked, the SDK puts ERROR into the body and 200 above it.
# WeChat Pay does not look into the body. It takes the notification for received and never sends it again.
# APIv2 did go by the body, and there the same answer is right, which is how it got here: the SDK speaks both.
# The payment is in the bill and not in the shop: paid and not delivered, without a retry that could heal it and without an error at the gateway.
# This is the commonest cause of the orders that reconciliation exists for. The sandbox here retries by status for APIv3 and by body for APIv2.
#
# Seen (version, handler, status and body of the answer):
#   APIv3  done    200 {"code":"SUCCESS","message":"成功"}
#   APIv3  throws  200 {"code":"ERROR","message":"database is away"}
#   APIv2  throws  200 <xml><return_code>ERROR</return_code>...
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

const nonce = 'a1b2c3d4e5f6';
const payment = { mchid: '1900000001', out_trade_no: 'ORDER1', transaction_id: '4200002781202603051234567890', trade_state: 'SUCCESS', amount: { total: 1230 } };
const cipher = crypto.createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('transaction'));
const ciphertext = Buffer.concat([cipher.update(JSON.stringify(payment)), cipher.final(), cipher.getAuthTag()]).toString('base64');
const v3 = JSON.stringify({
  id: 'n1', create_time: '2026-03-05T14:07:09+08:00', resource_type: 'encrypt-resource', event_type: 'TRANSACTION.SUCCESS',
  resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', ciphertext, associated_data: 'transaction', nonce },
});
const v2 = '<xml><return_code><![CDATA[SUCCESS]]></return_code><result_code><![CDATA[SUCCESS]]></result_code>'
  + '<out_trade_no><![CDATA[ORDER1]]></out_trade_no><total_fee>1230</total_fee></xml>';

const answer = async (type, body, fails) => {
  const pay = new Pay({ mch_id: '1900000001', secret_key: key, v2_secret_key: key, private_key: 'key.pem', certificate: 'public.pem' });
  pay.setRequest(new ServerRequest('POST', '/notify', { 'content-type': type }, Buffer.from(body)));
  let order;
  const server = pay.getServer();
  server.handlePaid(async (message, next) => {
    order = message.out_trade_no;
    if (fails) throw new Error('database is away');
    return next(message);
  });
  const response = await server.serve();
  assert.strictEqual(order, 'ORDER1');
  const seen = [response.getStatusCode(), response.getBody().toString()];
  console.log(type, fails ? 'throws' : 'done', ...seen);
  return seen;
};
(async () => {
  assert.deepStrictEqual(await answer('application/json', v3, false), [200, '{"code":"SUCCESS","message":"成功"}']);
  assert.deepStrictEqual(await answer('application/json', v3, true), [200, '{"code":"ERROR","message":"database is away"}']);
  const [status, body] = await answer('text/xml', v2, true);
  assert.strictEqual(status, 200);
  assert(body.includes('<return_code>ERROR</return_code>'));
})();
JS
node show.js
