#!/usr/bin/env python3
"""Prints the bill of materials of Recondesk as CycloneDX 1.5: every crate of Cargo.lock, the same bytes each time.

A crate of the program, on any system, has the scope "required" and its licence; one of builds and tests alone has
"excluded". Needs no network: reads Cargo.lock, Cargo.toml and assets/licenses/third-party.txt.gz."""

import gzip
import json
import pathlib
import re
import sys
import tomllib
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def shipped_licences():
    """Licence by (name, version) of the crates in the program."""
    text = gzip.decompress((ROOT / "assets/licenses/third-party.txt.gz").read_bytes()).decode()
    listed = text.split("and their licences\n\n", 1)[1].split("\n\n", 1)[0]
    out = {}
    for line in listed.splitlines():
        named, licence = line.split(": ", 1)
        out[tuple(named.split(" ", 1))] = licence
    return out


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def resolver(packages):
    """Finds the package that an entry of `dependencies` means: `name`, `name version` or `name version (source)`."""
    by_name = {}
    for package in packages:
        by_name.setdefault(package["name"], []).append(package)

    def find(entry):
        name, *rest = entry.split(" ", 2)
        found = [one for one in by_name[name] if not rest or one["version"] == rest[0]]
        if len(found) != 1:
            sys.exit(f"Cargo.lock: {entry} means {len(found)} packages")
        return found[0]

    return find


def component(package, licences, own_licence):
    is_own = "source" not in package
    if not is_own and package["source"] != REGISTRY:
        sys.exit(f"{package['name']} comes from {package['source']}")
    licence = own_licence if is_own else licences.get((package["name"], package["version"]))
    out = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "scope": "required" if licence else "excluded",
        "purl": reference(package),
    }
    if licence:
        out["licenses"] = [{"expression": re.sub(r"\s*/\s*", " OR ", licence)}]
    if "checksum" in package:
        out["hashes"] = [{"alg": "SHA-256", "content": package["checksum"]}]
    return out


def main():
    lock_bytes = (ROOT / "Cargo.lock").read_bytes()
    packages = tomllib.loads(lock_bytes.decode())["package"]
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))
    own_licence = manifest["workspace"]["package"]["license"]
    licences = shipped_licences()
    find = resolver(packages)
    [program] = [package for package in packages if package["name"] == manifest["package"]["name"]]
    others = [package for package in packages if package is not program]
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, lock_bytes.hex())}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": reference(program),
                "name": program["name"],
                "version": program["version"],
                "purl": reference(program),
                "licenses": [{"expression": own_licence}],
            }
        },
        "components": [component(package, licences, own_licence) for package in others],
        "dependencies": [
            {"ref": reference(package), "dependsOn": sorted({reference(find(one)) for one in package.get("dependencies", [])})}
            for package in packages
        ],
    }
    json.dump(bom, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
