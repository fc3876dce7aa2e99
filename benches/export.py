#!/usr/bin/env python3
"""Times `recondesk books export` of a day, and DuckDB's own COPY of the same tables in the same run.

usage: benches/export.py [--rows 1000000] [--runs 3] [--no-baseline] [--keep DIR]
Needs `cargo build --release --examples --bins` first; the baseline needs `pip install duckdb`. DuckDB copies from its
own database, on two threads, into the same partitions with the same compression.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

import whole

TABLES = ("orders", "merchant_refunds", "bill_payments", "bill_refunds")
MAKE = """
import duckdb, sys
database, out, *tables = sys.argv[1:]
with duckdb.connect(database) as db:
    for table in tables:
        db.execute(f"CREATE TABLE {table} AS FROM read_parquet('{out}/{table}/**/*.parquet', hive_partitioning = true)")
"""
COPY = """
import duckdb, sys
database, out, *tables = sys.argv[1:]
with duckdb.connect(database, read_only=True, config={"threads": 2}) as db:
    for table in tables:
        db.execute(f"COPY {table} TO '{out}/{table}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (merchant, day))")
"""


def size(folder):
    files = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    return sum(os.path.getsize(file) for file in files)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--date", default="2026-03-08")
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument("--keep", help="folder for files and workspace; kept and used again")
    args = parser.parse_args()
    folder = args.keep or tempfile.mkdtemp()
    workspace = os.path.join(folder, "workspace")
    if not os.path.exists(workspace):
        files = whole.generate(os.path.join(folder, "files"), args.rows, args.date, "--full")
        whole.start(workspace)
        whole.day(files, args.date, workspace)
    ours, theirs = [], []
    out, copy, database = (os.path.join(folder, name) for name in ("out", "copy", "tables.duckdb"))
    for _ in range(args.runs):
        shutil.rmtree(out, ignore_errors=True)
        os.sync()
        ours.append(whole.run(whole.BIN, "--workspace", workspace, "books", "export", "--out", out, ok=(0, 1)))
        if args.no_baseline:
            continue
        if not os.path.exists(database):
            subprocess.run([sys.executable, "-c", MAKE, database, out, *TABLES], check=True)
        shutil.rmtree(copy, ignore_errors=True)
        os.makedirs(copy)
        os.sync()
        theirs.append(whole.run(sys.executable, "-c", COPY, database, copy, *TABLES))
    whole.show("books export", whole.least(ours))
    print(f"{'':24} {size(out) / 1e6:.1f} MB")
    if theirs:
        whole.show("DuckDB COPY", whole.least(theirs))
        print(f"{'':24} {size(copy) / 1e6:.1f} MB")
        whole.ratio("export ÷ COPY", whole.least(ours), whole.least(theirs))
    if not args.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
