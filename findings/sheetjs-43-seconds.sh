#!/usr/bin/env bash
# SheetJS 0.18.5 (npm "xlsx"): on a computer set to Chinese time, dates of XLSX are 43 seconds off, both ways.
#
# Dates are counted from the last day of 1899 in local time, when Shanghai still kept its own sun: 43 seconds past GMT+08:05.
# The offset is asked for in whole minutes, so the seconds stay over.
# Read with cellDates, a payment at midnight falls into the day before; written, one of the last minute falls into the next day.
# The text of the same cell is right, and on a computer set to UTC, as most test servers are, nothing shows.
# Orders exported by a shop system through this library are therefore to be matched with a margin, and their days with care.
#
# Seen under TZ=Asia/Shanghai:
#   reads  2026-03-05 00:00:00  as Wed Mar 04 2026 23:59:17
#   writes 2026-03-05 23:59:59  as 2026-03-06 00:00:42 (read by openpyxl 3.1.5)
# Seen under TZ=UTC:
#   reads  2026-03-05 00:00:00  as Thu Mar 05 2026 00:00:00
#   writes 2026-03-05 23:59:59  as 2026-03-05 23:59:59
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund xlsx@0.18.5
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check openpyxl==3.1.5

cat >write.py <<'PY'
import datetime, openpyxl

book = openpyxl.Workbook()
book.active.append([datetime.datetime(2026, 3, 5, 0, 0, 0)])
book.save("orders.xlsx")
PY
python/bin/python write.py

cat >show.js <<'JS'
const XLSX = require('xlsx');

const read = XLSX.readFile('orders.xlsx', { cellDates: true });
console.log(read.Sheets[read.SheetNames[0]].A1.v.toString().slice(0, 24));
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([[new Date(2026, 2, 5, 23, 59, 59)]]), 'orders');
XLSX.writeFile(book, 'written.xlsx');
JS

look() {
    local read written
    read=$(TZ=$1 node show.js)
    written=$(python/bin/python -c 'import openpyxl; print(openpyxl.load_workbook("written.xlsx").active["A1"].value)')
    echo "$1: reads $read, writes $written"
    [[ $read == "$2" && $written == "$3" ]]
}
look Asia/Shanghai 'Wed Mar 04 2026 23:59:17' '2026-03-06 00:00:42'
look UTC 'Thu Mar 05 2026 00:00:00' '2026-03-05 23:59:59'
