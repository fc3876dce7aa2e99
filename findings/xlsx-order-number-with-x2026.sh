#!/usr/bin/env bash
# SheetJS 0.18.5 and exceljs 4.4.0 (npm), openpyxl 3.1.5 (PyPI): the order number SHOP_x2026_0001 does not survive XLSX.
#
# XLSX writes a character that XML cannot hold as _xHHHH_, and a text that looks like this by itself has to be written _x005F_xHHHH_.
# Letters, digits and underscores are what an order number is made of, and a year after an x is hexadecimal: U+2026 is an ellipsis.
# The three writers leave the text as it is; XlsxWriter 3.3.1 escapes it.
# Readers then differ: SheetJS and read-excel-file 9.3.17 resolve it everywhere, exceljs in the table of shared texts alone, openpyxl not at all.
# SheetJS even keeps the low byte alone where the text stands in the cell, so that its own file comes back with an ampersand.
# The order is then missing in one book and unknown in the other.
# It matters here because the merchant's orders come as XLSX from any of these writers, and because our own lists go through them.
#
# Seen, for SHOP_x2026_0001:
#   written by SheetJS     read by SheetJS SHOP&0001   by exceljs SHOP_x2026_0001  by read-excel-file SHOP…0001        by openpyxl SHOP_x2026_0001
#   written by exceljs     read by SheetJS SHOP…0001   by exceljs SHOP…0001        by read-excel-file SHOP…0001        by openpyxl SHOP_x2026_0001
#   written by openpyxl    read by SheetJS SHOP…0001   by exceljs SHOP_x2026_0001  by read-excel-file SHOP…0001        by openpyxl SHOP_x2026_0001
#   written by XlsxWriter  kept by all four
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0 read-excel-file@9.3.17
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1

cat >write.py <<'PY'
import openpyxl, xlsxwriter

book = openpyxl.Workbook()
book.active.append(["out_trade_no"])
book.active.append(["SHOP_x2026_0001"])
book.save("openpyxl.xlsx")
with xlsxwriter.Workbook("XlsxWriter.xlsx") as book:
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "out_trade_no")
    sheet.write_string(1, 0, "SHOP_x2026_0001")
PY
python/bin/python write.py

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const { execFileSync } = require('child_process');
const XLSX = require('xlsx');
const ExcelJS = require('exceljs');
const { readSheet } = require('read-excel-file/node');

const rows = [['out_trade_no'], ['SHOP_x2026_0001']];
(async () => {
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), 'orders');
  XLSX.writeFile(book, 'SheetJS.xlsx');
  const workbook = new ExcelJS.Workbook();
  workbook.addWorksheet('orders').addRows(rows);
  await workbook.xlsx.writeFile('exceljs.xlsx');

  const seen = {};
  for (const writer of ['SheetJS', 'exceljs', 'openpyxl', 'XlsxWriter']) {
    const file = `${writer}.xlsx`;
    const sheet = XLSX.readFile(file);
    const reread = new ExcelJS.Workbook();
    await reread.xlsx.readFile(file);
    const python = `import openpyxl; print(openpyxl.load_workbook("${file}").active["A2"].value)`;
    seen[writer] = [
      sheet.Sheets[sheet.SheetNames[0]].A2.v,
      reread.worksheets[0].getCell('A2').value,
      (await readSheet(fs.readFileSync(file)))[1][0],
      execFileSync('python/bin/python', ['-c', python], { encoding: 'utf8' }).trim(),
    ];
    console.log(`written by ${writer}: SheetJS ${seen[writer][0]}  exceljs ${seen[writer][1]}  read-excel-file ${seen[writer][2]}  openpyxl ${seen[writer][3]}`);
  }
  const kept = 'SHOP_x2026_0001';
  assert.deepStrictEqual(seen, {
    SheetJS: ['SHOP&0001', kept, 'SHOP…0001', kept],
    exceljs: ['SHOP…0001', 'SHOP…0001', 'SHOP…0001', kept],
    openpyxl: ['SHOP…0001', kept, 'SHOP…0001', kept],
    XlsxWriter: [kept, kept, kept, kept],
  });
})();
JS
node show.js
