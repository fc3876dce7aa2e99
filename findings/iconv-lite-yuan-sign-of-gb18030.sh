#!/usr/bin/env bash
# iconv-lite 0.7.3 with currency.js 2.0.4 (npm): ¥12.30 of a file in GB18030, read as GBK, is 612.30.
#
# The two encodings are taken for one, and for Chinese text they are. The sign ¥ (U+00A5) is in GB18030 alone, as the four bytes 81 30 84 36.
# Read as GBK, the second and the fourth of them are the digits 0 and 6, each behind a sign for a broken character, and they stand right before the amount.
# A reader of money that takes off whatever is no digit, as it does with ¥ and 元, then has 0612.30; a no-break space in front makes it 212.30.
# Nothing is raised, all the Chinese around it is right, and the other sign for the yuan, ￥ (U+FFE5), is in both encodings.
# TextDecoder of Node.js 20 gives the same text for gbk, while Python refuses the file as gbk.
# Every amount of such an export has a 6 in front, and 112.30 is 6112.30. Here what is not UTF-8 is read as GB18030, and an amount with another sign in it is refused.
#
# Seen, for amounts written by Python as gb18030:
#   ¥12.30                    gbk ?0?612.30, amount 612.3   gb18030 ¥12.30, amount 12.3
#   no-break space and 12.30  gbk ?0?212.30, amount 212.3   gb18030 as it is, amount 12.3
#   ￥12.30                   gbk ￥12.30, amount 12.3      gb18030 ￥12.30, amount 12.3
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund iconv-lite@0.7.3 currency.js@2.0.4
python3 - <<'PY'
with open("orders.csv", "w", encoding="gb18030") as file:
    print("订单号,实付金额", "A1,¥12.30", "A2,\u00a012.30", "A3,￥12.30", "A4,¥112.30", sep="\n", file=file)
try:
    open("orders.csv", encoding="gbk").read()
    raise SystemExit("Python reads the file as gbk")
except UnicodeDecodeError as error:
    print("Python, gbk:", error.reason)
PY

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const currency = require('currency.js');
const iconv = require('iconv-lite');

const bytes = fs.readFileSync('orders.csv');
const amounts = (name, text) => {
  const cells = text.trim().split('\n').map((line) => line.split(',')[1]);
  assert.strictEqual(cells.shift(), '实付金额');
  const values = cells.map((cell) => currency(cell).value);
  console.log(`${name}:`, cells.map((cell) => JSON.stringify(cell)).join(' '), values.join(' '));
  return values;
};
assert.deepStrictEqual(amounts('gbk', iconv.decode(bytes, 'gbk')), [612.3, 212.3, 12.3, 6112.3]);
assert.deepStrictEqual(amounts('gb18030', iconv.decode(bytes, 'gb18030')), [12.3, 12.3, 12.3, 112.3]);
JS
node show.js
