#!/usr/bin/env python3
"""Gathers the licences of every crate in the program into third-party.txt.gz, equal texts once.

Run after a change of Cargo.lock: python3 assets/licenses/gather.py. Reads the sources that Cargo has fetched."""

import gzip
import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "assets/licenses/third-party.txt.gz"
FILES = re.compile(r"^(licen[cs]e|copying|notice|unlicense|ofl)", re.IGNORECASE)


def shipped(metadata):
    """Crates that the program itself is made of, for any system: neither tests nor what only builds it."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    seen, queue = set(), [root]
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        for dependency in nodes[name]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                queue.append(dependency["pkg"])
    return [package for package in metadata["packages"] if package["id"] in seen and package["source"]]


def texts(package):
    folder = pathlib.Path(package["manifest_path"]).parent
    for path in sorted(folder.iterdir()):
        if path.is_file() and FILES.match(path.name):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            yield "\n".join(line.rstrip() for line in lines).strip()


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    metadata = json.loads(subprocess.check_output(command, cwd=ROOT))
    by_text = {}
    packages = sorted(shipped(metadata), key=lambda package: (package["name"], package["version"]))
    head = []
    for package in packages:
        name = f"{package['name']} {package['version']}"
        head.append(f"{name}: {package['license'] or 'see its licence file'}")
        for text in texts(package):
            # The same text with other blanks is the same text.
            key = " ".join(text.split())
            by_text.setdefault(key, (text, []))[1].append(name)
    parts = ["Crates in Recondesk and their licences", "", *head]
    for text, names in by_text.values():
        parts += ["", "=" * 80, ", ".join(dict.fromkeys(names)), "=" * 80, "", text]
    # No time of making: the same crates give the same bytes.
    OUT.write_bytes(gzip.compress(("\n".join(parts) + "\n").encode(), 9, mtime=0))
    print(f"{len(packages)} crates, {len(by_text)} texts, {OUT.stat().st_size} bytes")


main()
