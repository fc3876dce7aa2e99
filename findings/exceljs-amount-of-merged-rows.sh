#!/usr/bin/env bash
# exceljs 4.4.0 (npm), pyexcel 0.7.6 with pyexcel-xlsx 0.6.1 (PyPI): the amount of an order with three items is read three times.
#
# Shop systems export an order as one line for each item, and merge number, amount and fee of the order over them, since there is one of each.
# A merged cell has its value in the first place and nothing below; SheetJS, openpyxl and calamine see 100.00 once.
# exceljs makes each place of the merge a mirror of the first, and pyexcel copies the value down: the column has 100.00 three times.
# exceljs read as a stream has no such mirror, so the larger file that is moved to the stream has other totals, and there the second item has no order number.
# Copying the number down is what one wants, and the same kindness for the amount makes an order of 300.00 that was paid with 100.00.
# Orders of one item are right. A reader has to ask for the first place of a merge (cell.isMerged, cell.master), column by column.
# Here each place of a merge but the first is empty and stays so.
#
# Seen, for ORDER1 of 100.00 with three items and ORDER2 of 7.00 with one:
#   SheetJS              ORDER1  -       -       ORDER2  sum 107
#   openpyxl, calamine   ORDER1  -       -       ORDER2  sum 107
#   exceljs              ORDER1  ORDER1  ORDER1  ORDER2  sum 307
#   exceljs as a stream  ORDER1  -       -       ORDER2  sum 107
#   pyexcel              ORDER1  ORDER1  ORDER1  ORDER2  sum 307
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check XlsxWriter==3.3.1 openpyxl==3.1.5 pyexcel==0.7.6 pyexcel-xlsx==0.6.1 python-calamine==0.9.1

cat >show.py <<'PY'
import openpyxl
import pyexcel
import python_calamine
import xlsxwriter

with xlsxwriter.Workbook("orders.xlsx") as book:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["order", "paid", "item"])
    sheet.merge_range("A2:A4", "ORDER1")
    sheet.merge_range("B2:B4", 100)
    sheet.write_column(1, 2, ["tea", "cup", "lid", "pot"])
    sheet.write_row(4, 0, ["ORDER2", 7])


def show(name, rows, expected):
    orders = [row[0] or None for row in rows[1:]]
    total = sum(row[1] or 0 for row in rows[1:])
    print(name, orders, total)
    assert (orders, total) == expected, (orders, total)


once = ["ORDER1", None, None, "ORDER2"], 107
show("openpyxl", list(openpyxl.load_workbook("orders.xlsx").active.values), once)
show("calamine", python_calamine.CalamineWorkbook.from_path("orders.xlsx").get_sheet_by_index(0).to_python(), once)
show("pyexcel", pyexcel.get_array(file_name="orders.xlsx"), (["ORDER1", "ORDER1", "ORDER1", "ORDER2"], 307))
PY
python/bin/python show.py

cat >show.js <<'JS'
const assert = require('assert');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');

const file = 'orders.xlsx';
function show(name, rows, expected) {
  const orders = rows.slice(1).map((row) => row[0] ?? null);
  const total = rows.slice(1).reduce((sum, row) => sum + (row[1] ?? 0), 0);
  console.log(name, JSON.stringify(orders), total);
  assert.deepStrictEqual([orders, total], expected);
}
const once = [['ORDER1', null, null, 'ORDER2'], 107];
(async () => {
  const sheet = XLSX.readFile(file).Sheets.Sheet1;
  show('SheetJS', XLSX.utils.sheet_to_json(sheet, { header: 1 }), once);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  const rows = [];
  book.worksheets[0].eachRow((row) => rows.push(row.values.slice(1)));
  show('exceljs', rows, [['ORDER1', 'ORDER1', 'ORDER1', 'ORDER2'], 307]);
  const streamed = [];
  for await (const part of new ExcelJS.stream.xlsx.WorkbookReader(file, {})) {
    for await (const row of part) streamed.push(row.values.slice(1));
  }
  show('exceljs as a stream', streamed, once);
})();
JS
node show.js
