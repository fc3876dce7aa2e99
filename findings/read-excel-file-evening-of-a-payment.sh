#!/usr/bin/env bash
# read-excel-file 9.3.17 (npm): of the payments in a workbook every third loses a second, and in China those of the evening are on the next day.
#
# A cell of a workbook has a day and a time and no zone. The library makes a Date of it whose clock in Greenwich shows what the cell shows.
# On a computer in China that Date says eight hours more: 23:30 of 5 March is 07:29 of 6 March to getDate(), to toString() and to every library that prints local time.
# All payments after 16:00 are on the day after, so both days fail to match their bills. SheetJS makes a Date of local time, so changing over moves each payment.
# A time is a fraction of a day, and the fraction is cut to milliseconds instead of rounded: 23:30:00 becomes 23:29:59.999, a second less once it is printed.
# It happens to 36 of 100 times and never to a date without time, which is what the examples have. getUTCDate() and rounding to seconds help.
# Here the number in the cell is taken as Beijing time and rounded to the second.
#
# Seen, with TZ=Asia/Shanghai:
#   2026-03-05 00:00:00  UTC 2026-03-05T00:00:00.000Z  getDate() 5
#   2026-03-05 14:07:00  UTC 2026-03-05T14:06:59.999Z  getDate() 5
#   2026-03-05 23:30:00  UTC 2026-03-05T23:29:59.999Z  getDate() 6
#   every seventh second of a day: 4443 of 12343 a second early
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund read-excel-file@9.3.17
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check XlsxWriter==3.3.1

cat >write.py <<'PY'
from datetime import datetime, timedelta

import xlsxwriter

day = datetime(2026, 3, 5)
for name, seconds in [("three.xlsx", [0, 50820, 84600]), ("day.xlsx", range(0, 86400, 7))]:
    with xlsxwriter.Workbook(name) as book:
        sheet = book.add_worksheet()
        form = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for row, second in enumerate(seconds):
            sheet.write_datetime(row, 0, day + timedelta(seconds=second), form)
PY
python/bin/python write.py

cat >show.mjs <<'JS'
import assert from 'assert';
import { readSheet } from 'read-excel-file/node';

const three = (await readSheet('three.xlsx')).map(([time]) => [time.toISOString(), time.getDate()]);
for (const [time, day] of three) console.log(time, 'getDate()', day);
assert.deepStrictEqual(three, [
  ['2026-03-05T00:00:00.000Z', 5], ['2026-03-05T14:06:59.999Z', 5], ['2026-03-05T23:29:59.999Z', 6],
]);

const times = (await readSheet('day.xlsx')).map(([time]) => time.getTime());
const early = times.filter((time, row) => Math.floor(time / 1000) === Date.UTC(2026, 2, 5) / 1000 + row * 7 - 1).length;
const exact = times.filter((time, row) => time === Date.UTC(2026, 2, 5) + row * 7000).length;
console.log(early, 'of', times.length, 'a second early');
assert.deepStrictEqual([early, exact, times.length], [4443, 7900, 12343]);
JS
TZ=Asia/Shanghai node show.mjs
