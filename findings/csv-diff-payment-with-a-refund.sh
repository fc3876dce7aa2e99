#!/usr/bin/env bash
# csv-diff 1.2 (PyPI): two bills that differ in the amount of a payment are the same once that payment was refunded.
#
# csv-diff keeps one row for each value of its key, the last one, and does not say that there were others.
# A bill has a line for the payment and one for each refund, all with the number of the order, so the payment is never looked at.
# A bill that lost a payment, or has another amount for it, compares as equal to the right one, with exit code 0.
# It shows for orders without a refund, so a trial on a day of payments alone looks right.
# Whoever compares a stored bill with a fresh one has to make a key of order number, state and refund number; payments and refunds have keys of their own here.
#
# Seen, for a bill of ORDER1 paid and refunded, ORDER2 paid:
#   ORDER1 paid with 99.00 instead of 12.30  no output
#   the payment of ORDER1 missing            no output
#   ORDER2 paid with 99.00 instead of 7.00   1 row changed
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check csv-diff==1.2

header='商户订单号,交易状态,微信退款单号,订单金额,申请退款金额'
first='`ORDER1,`SUCCESS,`0,`12.30,`0.00'
refund='`ORDER1,`REFUND,`50300806884843676235728921398,`0.00,`12.30'
second='`ORDER2,`SUCCESS,`0,`7.00,`0.00'
printf '%s\n' "$header" "$first" "$refund" "$second" >bill.csv
printf '%s\n' "$header" "${first/12.30/99.00}" "$refund" "$second" >amount.csv
printf '%s\n' "$header" "$refund" "$second" >missing.csv
printf '%s\n' "$header" "$first" "$refund" "${second/7.00/99.00}" >other.csv

look() { python/bin/csv-diff bill.csv "$1" --key=商户订单号; }
amount=$(look amount.csv)
missing=$(look missing.csv)
other=$(look other.csv)
echo "amount of ORDER1: ${amount:-no output}"
echo "payment of ORDER1 missing: ${missing:-no output}"
echo "amount of ORDER2: $other"
[[ -z $amount && -z $missing && $other == *'1 row changed'* ]]
