#!/usr/bin/env bash
# mt940-js 1.0.0, mt940js 1.3.5 and @centrapay/swift-parser 1.0.1 (npm): a payout booked on 31 December is booked a year later.
#
# A flow of MT940 has the day of its value as six digits, with the year, and the day it was booked as four, without one.
# Around the New Year the two are of different years: booked on 31 December, of value on 2 January, or the other way round.
# All three readers take the year of the value for both. 2601021231 becomes 31 December 2026, and 2512310102 becomes 2 January 2025.
# The flow is a whole year outside of its statement, and of what a search by days finds; the books of the old year miss it.
# For most of the year all is right, and a trial with a statement of March shows nothing. mt-940 5.1.1 (PyPI) takes the year that lies nearest.
# A day without a year has to be set beside one that has it, and refused when it lies far from the statement's; days here come with their year.
#
# Seen (value and entry in the file, day of entry that is read):
#   2603310331  2026-03-31 by each
#   2601021231  2026-12-31 by the three, 2025-12-31 by mt-940
#   2512310102  2025-01-02 by the three, 2026-01-02 by mt-940
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >statement.sta <<'STA'
:20:STMT260102
:25:CN123/6222000000001234
:28C:1/1
:60F:C251231CNY1000,00
:61:2603310331C500,00NTRFPAYOUT1//B1
:86:payout
:61:2601021231C20,00NTRFPAYOUT2//B2
:86:payout
:61:2512310102C30,00NTRFPAYOUT3//B3
:86:payout
:62F:C260331CNY1550,00
-
STA

echo '{}' >package.json
npm install --silent --no-audit --no-fund mt940-js@1.0.0 tslib@2.8.1 mt940js@1.3.5 @centrapay/swift-parser@1.0.1
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check mt-940==5.1.1

cat >show.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import * as mt940 from 'mt940-js';
import other from 'mt940js';
import swift from '@centrapay/swift-parser';

const bytes = fs.readFileSync('statement.sta');
const data = bytes.toString();
const day = (entry) => new Date(entry).toISOString().slice(0, 10);
for (const [name, statements] of [
  ['mt940-js', await mt940.read(bytes)],
  ['mt940js', new other.Parser().parse(data)],
  ['swift-parser', swift.parse({ type: 'mt940', data })],
]) {
  const days = statements[0].transactions.map((flow) => day(flow.entryDate));
  console.log(name.padEnd(12), ...days);
  assert.deepStrictEqual(days, ['2026-03-31', '2026-12-31', '2025-01-02']);
}
JS
node show.mjs

cat >show.py <<'PY'
import mt940

days = [str(flow.data["entry_date"]) for flow in mt940.parse("statement.sta")]
print("mt-940      ", *days)
assert days == ["2026-03-31", "2025-12-31", "2026-01-02"], days
PY
python/bin/python show.py
