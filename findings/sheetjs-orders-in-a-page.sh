#!/usr/bin/env bash
# SheetJS 0.18.5 (npm "xlsx"): of an .xls that is a page of HTML, 0007 is 7, payment numbers are 4.2e+27, and "3-5" is a day of 2001.
#
# Many shop systems export a table of HTML under the name .xls. They mark order numbers as text with mso-number-format:"\@", since Excel would round them; Excel obeys.
# SheetJS opens the file like any workbook, without a word that it is none, and reads each cell as if somebody typed it: the mark counts for nothing.
# 28 digits lose the last twelve, and all payments of a day become the same one; an order of digits and an E is read as a power of ten.
# A size of 3-5 becomes a date, as 1/2 does. Real .xls and .xlsx of the same table come out right, so the reader was tried and found good.
# raw: true keeps all cells as they stand. Whoever takes files from shops needs it, and it changes nothing for real workbooks here.
# A number is text in this project until a column says otherwise, and a page with the name of a workbook is told apart by its first bytes.
#
# Seen (cell, read as, with raw: true):
#   0007                          7                      "0007"
#   4200002781202603051234567890  4.200002781202603e+27  "4200002781202603051234567890"
#   20260305E12                   20260305000000000000   "20260305E12"
#   3-5                           36955 (5 March 2001)   "3-5"
#   12.30                         12.3                   "12.30"
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund xlsx@0.18.5

cat >show.js <<'JS'
const assert = require('assert');
const fs = require('fs');
const XLSX = require('xlsx');

const texts = ['0007', '4200002781202603051234567890', '20260305E12', '3-5'];
const cells = texts.map((text) => `<td style="mso-number-format:'\\@'">${text}</td>`).join('');
fs.writeFileSync('orders.xls', [
  '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>',
  `<body><table><tr>${cells}<td>12.30</td></tr></table></body></html>`,
].join(''));
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([[...texts, 12.3]]), 'orders');
XLSX.writeFile(book, 'real.xls', { bookType: 'biff8' });

const row = (name, options) => {
  const { Sheets: { [XLSX.readFile(name).SheetNames[0]]: sheet } } = XLSX.readFile(name, options);
  return XLSX.utils.sheet_to_json(sheet, { header: 1 })[0];
};
const seen = row('orders.xls', {});
const raw = row('orders.xls', { raw: true });
const real = row('real.xls', {});
console.log('page       ', ...seen);
console.log('page, raw  ', ...raw);
console.log('real .xls  ', ...real);
assert.deepStrictEqual(seen, [7, 4.200002781202603e27, 20260305e12, 36955, 12.3]);
assert.deepStrictEqual(raw, [...texts, '12.30']);
assert.deepStrictEqual(real, [...texts, 12.3]);
assert.deepStrictEqual(row('real.xls', { raw: true }), real);
JS
node show.js
