#!/usr/bin/env bash
# datacompy 1.1.0 with pandas 3.0.6 (PyPI): two books that name different payments for an order compare as equal.
#
# A column of transaction ids, 28 digits each, is read by pandas.read_csv as exact Python integers, and nothing is lost up to there.
# datacompy compares columns of numbers with a tolerance, in floating point, even with both tolerances at zero, and a float tells 16 digits apart.
# So matches() is true and the list of mismatches empty, although every payment differs in its last digits.
# With dtype=str the same comparison finds it.
# Whoever checks our results with such a tool has to keep numbers of payments as text on both sides.
#
# Seen, for order A1 with ...7890 in one book and ...7899 in the other:
#   read_csv(...)             matches True   mismatches 0
#   read_csv(..., dtype=str)  matches False  mismatches 1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check datacompy==1.1.0 pandas==3.0.6

cat >show.py <<'PY'
import io
import datacompy, pandas

BILL = "out_trade_no,transaction_id\nA1,4200002781202603051234567890\nA2,4200002781202603051234567891\n"
BOOK = "out_trade_no,transaction_id\nA1,4200002781202603051234567899\nA2,4200002781202603051234567891\n"

def compare(**options):
    bill, book = (pandas.read_csv(io.StringIO(text), **options) for text in (BILL, BOOK))
    result = datacompy.PandasCompare(bill, book, join_columns="out_trade_no", abs_tol=0, rel_tol=0)
    return bill, result.matches(), len(result.all_mismatch())

bill, equal, mismatches = compare()
print(f"read_csv: {type(bill['transaction_id'][0]).__name__} {bill['transaction_id'][0]}, matches {equal}, mismatches {mismatches}")
_, equal_text, mismatches_text = compare(dtype=str)
print(f"read_csv dtype=str: matches {equal_text}, mismatches {mismatches_text}")
assert bill["transaction_id"][0] == 4200002781202603051234567890
assert (equal, mismatches) == (True, 0), (equal, mismatches)
assert (equal_text, mismatches_text) == (False, 1), (equal_text, mismatches_text)
PY
python/bin/python show.py
