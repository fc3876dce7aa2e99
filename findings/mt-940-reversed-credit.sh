#!/usr/bin/env bash
# mt-940 5.1.1 (PyPI) and mt940-js 1.0.0 (npm): a payout that the bank took back is counted as money that came in.
#
# Banks give companies their statements as MT940. Each flow has C for credit or D for debit, and RC or RD when such an entry is reversed.
# RC is the reversal of a credit, money that leaves the account: a payout that was booked to the wrong company and went back.
# mt-940 gives debits a minus and leaves RC as it stands, so that 200.00 that left are +200.00. The status tells RC, the amount is what is added up.
# mt940-js has amounts without a sign and isCredit to tell them by, which is true for RC and false for RD; that they are reversals is not handed out.
# Its isExpense is no help: it is true for every flow, 500.00 that came in too, but for those with codes of two Dutch banks.
# RD, the reversal of a debit, is positive in mt-940 and right, which makes it look as if reversals were seen to.
# A statement with reversals then does not lead from one balance to the other, which nobody sees who does not add it up. mt940js 1.3.5 (npm) is right.
# Here an account has to lead from one balance to the next, whatever the signs in between.
#
# Seen, for a balance of 1000.00 and 1320.00 behind C 500.00, RC 200.00, RD 30.00, D 10.00:
#   mt-940    500.00 200.00 30.00 -10.00, sum 1720.00
#   mt940-js  credit 500, credit 200, debit 30, debit 10, sum 1660
#   mt940js   500 -200 30 -10, sum 1320
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >statement.sta <<'STA'
:20:STMT260331
:25:CN123/6222000000001234
:28C:90/1
:60F:C260330CNY1000,00
:61:2603310331C500,00NTRFPAYOUT1//B1
:86:payout of 30 March
:61:2603310331RC200,00NTRFPAYOUT2//B2
:86:payout of another company taken back
:61:2603310331RD30,00NTRFFEE1//B3
:86:fee given back
:61:2603310331D10,00NTRFFEE2//B4
:86:fee
:62F:C260331CNY1320,00
-
STA

echo '{}' >package.json
npm install --silent --no-audit --no-fund mt940-js@1.0.0 tslib@2.8.1 mt940js@1.3.5
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check mt-940==5.1.1

cat >show.py <<'PY'
import mt940

flows = mt940.parse("statement.sta")
amounts = [str(flow.data["amount"].amount) for flow in flows]
total = 1000 + sum(flow.data["amount"].amount for flow in flows)
print("mt-940  ", [flow.data["status"] for flow in flows], *amounts, "sum", total)
assert amounts == ["500.00", "200.00", "30.00", "-10.00"] and total == 1720, amounts
assert flows.data["final_closing_balance"].amount.amount == 1320
PY
python/bin/python show.py

cat >show.mjs <<'JS'
import assert from 'assert';
import fs from 'fs';
import * as mt940 from 'mt940-js';
import other from 'mt940js';

const bytes = fs.readFileSync('statement.sta');
const [statement] = await mt940.read(bytes);
const flows = statement.transactions.map(({ isCredit, isExpense, amount }) => ({ isCredit, isExpense, amount }));
const total = flows.reduce((sum, flow) => sum + (flow.isCredit ? flow.amount : -flow.amount), statement.openingBalance.value);
console.log('mt940-js', JSON.stringify(flows), 'sum', total);
assert.deepStrictEqual(flows.map((flow) => [flow.isCredit, flow.amount]), [[true, 500], [true, 200], [false, 30], [false, 10]]);
assert(flows.every((flow) => flow.isExpense) && total === 1660 && statement.closingBalance.value === 1320);

const amounts = new other.Parser().parse(bytes.toString())[0].transactions.map((flow) => flow.amount);
console.log('mt940js ', amounts.join(' '));
assert.deepStrictEqual(amounts, [500, -200, 30, -10]);
JS
node show.mjs
