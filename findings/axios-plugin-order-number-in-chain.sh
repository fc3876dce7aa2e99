#!/usr/bin/env bash
# wechatpay-axios-plugin 0.9.6 (npm): an order number put into the chain of calls is rewritten, so another order is asked for.
#
# The SDK turns each link of a chain into a segment of the path, and writes capitals as "-" and a small letter on the way.
# It does so to every link, in brackets too, so that a link which is an order number is changed without a word.
# WeChat Pay tells capitals apart: the answer is ORDER_NOT_EXIST, or belongs to the order whose number is really spelt so.
# A number of digits alone passes, which is why a first trial does not show it.
# The placeholder form, ['{out_trade_no}'] with the number among the options, keeps it.
#
# Seen (last segment of the path that arrived):
#   20260305001  chain 20260305001  placeholder 20260305001
#   A2026NoX1    chain a2026-no-x1  placeholder A2026NoX1
#   ORD_7        chain o-r-d_7      placeholder ORD_7
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund wechatpay-axios-plugin@0.9.6

cat >show.js <<'JS'
const assert = require('assert');
const crypto = require('crypto');
const http = require('http');
const { Wechatpay } = require('wechatpay-axios-plugin');

const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
const arrived = [];
const gateway = http.createServer((request, response) => {
  arrived.push(new URL(request.url, 'http://127.0.0.1').pathname.split('/').at(-1));
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end('{"code":"ORDER_NOT_EXIST"}');
});
const unless404 = (error) => { if (error.response?.status !== 404) throw error; };
gateway.listen(0, '127.0.0.1', async () => {
  const client = new Wechatpay({
    baseURL: `http://127.0.0.1:${gateway.address().port}/`,
    mchid: '1900000001',
    serial: '7A'.repeat(20),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    certs: { PUB_KEY_ID_0119000000012026: pair.publicKey.export({ type: 'spki', format: 'pem' }) },
  });
  const orders = client.v3.pay.transactions.outTradeNo;
  for (const number of ['20260305001', 'A2026NoX1', 'ORD_7']) {
    await orders[number].get({ params: { mchid: '1900000001' } }).catch(unless404);
    await orders['{out_trade_no}'].get({ params: { mchid: '1900000001' }, out_trade_no: number }).catch(unless404);
    console.log(`${number}  chain ${arrived.at(-2)}  placeholder ${arrived.at(-1)}`);
  }
  gateway.close();
  assert.deepStrictEqual(arrived, ['20260305001', '20260305001', 'a2026-no-x1', 'A2026NoX1', 'o-r-d_7', 'ORD_7']);
});
JS
node show.js
