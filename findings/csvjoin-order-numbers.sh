#!/usr/bin/env bash
# csvkit 2.2.0 with agate 1.14.2 (PyPI): csvjoin joins the orders 0007 and 7, and 42E3 and 42000, and prints other numbers than it read.
#
# csvjoin guesses types before it joins; a column of order numbers that all look like numbers becomes decimals, whatever their length.
# Leading zeros and the form with an exponent are gone by then, so different orders meet, and the wrong payment is marked as found.
# One number with another letter among them, and the whole column stays text: the result depends on the other rows.
# The option -I turns the guess off.
# Order numbers are compared here as they are spelt and never as quantities.
#
# Seen (bill: 0007, 42E3; orders: 7, 0007, 42000):
#   csvjoin -c no bill.csv orders.csv     7 with 7, 7 with 0007, 4.2E+4 with 42000: three rows
#   csvjoin -I -c no bill.csv orders.csv  0007 alone
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check csvkit==2.2.0 agate==1.14.2

printf 'no,bill_fen\n0007,1230\n42E3,310\n' >bill.csv
printf 'no,order\n7,first\n0007,second\n42000,third\n' >orders.csv
guessed=$(python/bin/csvjoin -c no bill.csv orders.csv)
spelt=$(python/bin/csvjoin -I -c no bill.csv orders.csv)
echo "$guessed"
echo "-I"
echo "$spelt"
[[ $guessed == $'no,bill_fen,order\n7,1230,first\n7,1230,second\n4.2E+4,310,third' ]]
[[ $spelt == $'no,bill_fen,order\n0007,1230,second' ]]
