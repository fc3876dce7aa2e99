#!/usr/bin/env bash
# polars 2.1.0 (PyPI): a bill stored as Parquet cannot be opened by pyarrow, and DuckDB finds bytes where the payment numbers were.
#
# read_csv makes 128-bit integers of 28 digits, and nothing is lost up to there; write_parquet has a kind of column for them that is its own.
# pyarrow 26.0.1, and pandas above it, refuses the whole file for that one column, amounts and order numbers too.
# DuckDB 2.0.1 takes the column for a BLOB, lowest byte first: a join with the numbers of the shop as text finds no payment at all, and is no error.
# polars reads its own file back right, so whoever wrote it sees nothing, and a test with short numbers gives a Parquet that everyone reads.
# It strikes when a bill is handed on, or looked up months later with another tool. With infer_schema=False the number is text, for all of them.
#
# Seen, for two payments and a shop that has both as text:
#   read by polars       Int128, both numbers whole
#   read by pyarrow      ArrowNotImplementedError: Integers with more than 64 bits not implemented
#   read by DuckDB       BLOB, 0 payments joined
#   infer_schema=False   VARCHAR, 2 payments joined, read by pyarrow
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check polars==2.1.0 pyarrow==26.0.1 duckdb==2.0.1

cat >show.py <<'PY'
import duckdb, polars, pyarrow
import pyarrow.parquet

numbers = [4200002781202603051234567890, 4200002781202603051234567899]
with open("bill.csv", "w") as file:
    print("transaction_id,amount_fen", f"{numbers[0]},1230", f"{numbers[1]},500", sep="\n", file=file)
bill = polars.read_csv("bill.csv")
bill.write_parquet("bill.parquet")
polars.read_csv("bill.csv", infer_schema=False).write_parquet("text.parquet")
duckdb.sql("CREATE TABLE shop AS SELECT unnest($numbers) AS transaction_id", params={"numbers": [str(number) for number in numbers]})

again = polars.read_parquet("bill.parquet")
print("polars:", again.schema["transaction_id"], again["transaction_id"].to_list())
assert again.schema["transaction_id"] == polars.Int128 and again["transaction_id"].to_list() == numbers

try:
    pyarrow.parquet.read_table("bill.parquet")
    arrow = "read"
except pyarrow.ArrowNotImplementedError as error:
    arrow = str(error)
print("pyarrow:", arrow)
assert arrow == "Integers with more than 64 bits not implemented", arrow

def look(file):
    kind = duckdb.sql(f"SELECT any_value(typeof(transaction_id)) FROM '{file}'").fetchall()[0][0]
    joined = duckdb.sql(f"SELECT count(*) FROM '{file}' b JOIN shop s USING (transaction_id)").fetchall()[0][0]
    print(f"DuckDB, {file}: {kind}, payments joined {joined}")
    return kind, joined

assert look("bill.parquet") == ("BLOB", 0)
assert look("text.parquet") == ("VARCHAR", 2)
assert pyarrow.parquet.read_table("text.parquet")["transaction_id"].to_pylist() == [str(number) for number in numbers]
PY
python/bin/python show.py
