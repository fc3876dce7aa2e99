#!/usr/bin/env bash
# xlsx2csv 0.8.6 (PyPI): an amount in the format 0.00 "RMB" comes out as 0.00 "r01b", and one shown with a decimal is cut to it.
#
# xlsx2csv prints a cell as its format says, and takes each format with an m, d, y, h or s in it for one of dates, letters between quotes too.
# RMB, HKD, USD and CNY all have such a letter: the amount is gone, and what is printed is the format with a month or a day of January 1900 in it.
# The formats with 元 and ￥ are safe, so the loss strikes where amounts of several currencies are told apart.
# A format of one decimal rounds what is printed: ten fen of 1234.56 are lost, though the workbook holds them.
# Both happen without an error, and the amounts of an export are what a payment is held against. --ignore-formats date and float turn it off.
# Here an amount is the number of its cell, whatever the format shows.
#
# Seen, for 1234.56 in the format:
#   0.00"元"        1234.56000
#   0.00 "RMB"      0.00 "r05b"
#   #,##0.00 "CNY"  #,##0.00 "cny"
#   "HKD" 0.00      "01k18" 0.00
#   0.0             1234.6
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check xlsx2csv==0.8.6 XlsxWriter==3.3.1 openpyxl==3.1.5

cat >show.py <<'PY'
import csv, subprocess
import openpyxl, xlsxwriter

forms = ['0.00"元"', '0.00 "RMB"', '#,##0.00 "CNY"', '"HKD" 0.00', "0.0"]
with xlsxwriter.Workbook("orders.xlsx") as book:
    sheet = book.add_worksheet()
    for row, form in enumerate(forms):
        sheet.write_number(row, 0, 1234.56, book.add_format({"num_format": form}))

def printed(*options):
    command = ["python/bin/xlsx2csv", "orders.xlsx", *options]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [row[0] for row in csv.reader(text.splitlines())]

seen = printed()
plain = printed("--ignore-formats", "date", "float")
for form, value, other in zip(forms, seen, plain):
    print(f"{form}: {value}  (--ignore-formats date float: {other})")
assert [row[0] for row in openpyxl.load_workbook("orders.xlsx").active.values] == [1234.56] * 5
assert seen == ["1234.56000", '0.00 "r05b"', '#,##0.00 "cny"', '"01k18" 0.00', "1234.6"], seen
assert plain == ["1234.56"] * 5, plain
PY
python/bin/python show.py
