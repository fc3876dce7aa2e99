#!/usr/bin/env bash
# hyparquet 1.31.5 (npm): a payment of 19.99 in Parquet is 19.990000000000002, and a search for 19.99 finds none.
#
# DECIMAL is the type for money in Parquet: whole numbers with a scale, and pyarrow, DuckDB and polars write amounts so.
# hyparquet, by which pages read Parquet without a server, multiplies the whole number by 0.01, and 0.01 is none in floating point.
# JSON and CSV have the number next to 19.99, which is equal to 19.99 in every program; here it is another one, so that === fails against any other source.
# A filter on the amount compares in the same way and leaves the payment out. A fee of 0.07000 is 0.06999999999999999, and cut to five decimals 0.06999.
# Seven of eight amounts come out right, 12.30 among them, so that a page with a few rows looks as it should.
# Payment numbers of 28 digits, as DECIMAL with no decimals, are rounded; the integers of 64 bits in the same file are kept as BigInt.
# Money for such a page belongs in a column of whole fen. That is how books are exported here, with numbers of orders as text.
#
# Seen, written by pyarrow 26.0.1, and the same by DuckDB 2.0.1:
#   19.99 as DECIMAL(18, 2)                       19.990000000000002
#   0.07000 as DECIMAL(18, 5)                     0.06999999999999999
#   4200002781202603051234567890, DECIMAL(38, 0)  4.200002781202603e+27
#   1999 as INT64                                 1999n
#   0.01 to 100.00, not the same as in JSON       1327 of 10000
#   filter amount = 12.30, = 19.99                1 row, no row
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund hyparquet@1.31.5
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check pyarrow==26.0.1 duckdb==2.0.1

cat >write.py <<'PY'
from decimal import Decimal

import duckdb
import pyarrow
import pyarrow.parquet

amounts = [Decimal(fen).scaleb(-2) for fen in range(1, 10001)]
payments = pyarrow.table({
    "amount": pyarrow.array(amounts, pyarrow.decimal128(18, 2)),
    "fee": pyarrow.array([Decimal("0.07000")] * 10000, pyarrow.decimal128(18, 5)),
    "payment": pyarrow.array([Decimal("4200002781202603051234567890")] * 10000, pyarrow.decimal128(38, 0)),
    "fen": pyarrow.array(range(1, 10001), pyarrow.int64()),
})
pyarrow.parquet.write_table(payments, "pyarrow.parquet")
duckdb.sql("COPY (FROM payments) TO 'duckdb.parquet' (FORMAT parquet)")
for name in ("pyarrow.parquet", "duckdb.parquet"):
    again = pyarrow.parquet.read_table(name)
    assert again["amount"].to_pylist() == amounts and str(again["fee"][0].as_py()) == "0.07000"
PY
python/bin/python write.py

cat >show.mjs <<'JS'
import assert from 'assert';
import { asyncBufferFromFile, parquetQuery, parquetReadObjects } from 'hyparquet';

for (const name of ['pyarrow.parquet', 'duckdb.parquet']) {
  const file = await asyncBufferFromFile(name);
  const rows = await parquetReadObjects({ file });
  const row = rows[1998];
  const json = rows.map(({ fen }) => JSON.parse(`${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`));
  const other = rows.filter(({ amount }, at) => amount !== json[at]).length;
  const found = async (amount) => (await parquetQuery({ file, filter: { amount: { $eq: amount } } })).length;
  const [common, missed] = [await found(12.3), await found(19.99)];
  console.log(name, row, `${other} of ${rows.length} are not the number of JSON; filter: ${common} row, ${missed} rows`);
  assert.deepStrictEqual(row, { amount: 19.990000000000002, fee: 0.06999999999999999, payment: 4.200002781202603e27, fen: 1999n });
  assert.deepStrictEqual([other, rows.length, common, missed], [1327, 10000, 1, 0]);
  assert.strictEqual(rows[1229].amount, 12.3);
  assert.strictEqual(Math.floor(row.fee * 1e5), 6999);
}
JS
node show.mjs
