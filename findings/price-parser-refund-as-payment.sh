#!/usr/bin/env bash
# price-parser 0.5.1 (PyPI): -￥12.30 is 12.30, a fee of 0.195 yuan is 195, and ￥1，230.50 is one yuan.
#
# The library takes an amount out of a text as shops print it, with sign of the currency and separators of any country, which is what an export is full of.
# It is made for prices: a minus is dropped wherever it stands, so a refund in a column of amounts is one more payment.
# Three digits behind the only dot are taken for thousands, also behind a zero. A fee or a rate of three decimals is a thousandfold; two and five decimals are right.
# The comma that Chinese keyboards type is no separator to it, and what stands behind is left off.
# Nothing is raised, and the many that are right hide the few. decimal_separator="." helps the fee, nothing the other two.
# An amount that needs a guess has to be refused with its row, as is done here; the sums of the file prove the rest.
#
# Seen:
#   ￥12.30      12.30     -￥12.30  12.30    ￥0.19000  0.19000   ￥1,230.50    1230.50
#   ￥1，230.50  1         -12.30    12.30    ￥0.195    195       0.195 with decimal_separator  0.195
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check price-parser==0.5.1

cat >show.py <<'PY'
from decimal import Decimal

from price_parser import Price

for text, options, amount in [
    ("￥12.30", {}, "12.30"),
    ("￥1,230.50", {}, "1230.50"),
    ("￥0.19000", {}, "0.19000"),
    ("-￥12.30", {}, "12.30"),
    ("-12.30", {}, "12.30"),
    ("￥0.195", {}, "195"),
    ("￥0.195", {"decimal_separator": "."}, "0.195"),
    ("￥1，230.50", {}, "1"),
]:
    seen = Price.fromstring(text, **options).amount
    print(text, options or "", seen)
    assert seen == Decimal(amount), (text, seen)
PY

python/bin/python show.py
