#!/usr/bin/env bash
# polars 2.1.0 with fastexcel 0.21.0 (PyPI): order numbers with letters further down in an XLSX become empty, without an error.
#
# read_excel decides the type of a column from the first hundred rows and makes the rest fit: what does not fit is null.
# A shop that numbered its orders by digits and later put a letter in front has both kinds in one export, the old ones first.
# The new orders then have an amount and no number, so their payments belong to nobody, and a join drops them.
# fastexcel alone does the same after a thousand rows, and hands the numbers out as floating point.
# The same rows as CSV are refused by polars with the column and the value, so the quiet way is not expected.
# schema_overrides, or infer_schema_length=None, keeps them. An order number is to be read as text from the first row to the last.
#
# Seen, for 1200 orders of digits and 100 with a letter in front:
#   read_excel(...)                           Int64    100 of 1300 numbers null
#   fastexcel load_sheet(0)                   Float64  100 of 1300 numbers null
#   read_excel(..., infer_schema_length=None) String   none null
#   read_csv of the same rows                 ComputeError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check polars==2.1.0 fastexcel==0.21.0 XlsxWriter==3.3.1

cat >show.py <<'PY'
import fastexcel, polars, xlsxwriter

numbers = [20260305000 + place for place in range(1200)] + [f"A{place}" for place in range(100)]
with xlsxwriter.Workbook("orders.xlsx") as book, open("orders.csv", "w") as file:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["out_trade_no", "amount"])
    print("out_trade_no,amount", file=file)
    for row, number in enumerate(numbers, 1):
        sheet.write_row(row, 0, [number, 12.3])
        print(f"{number},12.3", file=file)

def look(name, frame):
    found = (str(frame.schema["out_trade_no"]), frame["out_trade_no"].null_count(), frame.height)
    print(f"{name}: {found[0]}, {found[1]} of {found[2]} numbers null")
    return found

assert look("read_excel", polars.read_excel("orders.xlsx")) == ("Int64", 100, 1300)
assert look("fastexcel", fastexcel.read_excel("orders.xlsx").load_sheet(0).to_polars()) == ("Float64", 100, 1300)
assert look("read_excel infer_schema_length=None", polars.read_excel("orders.xlsx", infer_schema_length=None)) == ("String", 0, 1300)
try:
    polars.read_csv("orders.csv")
    refused = False
except polars.exceptions.ComputeError as error:
    refused = True
    print("read_csv:", str(error).splitlines()[0])
assert refused
PY
python/bin/python show.py
