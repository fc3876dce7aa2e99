#!/usr/bin/env bash
# finance-tax 0.1.2 (PyPI): of two payouts of the same amount on a day one is imported, and an amount with ￥ is left out without a word.
#
# The package keeps the books of Chinese companies and takes the statements of their banks as workbooks, by the names of their columns.
# It knows a row again by its day, its amounts and its text. The serial number of the bank, which it reads and stores, is not looked at.
# Payouts of WeChat Pay have the same text each day, and equal amounts are common: two shops, two round withdrawals, two refunds of one price.
# Told as "skipped", the second looks like one that was there before. Its sum is missing against the balance, which is in the file and not held against it.
# An amount that is no plain number, ￥88.00 or 88.00元, is zero, and a row of zeros is passed over and counted nowhere.
# A second file of the same days is what the rule is meant for, and there it works; a row has to be known by its number where it has one.
# Here equal flows stay two, and an account has to lead from one balance to the next, which shows what is missing.
#
# Seen, for five rows with five serial numbers:
#   500.00 财付通结算 twice  one imported, one skipped
#   88.00                    imported
#   ￥66.00, 55.00元         neither imported nor counted
#   imported 2, skipped 1, records 3
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check finance-tax==0.1.2 openpyxl==3.1.5 pandas==3.1.1

cat >show.py <<'PY'
import openpyxl
from finance_tax.import_engine.bank_parser import BankStatementParser
from finance_tax.models.base import Base
import finance_tax.models  # the tables
from finance_tax.models.transaction import BankTransaction
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

book = openpyxl.Workbook()
sheet = book.active
sheet.append(["交易日期", "交易流水号", "收入金额", "支出金额", "余额", "摘要"])
rows = [("F1", "500.00", "500.00"), ("F2", "500.00", "1000.00"), ("F3", "88.00", "1088.00"), ("F4", "￥66.00", "1154.00"), ("F5", "55.00元", "1209.00")]
for number, amount, balance in rows:
    sheet.append(["2026-03-06", number, amount, None, balance, "财付通结算"])
book.save("statement.xlsx")

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    result = BankStatementParser(session, company_id=1).import_to_db("statement.xlsx")
    stored = [(row.reference_no, str(row.credit_amount), str(row.balance)) for row in session.query(BankTransaction).order_by(BankTransaction.id)]
print("imported", result["imported"], "skipped", result["skipped"], "records", result["total_records"])
print("stored (serial number, amount, balance after it):", *stored)
assert (result["imported"], result["skipped"], result["total_records"]) == (2, 1, 3), result
assert [number for number, *_ in stored] == ["F1", "F3"], stored
PY

python/bin/python show.py
