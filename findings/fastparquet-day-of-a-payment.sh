#!/usr/bin/env bash
# fastparquet 2026.9.0 (PyPI): the payments of the first eight hours of a day move into the day before.
#
# polars 2.1.0 and DuckDB 2.0.1 write times with a zone to Parquet as moments in UTC and say so in the type of the column.
# fastparquet hands them out as times without a zone, in UTC digits, though the file tells the difference.
# The same file read by pyarrow 26.0.1 keeps the moment.
# Only what pandas wrote comes back right, because pandas leaves a note of its own in the file: a trial with its own files shows nothing.
# Cut into days, a payment of 00:00:01 Beijing time lands on the wrong side, and so does every one until 08:00.
#
# Seen, for 2026-03-05 00:00:01 Asia/Shanghai:
#   written by polars  read by pyarrow 2026-03-05 00:00:01+08:00  by fastparquet 2026-03-04 16:00:01
#   written by DuckDB  read by pyarrow 2026-03-04 16:00:01+00:00  by fastparquet 2026-03-04 16:00:01
#   written by pandas  read by pyarrow 2026-03-05 00:00:01+08:00  by fastparquet 2026-03-05 00:00:01+08:00
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check fastparquet==2026.9.0 pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1

cat >show.py <<'PY'
import datetime, zoneinfo
import duckdb, fastparquet, pandas, polars, pyarrow.parquet

paid = datetime.datetime(2026, 3, 5, 0, 0, 1, tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai"))
polars.DataFrame({"paid_at": [paid]}).write_parquet("polars.parquet")
duckdb.sql("COPY (SELECT TIMESTAMPTZ '2026-03-05 00:00:01+08' AS paid_at) TO 'DuckDB.parquet'")
pandas.DataFrame({"paid_at": [pandas.Timestamp(paid)]}).to_parquet("pandas.parquet", engine="pyarrow")

seen = {}
for writer in ("polars", "DuckDB", "pandas"):
    arrow = pandas.Timestamp(pyarrow.parquet.read_table(f"{writer}.parquet").to_pandas()["paid_at"][0])
    fast = pandas.Timestamp(fastparquet.ParquetFile(f"{writer}.parquet").to_pandas()["paid_at"][0])
    assert arrow == paid, arrow
    seen[writer] = str(fast)
    print(f"written by {writer}: pyarrow {arrow}, fastparquet {fast}")
assert seen == {"polars": "2026-03-04 16:00:01", "DuckDB": "2026-03-04 16:00:01", "pandas": "2026-03-05 00:00:01+08:00"}, seen
PY
python/bin/python show.py
