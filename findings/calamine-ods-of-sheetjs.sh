#!/usr/bin/env bash
# python-calamine 0.9.1 and fastexcel 0.21.0 (PyPI): an ODS written by SheetJS 0.18.5 (npm) cannot be opened.
#
# SheetJS puts each element of the sheet on a line of its own; the blanks between the cells of a row mean nothing in ODS.
# The reader below both packages expects a cell at once and stops at the line break, so orders exported by a shop system are "broken".
# odfpy, by which pandas reads ODS when asked to, takes the same file.
# Blanks between elements are to be passed over by whoever reads ODS from unknown writers.
#
# Seen:
#   python-calamine  CalamineError: Expecting 'table-cell', found 'Text(...)'
#   fastexcel        CalamineError: ... Expecting 'table-cell', found 'Text(...)'
#   odfpy            ORDER1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund xlsx@0.18.5
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check python-calamine==0.9.1 fastexcel==0.21.0 pandas==3.1.1 odfpy==1.4.1

cat >write.js <<'JS'
const XLSX = require('xlsx');

const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([['out_trade_no'], ['ORDER1']]), 'orders');
XLSX.writeFile(book, 'orders.ods');
JS
node write.js

cat >show.py <<'PY'
import fastexcel, pandas, python_calamine

def outcome(read):
    try:
        return read()
    except (python_calamine.CalamineError, fastexcel.CalamineError) as error:
        return f"CalamineError: {error}".replace("\n", " ")

calamine = outcome(lambda: python_calamine.load_workbook("orders.ods").get_sheet_by_index(0).to_python()[1][0])
fast = outcome(lambda: fastexcel.read_excel("orders.ods").load_sheet(0).height)
odf = pandas.read_excel("orders.ods", engine="odf")["out_trade_no"][0]
print("python-calamine:", calamine)
print("fastexcel:", fast)
print("odfpy:", odf)
assert "Expecting 'table-cell'" in calamine
assert "Expecting 'table-cell'" in fast
assert odf == "ORDER1"
PY
python/bin/python show.py
