#!/usr/bin/env bash
# pycamt 1.1.1 (PyPI): of an entry of 500.00 with two details it makes two flows of 500.00 each.
#
# A statement in CAMT.053 books what belongs together as one entry, and lists its parts below it: two payouts, two salaries, two refunds.
# The amount of a part is optional, and a bank that gives references alone is within the standard; the entry has the amount.
# get_transactions() makes a flow of each part and gives it the amount of the whole entry where the part has none of its own.
# The entry is then counted as often as it has parts: 500.00 came in, and 1000.00 stand in the list. Nothing tells that the amount is not the part's.
# Statements whose parts have amounts are read rightly, as are entries with one part, so it depends on the bank. bankstatementparser 0.0.29 (PyPI) refuses the file.
# An amount belongs to the entry, and what its parts add up to has to be that; here an account has to lead from one balance to the next.
#
# Seen, for a balance of 1000.00 and 1490.00 behind an entry of 500.00 and one of -10.00:
#   parts with amounts     300.00 200.00 -10.00, sum 1490.00
#   parts without amounts  500.00 500.00 -10.00, sum 1990.00
#   bankstatementparser    ParserError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check pycamt==1.1.1 bankstatementparser==0.0.29

cat >show.py <<'PY'
from decimal import Decimal

from bankstatementparser import CamtParser, ParserError
from pycamt.parser import Camt053Parser

CODE = "<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>"
DAYS = "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-05</Dt></BookgDt><ValDt><Dt>2026-03-05</Dt></ValDt>"


def balance(kind, amount):
    return (f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{amount}</Amt>'
            "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-05</Dt></Dt></Bal>")


def part(reference, amount):
    details = f'<AmtDtls><TxAmt><Amt Ccy="CNY">{amount}</Amt></TxAmt></AmtDtls>' if amount else ""
    return f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{details}</TxDtls>"


def statement(first, second):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-06T06:00:00+08:00</CreDtTm></GrpHdr>"
        "<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-03-06T06:00:00+08:00</CreDtTm>"
        "<Acct><Id><Othr><Id>6222000000001234</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f'{balance("OPBD", "1000.00")}{balance("CLBD", "1490.00")}'
        f'<Ntry><Amt Ccy="CNY">500.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>{DAYS}<AcctSvcrRef>A1</AcctSvcrRef>{CODE}'
        f'<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>{part("PAYOUT1", first)}{part("PAYOUT2", second)}</NtryDtls></Ntry>'
        f'<Ntry><Amt Ccy="CNY">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>{DAYS}<AcctSvcrRef>A2</AcctSvcrRef>{CODE}</Ntry>'
        "</Stmt></BkToCstmrStmt></Document>"
    )


def flows(text):
    sign = {"CRDT": 1, "DBIT": -1}
    return [sign[flow["CreditDebitIndicator"]] * Decimal(flow["Amount"]) for flow in Camt053Parser(text.encode()).get_transactions()]


for name, text, expected in [
    ("parts with amounts", statement("300.00", "200.00"), ["300.00", "200.00", "-10.00"]),
    ("parts without amounts", statement("", ""), ["500.00", "500.00", "-10.00"]),
]:
    seen = flows(text)
    print(f"{name:22}", *seen, "sum", 1000 + sum(seen))
    assert [str(amount) for amount in seen] == expected, seen
    with open("statement.xml", "w", encoding="utf-8") as file:
        file.write(text)

try:
    CamtParser("statement.xml").parse()
    raise AssertionError("read")
except ParserError as error:
    print("bankstatementparser    ParserError:", error)
PY
python/bin/python show.py 2>/dev/null
