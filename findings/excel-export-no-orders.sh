#!/usr/bin/env bash
# excel-export 0.5.1 and json2xls 0.1.2 (npm): their workbooks have no rows for exceljs 4.4.0 as a stream, xlsx-stream-reader 1.1.1 and xlsx-extract 0.2.0.
#
# Both writers are old and still much used for the export of order lists. They give the names in a sheet a prefix, x:row and x:c, bound to the usual namespace.
# That is XML like any other and Excel opens it, as do SheetJS, openpyxl, calamine and read-excel-file. All other writers leave the prefix out.
# The three that read as a stream compare the names with row and c as they are spelt, and find neither. They come to the end of the file and have seen no row.
# No error, no event but the end: an empty list, which is what a day without orders looks like. exceljs, reading at once, stops with a TypeError about a company.
# Every payment of the day is then one that no order is known for. That a list of orders is empty has to be held against something.
# Here names are compared without their prefix, and a book in which no row is found is refused as empty.
#
# Seen, for the columns order and paid with the rows ORDER1 and ORDER2 (the same for both writers):
#   SheetJS, read-excel-file, openpyxl, calamine  3 rows
#   exceljs as a stream                           0 rows
#   xlsx-stream-reader                            0 rows
#   xlsx-extract                                  0 rows
#   exceljs                                       TypeError: Cannot read properties of undefined (reading 'company')
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund excel-export@0.5.1 json2xls@0.1.2 exceljs@4.4.0 xlsx@0.18.5 read-excel-file@9.3.17 xlsx-stream-reader@1.1.1 xlsx-extract@0.2.0
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check openpyxl==3.1.5 python-calamine==0.9.1

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const ExcelJS = require('exceljs');
const excelExport = require('excel-export');
const json2xls = require('json2xls');
const { readSheet } = require('read-excel-file/node');
const XLSX = require('xlsx');
const { XLSX: Extract } = require('xlsx-extract');
const StreamReader = require('xlsx-stream-reader');

const cols = [{ caption: 'order', type: 'string' }, { caption: 'paid', type: 'number' }];
fs.writeFileSync('excel-export.xlsx', excelExport.execute({ name: 'Sheet1', cols, rows: [['ORDER1', 12.3], ['ORDER2', 7]] }), 'binary');
fs.writeFileSync('json2xls.xlsx', json2xls([{ order: 'ORDER1', paid: 12.3 }, { order: 'ORDER2', paid: 7 }]), 'binary');

const readers = {
  SheetJS: (file) => {
    const book = XLSX.readFile(file);
    return XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1 });
  },
  'read-excel-file': readSheet,
  'exceljs as a stream': async (file) => {
    const rows = [];
    for await (const sheet of new ExcelJS.stream.xlsx.WorkbookReader(file, {})) {
      for await (const row of sheet) rows.push(row.values);
    }
    return rows;
  },
  'xlsx-stream-reader': (file) => new Promise((resolve, reject) => {
    const rows = [];
    const reader = new StreamReader();
    reader.on('worksheet', (sheet) => { sheet.on('row', (row) => rows.push(row.values)); sheet.process(); });
    reader.on('end', () => resolve(rows));
    reader.on('error', reject);
    fs.createReadStream(file).pipe(reader);
  }),
  'xlsx-extract': (file) => new Promise((resolve, reject) => {
    const rows = [];
    new Extract().extract(file, { sheet_nr: 1 }).on('row', (row) => rows.push(row)).on('error', reject).on('end', () => resolve(rows));
  }),
};
const expected = { SheetJS: 3, 'read-excel-file': 3, 'exceljs as a stream': 0, 'xlsx-stream-reader': 0, 'xlsx-extract': 0 };
(async () => {
  for (const file of ['excel-export.xlsx', 'json2xls.xlsx']) {
    for (const [name, read] of Object.entries(readers)) {
      const rows = await read(file);
      console.log(file, name, rows.length, 'rows');
      assert.strictEqual(rows.length, expected[name]);
      if (rows.length) assert.deepStrictEqual(rows, [['order', 'paid'], ['ORDER1', 12.3], ['ORDER2', 7]]);
    }
    await assert.rejects(new ExcelJS.Workbook().xlsx.readFile(file), { name: 'TypeError', message: /reading 'company'/ });
    console.log(file, 'exceljs TypeError');
  }
})();
JS
node --no-warnings show.js

cat >show.py <<'PY'
import openpyxl
import python_calamine

for name in ("excel-export.xlsx", "json2xls.xlsx"):
    rows = [["order", "paid"], ["ORDER1", 12.3], ["ORDER2", 7]]
    assert [list(row) for row in openpyxl.load_workbook(name).active.values] == rows
    assert python_calamine.CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python() == rows
    print(name, "openpyxl, calamine 3 rows")
PY
python/bin/python -W ignore show.py
