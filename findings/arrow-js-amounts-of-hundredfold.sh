#!/usr/bin/env bash
# apache-arrow 21.2.0 (npm): an amount of 12.30 yuan in an Arrow file is 1230 in JavaScript.
#
# Decimals are the type for money in Arrow, and pyarrow, polars and DuckDB write them; the scale stands once, in the type of the column.
# The JavaScript library hands out the digits without the scale: as text, as a number, in JSON and in its own print of the table.
# 12.30 is 1230, which is what WeChat Pay calls the same amount in fen, so it even looks right until it is compared in yuan.
# A column of two decimals is a hundredfold, and a fee column of five decimals beside it a hundred thousandfold. Plus makes text of it.
# Nothing is raised, and integers and floating point of the same file are right.
# Whoever passes amounts on through Arrow has to divide by the scale of the column, or to pass fen as integers.
#
# Seen, for 12.30 as DECIMAL(18, 2) and a fee of 0.07000 as DECIMAL(18, 5):
#   pyarrow       12.30      0.07000
#   text          1230       7000
#   Number(...)   1230       7000
#   amount + 0    text 12300
#   row as JSON   {"order":"ORDER1","amount":"\"1230\"","fee":"\"7000\"","fen":1230}
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund apache-arrow@21.2.0
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check pyarrow==26.0.1

cat >write.py <<'PY'
import decimal
import pyarrow

table = pyarrow.table({
    "order": ["ORDER1"],
    "amount": pyarrow.array([decimal.Decimal("12.30")], pyarrow.decimal128(18, 2)),
    "fee": pyarrow.array([decimal.Decimal("0.07000")], pyarrow.decimal128(18, 5)),
    "fen": pyarrow.array([1230], pyarrow.int32()),
})
with pyarrow.ipc.new_file("orders.arrow", table.schema) as file:
    file.write_table(table)
row = pyarrow.ipc.open_file("orders.arrow").read_all().to_pylist()[0]
print("pyarrow:", row["amount"], row["fee"])
assert (str(row["amount"]), str(row["fee"])) == ("12.30", "0.07000")
PY
python/bin/python write.py

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const { tableFromIPC } = require('apache-arrow');

const row = tableFromIPC(fs.readFileSync('orders.arrow')).get(0);
const text = [String(row.amount), String(row.fee)];
const number = [Number(row.amount), Number(row.fee)];
const sum = row.amount + 0;
const json = JSON.stringify(row);
console.log(`text: ${text}  Number: ${number}  amount + 0: ${typeof sum} ${sum}  JSON: ${json}`);
assert.deepStrictEqual(text, ['1230', '7000']);
assert.deepStrictEqual(number, [1230, 7000]);
assert.strictEqual(sum, '12300');
assert.strictEqual(json, '{"order":"ORDER1","amount":"\\"1230\\"","fee":"\\"7000\\"","fen":1230}');
JS
node show.js
