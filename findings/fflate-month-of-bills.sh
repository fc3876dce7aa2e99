#!/usr/bin/env bash
# fflate 0.8.3 and pako 1.0.11 (npm): of a month of bills in one gzip file, only the first day is unpacked, without an error.
#
# Bills asked for with GZIP come as one stream for each day, and streams put one behind the other are a gzip file again (RFC 1952, 2.2): cat does it.
# gunzipSync, decompressSync and gunzip of fflate, and ungzip of pako 1.0.11, the one below jszip and exceljs, end with the first stream and pass over the rest.
# The bill of the first day is whole, with its summary and the right sums, so nothing tells that the others are missing.
# Every payment of the later days looks as if only the shop knew it. The streaming Gunzip of fflate has all of them, as zlib and pako 3.0.3 have.
# Ours goes on to the next stream until the file ends.
#
# Seen, for 5, 6 and 7 March in one file:
#   zlib of Node.js            3 days
#   fflate gunzipSync          1 day
#   fflate gunzip              1 day
#   fflate Gunzip (streaming)  3 days
#   pako 1.0.11                1 day
#   pako 3.0.3                 3 days
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund fflate@0.8.3 pako@1.0.11 pako3@npm:pako@3.0.3

cat >show.mjs <<'JS'
import assert from 'assert';
import zlib from 'zlib';
import * as fflate from 'fflate';
import pako from 'pako';
import * as pako3 from 'pako3';

const bill = (day) => Buffer.from([
  '\uFEFF交易时间,商户订单号,订单金额', `\`2026-03-0${day} 14:07:09,\`ORDER${day},\`12.30`, '总交易单数,订单总金额', '`1.0,`12.30', '',
].join('\r\n'));
const month = Buffer.concat([5, 6, 7].map((day) => zlib.gzipSync(bill(day))));
const streamed = () => {
  const parts = [];
  const reader = new fflate.Gunzip((part) => parts.push(part));
  reader.push(month, true);
  return Buffer.concat(parts);
};
const seen = {};
for (const [name, unpacked] of [
  ['zlib', zlib.gunzipSync(month)],
  ['fflate gunzipSync', fflate.gunzipSync(month)],
  ['fflate decompressSync', fflate.decompressSync(month)],
  ['fflate gunzip', await new Promise((resolve, reject) => fflate.gunzip(month, (error, data) => (error ? reject(error) : resolve(data))))],
  ['fflate Gunzip', streamed()],
  ['pako 1.0.11', pako.ungzip(month)],
  ['pako 3.0.3', pako3.ungzip(month)],
]) {
  seen[name] = Buffer.from(unpacked).toString().match(/ORDER\d/g).join(' ');
  console.log(`${name}: ${seen[name]}`);
}
const all = 'ORDER5 ORDER6 ORDER7';
assert.deepStrictEqual(seen, {
  zlib: all, 'fflate gunzipSync': 'ORDER5', 'fflate decompressSync': 'ORDER5', 'fflate gunzip': 'ORDER5',
  'fflate Gunzip': all, 'pako 1.0.11': 'ORDER5', 'pako 3.0.3': all,
});
JS
node show.mjs
