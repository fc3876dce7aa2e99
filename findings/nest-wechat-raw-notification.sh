#!/usr/bin/env bash
# nest-wechat 0.2.50 (npm): a genuine APIv3 notification is refused when the SDK gets it as it was sent, and taken only once it was parsed and printed again.
#
# The signature covers the bytes of the body, so the advice everywhere is to keep body parsers away from the address of notifications.
# paidCallback reads the untouched request itself, gets a Buffer, and prints that as JSON, {"type":"Buffer","data":[...]}, before it verifies.
# A Buffer left in request.body by a raw parser fails in the same way; a string verifies, and then has no resource to decrypt, which raises a TypeError.
# An object from a JSON parser is printed again and accepted, as long as the print happens to be what WeChat Pay wrote.
# A shop that follows the advice answers 401 to every payment until WeChat Pay gives up: paid and not delivered, and the keys are suspected.
# Here the raw bytes are what is verified, and a body that was printed again is named as such.
#
# Seen, for one notification:
#   untouched request      401 VERIFY SIGNATURE FAIL
#   body a Buffer          401 VERIFY SIGNATURE FAIL
#   body a string          TypeError
#   body a parsed object   200 ORDER1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund nest-wechat@0.2.50 @nestjs/common@10.4.15 reflect-metadata@0.2.2 rxjs@7.8.1

cat >show.js <<'JS'
require('reflect-metadata');
const assert = require('assert');
const crypto = require('crypto');
const { Readable } = require('stream');
const { WeChatService } = require('nest-wechat');

const key = '0123456789abcdef0123456789abcdef';
const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const cipher = crypto.createCipheriv('aes-256-gcm', key, 'a1b2c3d4e5f6').setAAD(Buffer.from('transaction'));
const payment = JSON.stringify({ mchid: '1900000001', out_trade_no: 'ORDER1', trade_state: 'SUCCESS', amount: { total: 1230 } });
const ciphertext = Buffer.concat([cipher.update(payment), cipher.final(), cipher.getAuthTag()]).toString('base64');
const notification = JSON.stringify({
  id: 'EV-1', create_time: '2026-03-05T14:07:09+08:00', resource_type: 'encrypt-resource', event_type: 'TRANSACTION.SUCCESS',
  resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', ciphertext, associated_data: 'transaction', nonce: 'a1b2c3d4e5f6' },
});
const timestamp = String(Math.floor(Date.now() / 1000));
const signature = crypto.sign('RSA-SHA256', Buffer.from(`${timestamp}\nn1\n${notification}\n`), pair.privateKey).toString('base64');
const serial = '7A'.repeat(20);
const headers = { 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': 'n1', 'wechatpay-serial': serial, 'wechatpay-signature': signature };

const request = async (body) => {
  const stream = Readable.from([Buffer.from(notification)], { objectMode: false });
  if (body === undefined) return Object.assign(stream, { headers });
  await stream.toArray();
  return Object.assign(stream, { headers, body });
};
const reply = () => ({
  status(code) { this.code = code; return this; },
  send() {},
  json(body) { this.message = body.message; },
});
(async () => {
  const { pay } = new WeChatService({});
  const certificates = new Map([[serial, pair.publicKey.export({ type: 'spki', format: 'pem' })]]);
  const outcomes = [];
  for (const [name, body] of [
    ['untouched request', undefined], ['body a Buffer', Buffer.from(notification)],
    ['body a string', notification], ['body a parsed object', JSON.parse(notification)],
  ]) {
    const response = reply();
    try {
      const result = await pay.paidCallback(certificates, key, await request(body), response);
      outcomes.push(`${response.code} ${response.message ?? result.out_trade_no}`);
    } catch (error) {
      outcomes.push(error.name);
    }
    console.log(`${name}: ${outcomes.at(-1)}`);
  }
  assert.deepStrictEqual(outcomes, ['401 VERIFY SIGNATURE FAIL', '401 VERIFY SIGNATURE FAIL', 'TypeError', '200 ORDER1']);
})();
JS
node show.js
