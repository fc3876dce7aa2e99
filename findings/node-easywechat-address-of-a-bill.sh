#!/usr/bin/env bash
# node-easywechat 3.6.2 (npm): the address of a bill is signed without its token, and a refund sent with postJson without its body.
#
# APIv3 answers a request for a bill with a download_url, to be fetched as it is with a signature over its path and query.
# Given a whole address, the SDK signs the path and takes the query from elsewhere: the token is sent, and not covered.
# postJson and the option json send a body and sign an empty one; the option data is signed as it is sent.
# A gateway that follows the rule answers 401 SIGN_ERROR to exactly these calls, while asking for the bill worked a moment before,
# so key, serial and clock are suspected, the bill of the day stays unfetched, and the refund unmade.
# Cut down to path and query, the same address is signed right.
# It matters here because a bill that could not be fetched is not a day without payments, and 401 does not mean a wrong key.
#
# Seen (signature fits what arrived):
#   get('/v3/bill/tradebill', { params })             true
#   get('https://.../v3/billdownload/file?token=...') false
#   get('/v3/billdownload/file?token=...')            true
#   postJson('/v3/refund/domestic/refunds', refund)   false, fits an empty body
#   post('/v3/refund/domestic/refunds', { data })     true
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# A later node-socialite than 1.4.1 fits the range that node-easywechat asks for and keeps it from loading.
echo '{}' >package.json
npm install --silent --no-audit --no-fund node-easywechat@3.6.2 node-socialite@1.4.1 node-forge@1.3.1

cat >show.js <<'JS'
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const { Pay } = require('node-easywechat');
const forge = require('node-forge');

const pair = forge.pki.rsa.generateKeyPair(2048);
const certificate = forge.pki.createCertificate();
certificate.publicKey = pair.publicKey;
certificate.serialNumber = '7A'.repeat(20);
certificate.validity.notBefore = new Date('2026-01-01T00:00:00Z');
certificate.validity.notAfter = new Date('2031-01-01T00:00:00Z');
certificate.setSubject([{ name: 'commonName', value: '1900000001' }]);
certificate.setIssuer(certificate.subject.attributes);
certificate.sign(pair.privateKey, forge.md.sha256.create());
fs.writeFileSync('certificate.pem', forge.pki.certificateToPem(certificate));
fs.writeFileSync('key.pem', forge.pki.privateKeyToPem(pair.privateKey));
const publicKey = crypto.createPublicKey(fs.readFileSync('certificate.pem'));

let arrived;
const gateway = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', () => {
    const fields = [...request.headers.authorization.matchAll(/(\w+)="([^"]*)"/g)];
    const token = Object.fromEntries(fields.map(([, name, value]) => [name, value]));
    const fits = (content) => {
      const text = [request.method, request.url, token.timestamp, token.nonce_str, content, ''].join('\n');
      return crypto.verify('RSA-SHA256', Buffer.from(text), publicKey, Buffer.from(token.signature, 'base64'));
    };
    arrived = { url: request.url, body, fits: fits(body), fitsEmpty: fits('') };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  });
});
gateway.listen(0, '127.0.0.1', async () => {
  const here = `http://127.0.0.1:${gateway.address().port}`;
  const client = new Pay({
    mch_id: '1900000001', private_key: 'key.pem', certificate: 'certificate.pem', secret_key: '0'.repeat(32), http: { baseURL: here },
  }).getClient();
  const file = '/v3/billdownload/file?token=a1b2c3&tartype=gzip';
  const refund = { out_trade_no: 'ORDER1', out_refund_no: 'REFUND1', amount: { refund: 100, total: 1230, currency: 'CNY' } };
  const outcomes = [];
  for (const [name, call] of [
    ['tradebill', () => client.get('/v3/bill/tradebill', { params: { bill_date: '2026-03-05', bill_type: 'ALL', tar_type: 'GZIP' } })],
    ['download_url', () => client.get(here + file)],
    ['its path', () => client.get(file)],
    ['postJson', () => client.postJson('/v3/refund/domestic/refunds', refund)],
    ['post data', () => client.post('/v3/refund/domestic/refunds', { data: refund })],
  ]) {
    await call();
    console.log(`${name}: ${arrived.url} body of ${arrived.body.length}  signature fits: ${arrived.fits}  fits an empty body: ${arrived.fitsEmpty}`);
    outcomes.push([arrived.fits, arrived.fitsEmpty]);
    if (name.startsWith('post')) assert.deepStrictEqual(JSON.parse(arrived.body), refund);
    if (name === 'download_url' || name === 'its path') assert.strictEqual(arrived.url, file);
  }
  gateway.close();
  assert.deepStrictEqual(outcomes, [[true, true], [false, false], [true, true], [false, true], [true, false]]);
});
JS
node show.js
