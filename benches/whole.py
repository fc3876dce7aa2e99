#!/usr/bin/env python3
"""Times the whole job, from two files to the list of findings, and the DuckDB baseline in the same run.

usage: benches/whole.py [--rows 1000000] [--runs 3] [--gzip] [--tricky] [--no-baseline] [--keep DIR]
       benches/whole.py --rows 10000000 --against 1000000    the same job on two sizes, and their ratio
       benches/whole.py --rows 100000 --history 100          a day after 100 stored days ÷ the day alone
Needs `cargo build --release --examples --bins` first; the baseline needs `pip install duckdb`.
Wall and CPU are sums over the processes (orders import, bill import, reconcile), memory is the largest of them.
"""
import argparse
import datetime
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


def generate(folder, rows, date, *flags):
    """Writes the files of a day; returns their names."""
    os.makedirs(folder, exist_ok=True)
    files = {name: os.path.join(folder, file) for name, file in
             [("orders", "orders.csv"), ("bill", "bill.csv"), ("mapping", "mapping.toml")]}
    if not os.path.exists(files["orders"]):
        run(GENERATE, "--rows", str(rows), "--out", folder, "--date", date, *flags)
    return files


def warm(files):
    for file in files.values():
        with open(file, "rb") as handle:
            while handle.read(1 << 24):
                pass


def start(workspace):
    shutil.rmtree(workspace, ignore_errors=True)
    run(BIN, "--workspace", workspace, "profile", "add", "bench", "--mch-id", "1900000109")


def day(files, date, workspace):
    """The three commands on a day."""
    common = [BIN, "--workspace", workspace]
    orders = [*common, "orders", "import", files["orders"], "--profile", "bench", "--mapping", files["mapping"]]
    bill = [*common, "bill", "import", files["bill"], "--profile", "bench", "--date", date]
    compare = [*common, "reconcile", "--profile", "bench", "--date", date, "--format", "csv"]
    return [run(*orders, ok=(0, 1)), run(*bill, ok=(0, 1)), run(*compare, ok=(0, 1))]


def whole(files, date, workspace):
    """A fresh workspace, then the three commands; then all three again on the unchanged day."""
    start(workspace)
    return day(files, date, workspace), day(files, date, workspace)


def show(title, measured):
    wall, cpu, peak = measured
    print(f"{title:24} wall {wall:8.3f} s   cpu {cpu:8.3f} s   peak {peak / 1e6:8.1f} MB")


def least(results):
    """Wall, CPU and memory of several runs, each the least that was seen."""
    return tuple(min(values) for values in zip(*results))


def ratio(title, more, less):
    print(f"{title:24} wall {more[0] / less[0]:8.3f}     cpu {more[1] / less[1]:8.3f}")


def against(args, folder):
    """Two sizes in turn: the cost of ten times the rows should be ten times the cost."""
    sizes = {rows: generate(os.path.join(folder, str(rows)), rows, args.date) for rows in (args.against, args.rows)}
    seen = {rows: [] for rows in sizes}
    for _ in range(args.runs):
        for rows, files in sizes.items():
            warm(files)
            workspace = os.path.join(folder, "workspace")
            start(workspace)
            seen[rows].append(total(*day(files, args.date, workspace)))
            shutil.rmtree(workspace)
            os.sync()
    small, large = least(seen[args.against]), least(seen[args.rows])
    show(f"{args.against} rows", small)
    show(f"{args.rows} rows", large)
    ratio("ratio", large, small)
    print(f"bytes a row beyond 64 MB: {max(0, large[2] - 64e6) / args.rows:.1f}")


def link_or_copy(source, target):
    if source.endswith((".seg", ".raw")):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def history(args, folder):
    """A day after many stored days, and the same day alone, in turn."""
    filled, empty, copy = (os.path.join(folder, name) for name in ("filled", "empty", "copy"))
    last = datetime.date.fromisoformat(args.date)
    start(filled)
    for back in range(args.history, 0, -1):
        date = str(last - datetime.timedelta(days=back))
        files = generate(os.path.join(folder, "past"), args.rows, date, "--seed", str(back + 1))
        day(files, date, filled)
        shutil.rmtree(os.path.join(folder, "past"))
    files = generate(os.path.join(folder, "today"), args.rows, args.date)
    seen = {filled: [], empty: []}
    for _ in range(args.runs):
        warm(files)
        start(empty)
        seen[empty].append(day(files, args.date, empty))
        # A day is new once only: the stored files, which never change, are linked.
        shutil.copytree(filled, copy, copy_function=link_or_copy)
        seen[filled].append(day(files, args.date, copy))
        shutil.rmtree(copy)
        os.sync()
    for at, name in enumerate(("orders import", "bill import", "reconcile")):
        ratio(name, least([parts[at] for parts in seen[filled]]), least([parts[at] for parts in seen[empty]]))
    alone, after = (least([total(*parts) for parts in seen[where]]) for where in (empty, filled))
    show("alone", alone)
    show(f"after {args.history} days", after)
    ratio("ratio", after, alone)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--date", default="2026-03-08")
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--tricky", action="store_true")
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument("--against", type=int, metavar="ROWS")
    parser.add_argument("--history", type=int, metavar="DAYS")
    parser.add_argument("--keep")
    args = parser.parse_args()
    folder = args.keep or tempfile.mkdtemp(prefix="recondesk-bench-")
    os.makedirs(folder, exist_ok=True)
    if args.against or args.history:
        (against if args.against else history)(args, folder)
        if not args.keep:
            shutil.rmtree(folder)
        return
    files = generate(folder, args.rows, args.date, *(["--tricky"] if args.tricky else []))
    if args.gzip:
        subprocess.run(["gzip", "-kf", files["bill"]], check=True)
        files["bill"] += ".gz"
    warm(files)
    best = best_again = baseline = cpu_least = None
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
            baseline = least([baseline or measured, measured])
            os.sync()
        cpu_least = min(cpu_least or total(*first)[1], total(*first)[1])
        if best is None or total(*first)[0] < total(*best)[0]:
            best = first
        if best_again is None or total(*again)[0] < total(*best_again)[0]:
            best_again = again
    for name, (wall, cpu, peak) in zip(("orders import", "bill import", "reconcile"), best):
        print(f"{name:16} wall {wall:7.3f} s   cpu {cpu:7.3f} s   peak {peak / 1e6:8.1f} MB")
    wall, _, peak = total(*best)
    cpu = cpu_least
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


if __name__ == "__main__":
    main()
