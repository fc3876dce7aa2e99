#!/usr/bin/env bash
# DuckDB 2.0.1 (PyPI): payment numbers that are exact in a table are rounded on the way into Parquet, and every payment matches every other.
#
# A column of 28 digits is read from CSV as HUGEINT, which holds all of them, and joins and counts are right.
# Parquet has no such integer, so COPY writes floating point instead, without a word, though DECIMAL would hold the number.
# Read back by DuckDB or anything else, the numbers of a day that begin alike are one number.
# Whoever stores bills as Parquet finds each payment paid by all orders of that day; the CSV it came from gave no such result.
# The sum of a BIGINT column is HUGEINT too and becomes floating point in the same way.
# Read with all_varchar=true, the number is text in Parquet and stays whole.
#
# Seen, for two payments ...7890 and ...7899:
#   table from the CSV      HUGEINT  2 different numbers, join on the number 2 rows
#   Parquet from the table  DOUBLE   1 different number,  join on the number 4 rows
#   with all_varchar=true   VARCHAR  2 different numbers, join on the number 2 rows
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check duckdb==2.0.1

printf 'out_trade_no,transaction_id,amount_fen\nA1,4200002781202603051234567890,1230\nA2,4200002781202603051234567899,500\n' >bill.csv
cat >show.py <<'PY'
import duckdb

def value(query):
    return duckdb.sql(query).fetchall()[0][0]

def look(source):
    kind = value(f"SELECT any_value(typeof(transaction_id)) FROM {source}")
    different = value(f"SELECT count(DISTINCT transaction_id) FROM {source}")
    joined = value(f"SELECT count(*) FROM {source} a JOIN {source} b USING (transaction_id)")
    print(f"{source}: {kind}, different numbers {different}, joined rows {joined}")
    return kind, different, joined

duckdb.sql("CREATE TABLE bill AS FROM 'bill.csv'")
duckdb.sql("COPY bill TO 'bill.parquet'")
duckdb.sql("COPY (FROM read_csv('bill.csv', all_varchar=true)) TO 'text.parquet'")
duckdb.sql("COPY (SELECT sum(amount_fen) AS total FROM bill) TO 'total.parquet'")
assert look("bill") == ("HUGEINT", 2, 2)
assert look("'bill.parquet'") == ("DOUBLE", 1, 4)
assert look("'text.parquet'") == ("VARCHAR", 2, 2)
total = value("SELECT typeof(total) FROM 'total.parquet'")
print("sum of a BIGINT column:", total)
assert total == "DOUBLE", total
PY
python/bin/python show.py
