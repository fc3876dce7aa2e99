#!/usr/bin/env bash
# beancount 3.2.3 (PyPI): one amount with a single decimal, and a payment may be five fen off without an error.
#
# A transaction has to balance, but how closely is read from how its amounts are written: half of their last digit, and the widest wins.
# 12.5 is as good a spelling of 12.50, many programs print it so, and bills print 0.0 for coupons in places.
# One such amount raises the margin of the whole transaction from half a fen to five fen, and a wrong fee or a wrong order passes bean-check.
# The same difference is an error once all amounts have two decimals, or none: the file is right or wrong by its zeros.
# An importer of payments has to print amounts with two decimals throughout. Here amounts are integers of fen.
#
# Seen, for an order of 12.50 of which 0.08 is the fee and 12.38 instead of 12.42 arrived:
#   12.50, fee 0.08, coupon 0.00  Transaction does not balance: (-0.04 CNY)
#   12.5,  fee 0.08, coupon 0.00  no error
#   12.50, fee 0.08, coupon 0.0   no error
#   12.50, fee 0.08, coupon 0     Transaction does not balance: (-0.04 CNY)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check beancount==3.2.3

cat >show.py <<'PY'
from beancount import loader

BOOK = """
2026-01-01 open Assets:WeChat CNY
2026-01-01 open Income:Orders CNY
2026-01-01 open Expenses:Fee CNY
2026-01-01 open Expenses:Coupon CNY

2026-03-05 * "ORDER1"
  Income:Orders   -{order} CNY
  Assets:WeChat    12.38 CNY
  Expenses:Fee     0.08 CNY
  Expenses:Coupon  {coupon} CNY
"""

seen = []
for order, coupon in [("12.50", "0.00"), ("12.5", "0.00"), ("12.50", "0.0"), ("12.50", "0")]:
    _, errors, _ = loader.load_string(BOOK.format(order=order, coupon=coupon))
    seen.append([error.message for error in errors])
    print(f"order {order}, coupon {coupon}:", *seen[-1] or ["no error"])
wrong = ["Transaction does not balance: (-0.04 CNY)"]
assert seen == [wrong, [], [], wrong], seen
PY
python/bin/python show.py
