#!/usr/bin/env bash
# pandas 3.1.1 with openpyxl 3.1.5 (PyPI): read_excel makes numbers of cells that XLSX marks as text.
#
# A refund number of 29 digits is stored as a cell of text so that no program takes it for a quantity.
# read_excel gets it as text from openpyxl and guesses all the same: a column of digits loses its leading zeros,
# and one with a blank among them, as refund numbers of a list always have, becomes floating point: thirteen digits are lost for good.
# The same column read by openpyxl alone is whole; dtype=str keeps it.
# A list exported here is therefore to be read with dtype=str, however carefully its cells are typed.
#
# Seen:
#   openpyxl                    '0001234567890123456789012345'  '50300806884843676235728921398'
#   read_excel(...)             1234567890123456789012345       5.030080688484367e+28
#   read_excel(..., dtype=str)  '0001234567890123456789012345'  '50300806884843676235728921398'
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check pandas==3.1.1 openpyxl==3.1.5

cat >show.py <<'PY'
import openpyxl, pandas

ORDER, REFUND = "0001234567890123456789012345", "50300806884843676235728921398"
book = openpyxl.Workbook()
for row in (["out_trade_no", "refund_id"], [ORDER, REFUND], ["0001234567890123456789012346", None]):
    book.active.append(row)
book.save("cases.xlsx")

sheet = openpyxl.load_workbook("cases.xlsx").active
stored = [(cell.value, cell.data_type) for cell in sheet[2]]
guessed = pandas.read_excel("cases.xlsx").iloc[0].tolist()
kept = pandas.read_excel("cases.xlsx", dtype=str).iloc[0].tolist()
print("openpyxl:", stored)
print("read_excel:", guessed)
print("read_excel dtype=str:", kept)
assert stored == [(ORDER, "s"), (REFUND, "s")], stored
assert guessed == [1234567890123456789012345, 5.030080688484367e28], guessed
assert isinstance(guessed[0], int) and isinstance(guessed[1], float)
assert kept == [ORDER, REFUND], kept
PY
python/bin/python show.py
