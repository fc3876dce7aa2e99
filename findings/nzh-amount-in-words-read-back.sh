#!/usr/bin/env bash
# nzh 1.0.14 (npm) and rmbtrans 0.1.0 (PyPI): 19.99, written in words and read back, is 999, and 一百元 is 0.
#
# nzh writes amounts in words with toMoney and has decodeB for words in capitals. They look like the two directions of one thing.
# decodeB knows numbers and no money: 元, 角 and 分 are passed over, and the digits that they part are put one behind the other.
# 12.30, written by toMoney as 壹拾贰元叁角, comes back as 23, and 19.99 as 999; whole yuan come back right, and they are what is tried.
# toMoney leaves out 整 behind a text of two decimals: "12.00" is 壹拾贰元, which can be added to on paper, while the number 12 is 壹拾贰元整.
# rmbtrans knows jiao and fen, and reads what it does not know as nothing: 一百元 and 貳拾元整 are 0, 拾贰元叁角 is 2.3, and 负 is not seen.
# Neither raises an error. An amount has to be refused as soon as a sign of it is not understood, as is done here with the amounts of a file.
#
# Seen:
#   words                    nzh decodeB   rmbtrans
#   壹佰元整                 100           100
#   壹拾贰元叁角 (12.30)     23            12.3
#   壹拾玖元玖角玖分         999           19.99
#   壹佰元零伍分 (100.05)    105           100.05
#   负壹拾贰元叁角           -23           12.3
#   一百元, 貳拾元整         -             0, 0
#   拾贰元叁角               -             2.3
#   toMoney of 12, "12.00"   壹拾贰元整, 壹拾贰元
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund nzh@1.0.14
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check rmbtrans==0.1.0

cat >show.js <<'JS'
const assert = require('assert');
const { cn } = require('nzh');

for (const [amount, words, read] of [
  ['100', '壹佰元整', 100],
  ['12.30', '壹拾贰元叁角', 23],
  ['100.05', '壹佰元零伍分', 105],
  ['19.99', '壹拾玖元玖角玖分', 999],
  ['-12.30', '负壹拾贰元叁角', -23],
]) {
  const written = cn.toMoney(amount, { outSymbol: false });
  const seen = cn.decodeB(written);
  console.log(`nzh       ${amount} ${written} ${seen}`);
  assert.strictEqual(written, words);
  assert.strictEqual(seen, read);
}
const ends = [12, '12.00'].map((amount) => cn.toMoney(amount, { outSymbol: false }));
console.log('nzh       12, "12.00"', ...ends);
assert.deepStrictEqual(ends, ['壹拾贰元整', '壹拾贰元']);
JS
node show.js

cat >show.py <<'PY'
from rmbTrans import trans

for words, read in [
    ("壹佰元整", 100), ("壹拾贰元叁角", 12.3), ("壹佰元零伍分", 100.05), ("壹拾玖元玖角玖分", 19.99), ("负壹拾贰元叁角", 12.3),
    ("一百元", 0), ("貳拾元整", 0), ("拾贰元叁角", 2.3),
]:
    seen = round(trans(words), 2)
    print("rmbtrans ", words, seen)
    assert seen == read, (words, seen)
PY
python/bin/python show.py
