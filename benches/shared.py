#!/usr/bin/env python3
"""The whole job on a shared workspace, as a ratio to the same job in a folder, in turns in one sitting.

PostgreSQL and an object store must be running and are named by the environment: RECONDESK_BENCH_POSTGRES, the address of a
database that may be emptied, and RECONDESK_BENCH_S3, a location s3://BUCKET/PREFIX, with its keys (AWS_…). Each place is
made anew for each run. Also told: the books exported, which reads all of them, on a computer that has fetched nothing yet, and once more there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATE = "2026-03-08"


class Place:
    """A workspace, and a person's computer."""

    def __init__(self, program, workspace, home):
        self.program, self.workspace, self.home = program, workspace, home

    def run(self, *arguments, ok=(0,)):
        """Runs one program; returns wall seconds and CPU seconds."""
        env = dict(os.environ, HOME=self.home, XDG_DATA_HOME=os.path.join(self.home, "data"), RECONDESK_PASSPHRASE="bench")
        started = time.perf_counter()
        process = subprocess.Popen([self.program, "--workspace", self.workspace, *arguments],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env)
        message = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in ok:
            sys.exit(f"{arguments}: exit {process.returncode}\n{message.decode(errors='replace')[-2000:]}")
        return time.perf_counter() - started, usage.ru_utime + usage.ru_stime

    def day(self, files):
        self.run("profile", "add", "shop", "--mch-id", "1900000109")
        parts = [self.run("orders", "import", files["orders"], "--profile", "shop", "--mapping", files["mapping"],
                          ok=(0, 1)),
                 self.run("bill", "import", files["bill"], "--profile", "shop", ok=(0, 1)),
                 self.compare()]
        return sum(wall for wall, _ in parts), sum(cpu for _, cpu in parts)

    def compare(self):
        return self.run("reconcile", "--profile", "shop", "--date", DATE, ok=(0, 1))

    def export(self, out):
        return self.run("books", "export", "--out", out, ok=(0, 1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--target", default=os.path.join(ROOT, "target", "release"))
    args = parser.parse_args()
    program = os.path.join(args.target, "recondesk")
    server, store = os.environ["RECONDESK_BENCH_POSTGRES"], os.environ["RECONDESK_BENCH_S3"]
    folder = tempfile.mkdtemp(prefix="recondesk-shared-")
    files = {name: os.path.join(folder, file) for name, file in
             [("orders", "orders.csv"), ("bill", "bill.csv"), ("mapping", "mapping.toml")]}
    subprocess.run([os.path.join(args.target, "examples", "generate"), "--rows", str(args.rows), "--out", folder,
                    "--date", DATE], check=True, stdout=subprocess.DEVNULL)
    took = {}

    def note(what, measured):
        took.setdefault(what, []).append(measured)
        print(f"{what}: {measured[0]:.3f} s wall, {measured[1]:.3f} s CPU", flush=True)

    for run in range(args.runs):
        home = os.path.join(folder, f"home{run}")
        share = os.path.join(folder, f"share{run}")
        os.makedirs(share)
        note("folder", Place(program, os.path.join(folder, f"workspace{run}"), home).day(files))
        for what, location in [("PostgreSQL and a folder", f"file://{share}"),
                               ("PostgreSQL and an object store", f"{store}/{os.path.basename(folder)}-{run}")]:
            subprocess.run(["psql", "-q", server, "-c", "SET client_min_messages TO warning",
                            "-c", "DROP SCHEMA IF EXISTS recondesk CASCADE"], check=True)
            place = Place(program, server, home)
            place.run("workspace", "create", server, "--files", location)
            note(what, place.day(files))
        note("books exported", place.export(os.path.join(folder, f"books{run}")))
        other = Place(program, server, os.path.join(folder, f"other{run}"))
        note("books exported elsewhere, nothing fetched yet", other.export(os.path.join(folder, f"cold{run}")))
        note("books exported there again", other.export(os.path.join(folder, f"warm{run}")))
        os.sync()
    for what, measured in took.items():
        base = took["books exported" if what.startswith("books") else "folder"]
        if measured is not base:
            print(f"{what}: {min(m[0] for m in measured) / min(b[0] for b in base):.2f} wall, "
                  f"{min(m[1] for m in measured) / min(b[1] for b in base):.2f} CPU")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
