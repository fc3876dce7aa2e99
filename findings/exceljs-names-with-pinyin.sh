#!/usr/bin/env bash
# exceljs 4.4.0 (npm), read as a stream: of a cell with its pinyin, the pinyin is left, and the column 订单号 is called hao.
#
# Excel can keep the reading of a text beside it, shown above the characters: pinyin in Chinese workbooks, and in Japanese ones whatever was typed.
# It stands as runs of their own (rPh) within the shared text, each with a t like the text itself, and is no part of the value.
# exceljs as a stream takes the last t for the text. A column is then not found by its name, a shop is called fuzhou, and a text with two runs keeps the second.
# The same workbook read at once by exceljs has the names, as has every other reader tried, so the loss begins when the file has grown and is streamed.
# A text in two kinds of letters, which is stored in parts, escapes. Nothing is raised.
# Here what stands in rPh is passed over wherever a text may have it.
#
# Seen, for the columns 订单号 (dingdan, hao), 金额 without pinyin and 门店 (mendian), and the row SHOP001, 12.30, 福州店 (fuzhou, dian):
#   exceljs as a stream          hao     金额  mendian   SHOP001  12.3  dian
#   exceljs, SheetJS, openpyxl   订单号  金额  门店      SHOP001  12.3  福州店
#   read-excel-file, calamine    the same
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund exceljs@4.4.0 xlsx@0.18.5 read-excel-file@9.3.17
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1

cat >write.py <<'PY'
import zipfile

import openpyxl
import python_calamine
import xlsxwriter

rows = [["订单号", "金额", "门店"], ["SHOP001", 12.3, "福州店"]]
readings = {
    "订单号": [(0, 2, "dingdan"), (2, 3, "hao")],
    "门店": [(0, 2, "mendian")],
    "福州店": [(0, 2, "fuzhou"), (2, 3, "dian")],
}
with xlsxwriter.Workbook("plain.xlsx") as book:
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)

# No writer of Python knows readings, so they are put beside the texts in the way Excel stores them (ISO/IEC 29500, 18.4.6).
with zipfile.ZipFile("plain.xlsx") as plain, zipfile.ZipFile("orders.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
    for name in plain.namelist():
        data = plain.read(name)
        if name == "xl/sharedStrings.xml":
            text = data.decode("utf-8")
            for word, runs in readings.items():
                said = "".join(f'<rPh sb="{start}" eb="{end}"><t>{sound}</t></rPh>' for start, end, sound in runs)
                assert text.count(f"<t>{word}</t>") == 1
                text = text.replace(f"<t>{word}</t>", f'<t>{word}</t>{said}<phoneticPr fontId="0"/>')
            data = text.encode("utf-8")
        book.writestr(name, data)

assert [list(row) for row in openpyxl.load_workbook("orders.xlsx").active.values] == rows
assert python_calamine.CalamineWorkbook.from_path("orders.xlsx").get_sheet_by_index(0).to_python() == rows
print("openpyxl, calamine:", *rows)
PY
python/bin/python write.py

cat >show.js <<'JS'
const assert = require('assert');
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
const { readSheet } = require('read-excel-file/node');

const file = 'orders.xlsx';
const right = [['订单号', '金额', '门店'], ['SHOP001', 12.3, '福州店']];
function show(name, rows, expected) {
  console.log(`${name}:`, JSON.stringify(rows));
  assert.deepStrictEqual(rows, expected);
}
(async () => {
  show('SheetJS', XLSX.utils.sheet_to_json(XLSX.readFile(file).Sheets.Sheet1, { header: 1 }), right);
  show('read-excel-file', await readSheet(file), right);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  show('exceljs', book.worksheets[0].getSheetValues().slice(1).map((row) => row.slice(1)), right);
  const streamed = [];
  for await (const part of new ExcelJS.stream.xlsx.WorkbookReader(file, {})) {
    for await (const row of part) streamed.push(row.values.slice(1));
  }
  show('exceljs as a stream', streamed, [['hao', '金额', 'mendian'], ['SHOP001', 12.3, 'dian']]);
})();
JS
node show.js
