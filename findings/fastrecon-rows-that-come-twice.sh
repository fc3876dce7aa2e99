#!/usr/bin/env bash
# fastrecon 0.9.3 (PyPI): its checksum says MATCH for two lists of orders in which other items were sold, and for a list that was booked twice.
#
# compare_mode="hash" adds up the hashes of the rows by exclusive or, so that their order does not matter. A row that comes twice takes itself out.
# A list of items has such rows whenever somebody buys two of a kind, and a file that was imported twice has no others: its checksum is that of an empty file.
# The numbers of rows are counted and printed beside it, and do not decide.
# With keys the key is left out of the checksum, so the amounts of two orders may be exchanged. compare_mode="profile" looks at the numbers of rows alone.
# The default, keyed, finds all of these; it takes a sum beside the exclusive or, and the count.
# So a stored bill is not to be held against a fresh one by such a checksum. Here a bill is known by the digest of its bytes and proven by the sums of its columns.
#
# Seen:
#   hash     two cups for 8.00 each, two lids for 99.00 each  MATCH
#   hash     two cups more than in the other list             MATCH
#   hash     every row three times                            MATCH
#   hash     every row twice, another list twice              MATCH
#   hash     keys=order, amounts of two orders exchanged      MATCH
#   profile  99.00 instead of 30.00                           MATCH
#   hash     99.00 instead of 30.00                           MISMATCH
#   keyed    each of them                                     MISMATCH
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check fastrecon==0.9.3 duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1

cat >show.py <<'PY'
from fastrecon import CsvFile, compare


def status(mode, left, right, **options):
    for name, rows in (("left.csv", left), ("right.csv", right)):
        with open(name, "w", encoding="utf-8") as file:
            file.write("order,item,amount\n" + "".join(row + "\n" for row in rows))
    return compare(CsvFile(path="left.csv"), CsvFile(path="right.csv"), compare_mode=mode, **options).status


orders = ["ORDER1,tea,12.30", "ORDER2,tea,30.00"]
dear = ["ORDER1,tea,12.30", "ORDER2,tea,99.00"]
cases = [
    ("hash", "two cups for 8.00 each, two lids for 99.00 each", orders + ["ORDER3,cup,8.00"] * 2, orders + ["ORDER4,lid,99.00"] * 2, {}, "MATCH"),
    ("hash", "two cups more than in the other list", orders + ["ORDER3,cup,8.00"] * 2, orders, {}, "MATCH"),
    ("hash", "every row three times", orders * 3, orders, {}, "MATCH"),
    ("hash", "every row twice, another list twice", orders * 2, ["ORDER7,pot,1.00"] * 2, {}, "MATCH"),
    ("hash", "keys=order, amounts of two orders exchanged", orders, ["ORDER1,tea,30.00", "ORDER2,tea,12.30"], {"keys": ["order"]}, "MATCH"),
    ("profile", "99.00 instead of 30.00", orders, dear, {}, "MATCH"),
    ("hash", "99.00 instead of 30.00", orders, dear, {}, "MISMATCH"),
]
for mode, name, left, right, options, expected in cases:
    seen = status(mode, left, right, **options)
    keyed = status("keyed", left, right, keys=["order"])
    print(f"{mode:8} {name:48} {seen}, keyed {keyed}")
    assert seen == expected and keyed == "MISMATCH", (seen, keyed)
PY

python/bin/python show.py 2>/dev/null
