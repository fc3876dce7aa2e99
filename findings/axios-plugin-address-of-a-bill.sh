#!/usr/bin/env bash
# wechatpay-axios-plugin 0.9.6 (npm): the address of a bill, fetched as WeChat Pay gave it, arrives and is then thrown away as unsigned.
#
# APIv3 answers a request for a bill with a download_url, to be fetched as it is; the file that comes is the one answer that carries no signature.
# The SDK knows that and leaves out the check for a list of paths, but it compares the whole of what it was given with the bare path.
# With its host, or with its token behind a question mark, the address is not on the list. The bill was sent, signed request and all, and the caller gets an error about headers that no answer to this request has.
# The check is left out only when the token is taken out of the address and handed over among params, tartype with it.
# It looks like a gateway that forgot to sign, or a forged answer, and the day stays without a bill. An address is good for five minutes.
# Here the address is used as it is, no signature is asked for, and the digest that came with the address is what the file is held against.
#
# Seen:
#   the address                   bill sent, EV3_RES_HEADERS_INCOMPLATE
#   its path with the token       bill sent, EV3_RES_HEADERS_INCOMPLATE
#   its path, token among params  bill sent, 200
#   the chain, token among params bill sent, 200
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
let arrived;
const gateway = http.createServer((request, response) => {
  const fields = [...request.headers.authorization.matchAll(/(\w+)="([^"]*)"/g)];
  const token = Object.fromEntries(fields.map(([, name, value]) => [name, value]));
  const text = ['GET', request.url, token.timestamp, token.nonce_str, '', ''].join('\n');
  const fits = crypto.verify('RSA-SHA256', Buffer.from(text), pair.publicKey, Buffer.from(token.signature, 'base64'));
  arrived = { url: request.url, fits };
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end('bill');
});
gateway.listen(0, '127.0.0.1', async () => {
  const here = `http://127.0.0.1:${gateway.address().port}`;
  const client = new Wechatpay({
    mchid: '1900000001', serial: '7A'.repeat(20), baseURL: `${here}/`,
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    certs: { PUB_KEY_ID_0119000000012026: pair.publicKey.export({ type: 'spki', format: 'pem' }) },
  });
  const path = '/v3/billdownload/file?token=a1b2c3';
  const params = { token: 'a1b2c3' };
  const seen = [];
  for (const [name, call] of [
    ['the address', () => client.client.v3.get(here + path)],
    ['its path with the token', () => client.client.v3.get(path)],
    ['its path, token among params', () => client.client.v3.get('/v3/billdownload/file', { params })],
    ['the chain, token among params', () => client.v3.billdownload.file.get({ params })],
  ]) {
    arrived = undefined;
    let outcome;
    try {
      const { status, data } = await call();
      assert.strictEqual(data, 'bill');
      outcome = status;
    } catch (error) {
      outcome = error.code;
    }
    assert.deepStrictEqual(arrived, { url: path, fits: true });
    console.log(`${name}: ${arrived.url} signature fits, ${outcome}`);
    seen.push(outcome);
  }
  gateway.close();
  assert.deepStrictEqual(seen, ['EV3_RES_HEADERS_INCOMPLATE', 'EV3_RES_HEADERS_INCOMPLATE', 200, 200]);
});
JS
node show.js
