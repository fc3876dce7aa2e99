#!/usr/bin/env bash
# cn-amount 0.0.5 (PyPI): a refund of 12.30 is written as 叁角 on the voucher, and 1.995 as one yuan.
#
# The package writes an amount in the capitals that Chinese receipts and vouchers carry beside the figures: 壹拾贰元叁角.
# Yuan below one are taken for none before the sign is looked at, so of any negative amount only jiao and fen are left, and no 负.
# A refund of 100.00 is 零元整. In a list of payments and refunds the words and the figures then disagree, and the words are what counts on a voucher.
# The yuan are cut and the fen are rounded, each by itself: 1.995, a price after a discount, becomes 壹元整 where 1.99 or 2.00 was due.
# Payments of two decimals are right, and nothing is raised, so a trial with prices shows nothing. Fractions of a fen come from discounts and shares.
# An amount has to be fen before it is written out, and a refund needs a word of its own; here amounts are integers of fen with a direction.
#
# Seen:
#   12.30    壹拾贰元叁角      -12.30   叁角
#   100.00   壹佰元整          -100.00  零元整
#   99.99    玖拾玖元玖角玖分  99.995   玖拾玖元整
#   1.99     壹元玖角玖分      1.995    壹元整
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check cn-amount==0.0.5

cat >show.py <<'PY'
from decimal import Decimal

from cn_amount import CNAmount

words = CNAmount()
for amount, expected in [
    ("12.30", "壹拾贰元叁角"), ("-12.30", "叁角"),
    ("100.00", "壹佰元整"), ("-100.00", "零元整"),
    ("99.99", "玖拾玖元玖角玖分"), ("99.995", "玖拾玖元整"),
    ("1.99", "壹元玖角玖分"), ("1.995", "壹元整"),
]:
    seen = words.amount_to_chinese(Decimal(amount))
    print(amount, seen)
    assert seen == expected, (amount, seen)
PY

python/bin/python show.py
