#!/usr/bin/env bash
# python-calamine 0.9.1 and pyxlsb 1.0.10 (PyPI): most cells of an XLSB written by SheetJS 0.18.5 (npm) are missing, without an error.
#
# SheetJS writes a cell that follows its neighbour as a "short" one, which leaves the column out; a full one comes first and after each gap.
# SheetJS and LibreOffice read both kinds. python-calamine passes over the short ones as records it does not know:
# the first column is there, and whatever stands behind a blank; all else is empty or no column at all.
# pyxlsb finds the places of the cells and no value in them.
# An export of orders then has numbers without amounts, or one payment number of two, and looks like a valid sheet.
# It matters here because such a sheet has to be refused, or read whole, but never in part.
#
# Seen, for rows of ORDER1 1230 (blank) 4200...7890 and ORDER2 500 5030...1398 4200...7891 under four names:
#   SheetJS          all
#   python-calamine  out_trade_no (blank) (blank) (blank) / ORDER1 (blank) (blank) 4200002781202603051234567890 / ORDER2 (blank) (blank) (blank)
#   pyxlsb           twelve places without a value
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund xlsx@0.18.5
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check python-calamine==0.9.1 pyxlsb==1.0.10

cat >write.js <<'JS'
const assert = require('assert');
const XLSX = require('xlsx');

const rows = [
  ['out_trade_no', 'amount_fen', 'refund_id', 'transaction_id'],
  ['ORDER1', 1230, null, '4200002781202603051234567890'],
  ['ORDER2', 500, '50300806884843676235728921398', '4200002781202603051234567891'],
];
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), 'orders');
XLSX.writeFile(book, 'orders.xlsb');
const read = XLSX.utils.sheet_to_json(XLSX.readFile('orders.xlsb').Sheets.orders, { header: 1, defval: null });
assert.deepStrictEqual(read, rows);
console.log('SheetJS:', JSON.stringify(read));
JS
node write.js

cat >show.py <<'PY'
import python_calamine, pyxlsb

calamine = python_calamine.load_workbook("orders.xlsb").get_sheet_by_index(0).to_python()
with pyxlsb.open_workbook("orders.xlsb") as book, book.get_sheet(1) as sheet:
    other = [[cell.v for cell in row] for row in sheet.rows()]
print("python-calamine:", calamine)
print("pyxlsb:", other)
number = "4200002781202603051234567890"
assert calamine == [["out_trade_no", "", "", ""], ["ORDER1", "", "", number], ["ORDER2", "", "", ""]], calamine
assert not any(value for row in other for value in row), other
PY
python/bin/python show.py
