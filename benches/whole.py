#!/usr/bin/env python3
"""Times the whole job, from two files to the list of findings, and the DuckDB baseline in the same run.

usage: benches/whole.py [--rows 1000000] [--runs 3] [--gzip] [--tricky] [--no-baseline] [--keep DIR]
Needs `cargo build --release --examples --bins` first; the baseline needs `pip install duckdb`.
Wall and CPU are sums over the processes (orders import, bill import, reconcile), memory is the largest of them.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RELEASE = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release")
BIN = os.path.join(RELEASE, "recondesk")
GENERATE = os.path.join(RELEASE, "examples", "generate")


def run(*command, ok=(0,), log=None):
    """Runs one process; returns wall seconds, CPU seconds, peak bytes."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=log or subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode not in ok:
        sys.exit(f"{command}: exit {process.returncode}\n{message.decode(errors='replace')[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def total(*parts):
    return sum(p[0] for p in parts), sum(p[1] for p in parts), max(p[2] for p in parts)


def whole(files, date, workspace):
    """A fresh workspace, then the three commands; then all three again on the unchanged day."""
    common = [BIN, "--workspace", workspace]
    shutil.rmtree(workspace, ignore_errors=True)
    run(*common, "profile", "add", "bench", "--mch-id", "1900000109")
    orders = [*common, "orders", "import", files["orders"], "--profile", "bench", "--mapping", files["mapping"]]
    bill = [*common, "bill", "import", files["bill"], "--profile", "bench", "--date", date]
    compare = [*common, "reconcile", "--profile", "bench", "--date", date, "--format", "csv"]
    first = [run(*orders, ok=(0, 1)), run(*bill, ok=(0, 1)), run(*compare, ok=(0, 1))]
    again = [run(*orders, ok=(0, 1)), run(*bill, ok=(0, 1)), run(*compare, ok=(0, 1))]
    return first, again


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--date", default="2026-03-08")
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--tricky", action="store_true")
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument("--keep")
    args = parser.parse_args()
    folder = args.keep or tempfile.mkdtemp(prefix="recondesk-bench-")
    os.makedirs(folder, exist_ok=True)
    files = {name: os.path.join(folder, file) for name, file in
             [("orders", "orders.csv"), ("bill", "bill.csv"), ("mapping", "mapping.toml")]}
    if not os.path.exists(files["orders"]):
        flags = ["--tricky"] if args.tricky else []
        run(GENERATE, "--rows", str(args.rows), "--out", folder, "--date", args.date, *flags)
    if args.gzip:
        subprocess.run(["gzip", "-kf", files["bill"]], check=True)
        plain, files["bill"] = files["bill"], files["bill"] + ".gz"
    for file in files.values():
        with open(file, "rb") as handle:
            while handle.read(1 << 24):
                pass
    best = best_again = baseline = None
    for _ in range(args.runs):
        first, again = whole(files, args.date, os.path.join(folder, "workspace"))
        os.sync()
        if not args.no_baseline and not args.gzip and not args.tricky:
            database = os.path.join(folder, "baseline.duckdb")
            for leftover in (database, database + ".wal"):
                if os.path.exists(leftover):
                    os.remove(leftover)
            script = os.path.join(ROOT, "benches", "baseline", "duckdb_diff.py")
            measured = run(sys.executable, script, files["bill"], files["orders"], database)
            baseline = min(baseline or measured, measured)
            os.sync()
        if best is None or total(*first)[0] < total(*best)[0]:
            best = first
        if best_again is None or total(*again)[0] < total(*best_again)[0]:
            best_again = again
    for name, (wall, cpu, peak) in zip(("orders import", "bill import", "reconcile"), best):
        print(f"{name:16} wall {wall:7.3f} s   cpu {cpu:7.3f} s   peak {peak / 1e6:8.1f} MB")
    wall, cpu, peak = total(*best)
    print(f"{'whole':16} wall {wall:7.3f} s   cpu {cpu:7.3f} s   peak {peak / 1e6:8.1f} MB")
    for name, (w, c, p) in zip(("orders again", "bill again", "reconcile again"), best_again):
        print(f"{name:16} wall {w:7.3f} s   cpu {c:7.3f} s")
    again_wall = total(*best_again)[0]
    print(f"{'unchanged again':16} wall {again_wall:7.3f} s   ratio to first {again_wall / wall:.3f}")
    print(f"bytes a row beyond 64 MB: {max(0, peak - 64e6) / args.rows:.1f}")
    if baseline:
        print(f"{'duckdb':16} wall {baseline[0]:7.3f} s   cpu {baseline[1]:7.3f} s   peak {baseline[2] / 1e6:8.1f} MB")
        print(f"ratio to duckdb: wall {wall / baseline[0]:.3f}   cpu {cpu / baseline[1]:.3f}")
    if not args.keep:
        shutil.rmtree(folder)


main()
