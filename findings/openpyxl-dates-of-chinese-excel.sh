#!/usr/bin/env bash
# openpyxl 3.1.5 (PyPI) and exceljs 4.4.0 (npm): dates in the formats of Chinese Excel are read as numbers.
#
# The standard of XLSX reserves the formats 27 to 36 and 50 to 58 for dates and times of East Asia, such as 31 for 2026年3月5日.
# A cell in such a format carries the number alone; no pattern with a y or a d in it stands in the file.
# These readers have the Western formats in their tables and look for a pattern otherwise, so the cell becomes 46086.588, a quantity.
# Payment times in one of Excel's own Chinese formats then have no day, or one of 1970 once the number is taken for seconds.
# SheetJS 0.18.5, read-excel-file 9.3.17 and python-calamine 0.9.1 know them, so two readers of one file disagree on what an order has.
# Our reader takes both ranges for dates for this reason.
#
# Seen, for 2026-03-05 14:07:09 in the formats 22 and 31:
#   openpyxl         2026-03-05 14:07:09       46086.58829861111
#   exceljs          2026-03-05T14:07:09.000Z  46086.58829861111
#   calamine         2026-03-05 14:07:09       2026-03-05 14:07:09
#   SheetJS          date                      date
#   read-excel-file  date                      date
#   openpyxl, all 19 of both ranges: number
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 read-excel-file@9.3.17
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1 XlsxWriter==3.3.1

cat >show.py <<'PY'
import datetime
import openpyxl, python_calamine, xlsxwriter

paid = datetime.datetime(2026, 3, 5, 14, 7, 9)
reserved = [*range(27, 37), *range(50, 59)]
with xlsxwriter.Workbook("orders.xlsx") as book:
    sheet = book.add_worksheet()
    for row, form in enumerate([22, 31, *reserved]):
        sheet.write_datetime(row, 0, paid, book.add_format({"num_format": form}))

def serial(value):
    return isinstance(value, float) and abs(value - 46086.58829861111) < 1e-9

cells = [row[0] for row in openpyxl.load_workbook("orders.xlsx").active.values]
calamine = [row[0] for row in python_calamine.load_workbook("orders.xlsx").get_sheet_by_index(0).to_python()]
for name, read in (("openpyxl", cells), ("calamine", calamine)):
    print(f"{name}: {read[0]}  {read[1]}")
assert cells[0] == paid
assert len(reserved) == 19 and all(map(serial, cells[1:])), cells
assert calamine == [paid] * 21, calamine
PY
python/bin/python show.py

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const ExcelJS = require('exceljs');
const { readSheet } = require('read-excel-file/node');
const XLSX = require('xlsx');

(async () => {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile('orders.xlsx');
  const cell = (place) => book.worksheets[0].getCell(place).value;
  console.log(`exceljs: ${cell('A1').toISOString()}  ${cell('A2')}`);
  const sheet = XLSX.readFile('orders.xlsx', { cellDates: true });
  const sheetJs = ['A1', 'A2'].map((place) => sheet.Sheets[sheet.SheetNames[0]][place].v instanceof Date);
  const other = (await readSheet(fs.readFileSync('orders.xlsx'))).slice(0, 2).map(([value]) => value instanceof Date);
  console.log(`SheetJS dates: ${sheetJs}  read-excel-file dates: ${other}`);
  assert(cell('A1') instanceof Date && cell('A2') === 46086.58829861111);
  assert.deepStrictEqual([sheetJs, other], [[true, true], [true, true]]);
})();
JS
node show.js
