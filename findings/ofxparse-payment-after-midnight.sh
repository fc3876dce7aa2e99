#!/usr/bin/env bash
# ofxparse 0.21 (PyPI): a flow of 5 March at 00:30 is one of 4 March, and its neighbour without a zone is not.
#
# OFX writes a time with its zone behind it, 20260305003000[+8:CST], and banks leave the zone out as they like, or give the day alone.
# The parser counts a time with a zone back to Greenwich and hands it out without saying so: a datetime that knows no zone, eight hours early.
# A time without a zone and a day alone stay as they are, so that flows of one file are in two kinds of time, told apart by nothing.
# All that was booked in the first eight hours of a day in China lies on the day before: the payouts of the night, and the first day of a month is short of them.
# The balance and the amounts are right, and whoever holds the days against a bill of Beijing days finds differences on both.
# bankstatementparser 0.0.29 (PyPI) keeps the day as it is written. Days here are Beijing days throughout.
#
# Seen:
#   20260305003000[+8:CST]  ofxparse 2026-03-04 16:30:00, bankstatementparser 20260305
#   20260305003000          ofxparse 2026-03-05 00:30:00, bankstatementparser 20260305
#   20260305                ofxparse 2026-03-05 00:00:00, bankstatementparser 20260305
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >statement.ofx <<'OFX'
OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260306000000[+8:CST]<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>
<STMTRS><CURDEF>CNY<BANKACCTFROM><BANKID>123<ACCTID>6222000000001234<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260305000000[+8:CST]<DTEND>20260306000000[+8:CST]
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260305003000[+8:CST]<TRNAMT>500.00<FITID>F1<NAME>TENPAY</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260305003000<TRNAMT>500.00<FITID>F2<NAME>TENPAY</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260305<TRNAMT>500.00<FITID>F3<NAME>TENPAY</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>1500.00<DTASOF>20260305</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
OFX

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check ofxparse==0.21 bankstatementparser==0.0.29

cat >show.py <<'PY'
import warnings

warnings.simplefilter("ignore")
from bankstatementparser import OfxParser as Other
from ofxparse import OfxParser

with open("statement.ofx", "rb") as file:
    flows = OfxParser.parse(file).account.statement.transactions
seen = [str(flow.date) for flow in flows]
other = [str(day) for day in Other("statement.ofx").parse()["date"]]
for flow, day in zip(flows, other):
    print(flow.id, flow.amount, flow.date, flow.date.tzinfo, "bankstatementparser", day)
assert all(flow.date.tzinfo is None for flow in flows)
assert seen == ["2026-03-04 16:30:00", "2026-03-05 00:30:00", "2026-03-05 00:00:00"], seen
assert other == ["20260305"] * 3, other
PY
python/bin/python show.py
