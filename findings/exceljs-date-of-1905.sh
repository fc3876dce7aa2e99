#!/usr/bin/env bash
# exceljs 4.4.0 and xlsx-stream-reader 1.1.1 (npm): a payment of 2026 is read as one of July 1905, or as no date at all.
#
# XLSX has a type of cell for dates spelt as in ISO 8601 (t="d"), beside the usual serial numbers; openpyxl writes it when iso_dates is on.
# exceljs takes the text for a number as far as it looks like one: 2026, which as a serial number is 18 July 1905. Read as a stream, it is the number 2026.
# xlsx-stream-reader makes a date without digits of it. Nothing is raised.
# Every order of the file then lies 120 years before its payment, and a cut into days leaves all of them out.
# SheetJS 0.18.5 and openpyxl read the date as it is written.
# So a reader has to go by the type of the cell before it looks at the format of dates.
#
# Seen, for 2026-03-05T14:07:09 written by openpyxl 3.1.5:
#   SheetJS             2026-03-05T14:07:09.000Z
#   exceljs             1905-07-18T00:00:00.000Z, as a stream 2026
#   xlsx-stream-reader  1900-01-00 NaN:NaN:Na
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 xlsx-stream-reader@1.1.1
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check openpyxl==3.1.5

cat >write.py <<'PY'
import datetime, openpyxl

book = openpyxl.Workbook()
book.iso_dates = True
book.active.append(["ORDER1", datetime.datetime(2026, 3, 5, 14, 7, 9)])
book.save("orders.xlsx")
PY
python/bin/python write.py

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
const StreamReader = require('xlsx-stream-reader');

const file = 'orders.xlsx';
const streamed = () => new Promise((resolve, reject) => {
  const reader = new StreamReader();
  let cell;
  reader.on('worksheet', (sheet) => { sheet.on('row', (row) => { cell = row.values[2]; }); sheet.process(); });
  reader.on('end', () => resolve(cell));
  reader.on('error', reject);
  fs.createReadStream(file).pipe(reader);
});
(async () => {
  const seen = {};
  const sheet = XLSX.readFile(file, { cellDates: true });
  seen.SheetJS = sheet.Sheets[sheet.SheetNames[0]].B1.v.toISOString();
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  seen.exceljs = book.worksheets[0].getCell('B1').value.toISOString();
  for await (const part of new ExcelJS.stream.xlsx.WorkbookReader(file, {})) {
    for await (const row of part) seen['exceljs as a stream'] = row.getCell(2).value;
  }
  seen['xlsx-stream-reader'] = await streamed();
  for (const [name, value] of Object.entries(seen)) console.log(`${name}: ${value}`);
  assert.deepStrictEqual(seen, {
    SheetJS: '2026-03-05T14:07:09.000Z',
    exceljs: '1905-07-18T00:00:00.000Z',
    'exceljs as a stream': 2026,
    'xlsx-stream-reader': '1900-01-00 NaN:NaN:Na',
  });
})();
JS
TZ=UTC node show.js
