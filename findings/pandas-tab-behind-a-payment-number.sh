#!/usr/bin/env bash
# pandas 3.1.1 (PyPI): a tab behind the payment numbers of a CSV, put there to keep them whole, is what makes pandas round them.
#
# Shops write a tab behind long numbers, so that spreadsheets take them for text; exports of Chinese payment and shop systems are full of it.
# read_csv reads a column of 28 digits as exact integers. With the tab behind, it passes over the tab as a blank and makes floating point of them:
# the payments of a day that begin alike are one number, and each order is joined with all.
# No warning, and the zeros of 0007 are gone with and without a tab. What was tried without the tab, and found exact, is no longer so with the real export.
# engine="python" reads integers, and so does DuckDB 2.0.1. polars 2.1.0 keeps text with the tab in it, which no order number is equal to.
# dtype=str and a strip() of the cells is what holds. Here a number is text, and blanks around it are taken off before it is compared.
#
# Seen, for ...7890 and ...7899:
#   without a tab                       object   2 different numbers, 2 rows joined
#   with a tab behind                   float64  1 different number, 4 rows joined
#   with a tab behind, engine="python"  object   2 different numbers, 2 rows joined
#   with a tab behind, dtype=str        str      the tab is still there
#   DuckDB, with a tab behind           HUGEINT  2 different numbers
#   polars, with a tab behind           String   the tab is still there
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check pandas==3.1.1 polars==2.1.0 duckdb==2.0.1

cat >show.py <<'PY'
import duckdb
import pandas as pd
import polars as pl

numbers = ["4200002781202603051234567890", "4200002781202603051234567899"]
for name, behind in (("plain.csv", ""), ("tab.csv", "\t")):
    with open(name, "w", encoding="utf-8") as file:
        file.write("payment,order\n" + "".join(f"{number}{behind},ORDER{row}{behind}\n" for row, number in enumerate(numbers)))


def read(name, file, **options):
    frame = pd.read_csv(file, **options)
    joined = len(frame.merge(frame, on="payment"))
    different = frame["payment"].nunique()
    print(f"{name:36}{str(frame['payment'].dtype):9}{different} different, {joined} rows joined")
    return frame, different, joined


plain, different, joined = read("without a tab", "plain.csv")
assert [str(value) for value in plain["payment"]] == numbers and (different, joined) == (2, 2)

tab, different, joined = read("with a tab behind", "tab.csv")
assert tab["payment"].dtype == "float64" and (different, joined) == (1, 4)

python, different, joined = read('with a tab behind, engine="python"', "tab.csv", engine="python")
assert [str(value) for value in python["payment"]] == numbers and (different, joined) == (2, 2)

text, different, joined = read("with a tab behind, dtype=str", "tab.csv", dtype=str)
assert list(text["payment"]) == [number + "\t" for number in numbers]

duck = duckdb.sql("SELECT payment FROM 'tab.csv'")
print(f"{'DuckDB, with a tab behind':36}{duck.types[0]}")
assert str(duck.types[0]) == "HUGEINT" and [str(row[0]) for row in duck.fetchall()] == numbers

polars = pl.read_csv("tab.csv")
print(f"{'polars, with a tab behind':36}{polars.schema['payment']}")
assert polars["payment"].to_list() == [number + "\t" for number in numbers]
PY
python/bin/python show.py
