# What is done to this project again and again. `just` lists it, `just ci` is all that must hold.
# `.ci/run` calls these recipes; each is a plain command that also works without `just`.

set shell := ["bash", "-euo", "pipefail", "-c"]

# Lists the recipes.
list:
    @just --list --unsorted

# Everything that must hold before a change lands.
ci: fmt test packages interop shared lint doc deny one-egui pictures

# The sources are formatted.
fmt:
    cargo fmt --check

# All tests of all packages; neither display nor GPU needed.
test *FILTER:
    cargo test {{ FILTER }}

# A Debian package and an AppDir of the program that the tests built, each unpacked into an empty place and used.
packages:
    cargo test --test it --no-run
    packaging/try-appdir.sh "$(packaging/appdir.sh target/debug/recondesk target/packages)"
    if command -v dpkg-deb >/dev/null; then packaging/try-deb.sh "$(packaging/deb.sh target/debug/recondesk target/packages)"; else echo "not tried: dpkg-deb is not here"; fi

# The exported books as other programs read them: DuckDB and pyarrow, ready-made from the package registry.
interop:
    cargo test --test it --no-run
    python3 -m venv target/interop || { just install python3 python3-venv && python3 -m venv target/interop; }
    target/interop/bin/pip install --quiet --disable-pip-version-check --only-binary :all: duckdb==2.0.1 pyarrow==26.0.1
    target/interop/bin/python tests/interop/read_books.py target/debug/recondesk

# The shared workspace against a real PostgreSQL, which comes from Debian's packages where there is none.
shared:
    ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 || just install postgresql
    tests/shared.sh

# The Debian package and the AppDir as they are shipped; an AppImage of it where appimagetool is at hand.
package:
    cargo build --profile dist --bin recondesk
    packaging/appdir.sh target/dist/recondesk target/packages
    if command -v dpkg-deb >/dev/null; then packaging/deb.sh target/dist/recondesk target/packages; else echo "no .deb: dpkg-deb is not here"; fi

# The bill of materials (CycloneDX) of the program, from Cargo.lock; the Debian package has it too.
sbom:
    mkdir -p target/packages
    packaging/sbom.py >target/packages/recondesk.cdx.json

# No lint of rustc and clippy is open.
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# The documentation builds without a warning.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

# Banned crates, licences, sources; known faults too, where their database can be fetched.
deny:
    command -v cargo-deny >/dev/null || cargo install cargo-deny --locked --debug
    cargo deny check bans licenses sources
    if timeout 120 cargo deny fetch db; then cargo deny check advisories; else echo "advisories not checked: their database cannot be reached from here"; fi

# Two generations of egui in one graph do not fit together.
one-egui:
    ! cargo tree --workspace --duplicates --depth 0 2>/dev/null | grep -E '^(egui|eframe|epaint|emath|ecolor) '

# Draws the window and compares it with tests/snapshots; needs a Vulkan adapter (lavapipe will do).
pictures: vulkan
    cargo test -p recondesk-gui-tests --features pictures

# Draws the window and keeps what differs, after somebody has looked at it.
pictures-update: vulkan
    UPDATE_SNAPSHOTS=force cargo test -p recondesk-gui-tests --features pictures snapshots

# A Vulkan adapter in software, by Debian's packages where there is none.
vulkan:
    ls /usr/share/vulkan/icd.d/lvp_icd*.json >/dev/null 2>&1 || just install mesa-vulkan-drivers libvulkan1

# Packages of Debian that a recipe needs.
[private]
install +PACKAGES:
    sudo=$([ "$(id -u)" = 0 ] || echo sudo); $sudo apt-get update -qq; $sudo apt-get install -y -qq --no-install-recommends {{ PACKAGES }}

# Runs the surprises of other people's packages again (network of the package registries, no part of `ci`).
findings:
    for finding in findings/*.sh; do echo "== $finding"; bash "$finding"; done

# The whole job against DuckDB; see benches/README.md for the others.
bench:
    cargo build --release --bins --examples
    benches/whole.py --rows 1000000
