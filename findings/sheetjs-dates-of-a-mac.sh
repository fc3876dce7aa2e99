#!/usr/bin/env bash
# SheetJS 0.18.5 and xlsx-stream-reader 1.1.1 (npm): payments of a workbook that counts from 1904 are four years and a day early.
#
# A workbook says in one attribute whether its dates count from 1900 or from 1904, as Excel for Macintosh did for long; such files live on when they are copied.
# SheetJS knows the attribute and prints the text of the cell right, but with cellDates the Date beside that text counts from 1900 all the same.
# xlsx-stream-reader does not look at the attribute at all.
# No payment then falls on the day it is looked for, and four years and a day is too far for a slip of a zone to be suspected.
# openpyxl 3.1.5 has the right day. So does our reader.
#
# Seen, for 2026-03-05 14:07:09:
#   SheetJS, text          2026-03-05 14:07:09
#   SheetJS, cellDates     2022-03-04T14:07:09
#   xlsx-stream-reader     2022-03-04 14:07:09
#   openpyxl               2026-03-05 14:07:09
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund xlsx@0.18.5 xlsx-stream-reader@1.1.1
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1

cat >show.py <<'PY'
import datetime
import openpyxl, xlsxwriter

paid = datetime.datetime(2026, 3, 5, 14, 7, 9)
with xlsxwriter.Workbook("orders.xlsx", {"date_1904": True}) as book:
    sheet = book.add_worksheet("orders")
    sheet.write_string(0, 0, "ORDER1")
    sheet.write_datetime(0, 1, paid, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))

whole = openpyxl.load_workbook("orders.xlsx").active["B1"].value
print("openpyxl:", whole)
assert whole == paid, whole
PY
python/bin/python show.py

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
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
  const seen = {
    'SheetJS, text': XLSX.utils.sheet_to_csv(XLSX.readFile(file).Sheets.orders).split(',')[1].trim(),
    'SheetJS, cellDates': XLSX.readFile(file, { cellDates: true }).Sheets.orders.B1.v.toISOString().slice(0, 19),
    'xlsx-stream-reader': await streamed(),
  };
  for (const [name, value] of Object.entries(seen)) console.log(`${name}: ${value}`);
  assert.deepStrictEqual(seen, {
    'SheetJS, text': '2026-03-05 14:07:09',
    'SheetJS, cellDates': '2022-03-04T14:07:09',
    'xlsx-stream-reader': '2022-03-04 14:07:09',
  });
})();
JS
TZ=UTC node show.js
