#!/usr/bin/env bash
# chinesecalendar 1.11.0 and chinese-days 0.0.2 (PyPI), chinese-days 1.5.7 (npm): the first working day after a Saturday is Monday, or Tuesday.
#
# A bank pays out on working days, and all three packages know the Chinese holidays and the Saturdays worked for them.
# Each finds the working day that is n days on, under nearly one name, and from Monday to Friday they agree, over holidays too.
# From a Saturday, Sunday or holiday they do not. The Python package goes to Monday first and counts from there: one day on is Tuesday.
# The other two take Monday for the first day. With n = 0 chinese-days of Python gives the Saturday back, which is no working day, the others Monday.
# A shop in Node.js and a reconciliation in Python then wait for the payouts of a weekend on different days, and every Monday looks a payout short.
# Such a rule has to be tried with a Saturday. Here a bill belongs to its own day, working day or not, and nothing is counted in working days.
#
# Seen (n = 0, 1, 2 from each day; 14 February 2026 is a Saturday that is worked):
#                     chinesecalendar      chinese-days (npm)   chinese-days (PyPI)
#   Fri 6 March       6, 9, 10             6, 9, 10             6, 9, 10
#   Sat 7 March       9, 10, 11            9, 9, 10             7, 9, 10
#   Sat 14 February   14, 24, 25           14, 24, 25           14, 24, 25
#   Sun 4 October     8, 9, 10             8, 8, 9              4, 8, 9
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund chinese-days@1.5.7
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check chinesecalendar==1.11.0 chinese-days==0.0.2

cat >show.py <<'PY'
from datetime import date

import chinese_calendar
import chinesedays

for day, calendar, days in [
    ("2026-03-06", "03-06 03-09 03-10", "03-06 03-09 03-10"),
    ("2026-03-07", "03-09 03-10 03-11", "03-07 03-09 03-10"),
    ("2026-02-14", "02-14 02-24 02-25", "02-14 02-24 02-25"),
    ("2026-10-04", "10-08 10-09 10-10", "10-04 10-08 10-09"),
]:
    first = " ".join(str(chinese_calendar.find_workday(n, date.fromisoformat(day)))[5:] for n in range(3))
    second = " ".join(str(chinesedays.find_next_workday(day, n))[5:10] for n in range(3))
    print(day, "chinesecalendar", first, " chinese-days (PyPI)", second)
    assert (first, second) == (calendar, days), (first, second)
PY
python/bin/python show.py

cat >show.js <<'JS'
const assert = require('assert');
const { findWorkday } = require('chinese-days');

for (const [day, expected] of [
  ['2026-03-06', '03-06 03-09 03-10'],
  ['2026-03-07', '03-09 03-09 03-10'],
  ['2026-02-14', '02-14 02-24 02-25'],
  ['2026-10-04', '10-08 10-08 10-09'],
]) {
  const seen = [0, 1, 2].map((n) => findWorkday(n, day).slice(5)).join(' ');
  console.log(day, 'chinese-days (npm)', seen);
  assert.strictEqual(seen, expected);
}
JS
node show.js
