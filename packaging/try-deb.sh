#!/usr/bin/env bash
# Unpacks a package into an empty root and uses what is in it: the demo, the version, pages, completions.
#   packaging/try-deb.sh FILE.deb
set -euo pipefail
[ $# = 1 ] || { sed -n 3p "$0"; exit 2; }
deb=$(realpath "$1")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
dpkg-deb -x "$deb" "$root"
mkdir "$root/home" "$root/tmp"
cd "$root/home"
run() { env -i HOME="$root/home" TMPDIR="$root/tmp" PATH=/usr/bin:/bin LANG=C "$root/usr/bin/recondesk" "$@"; }

version=$(dpkg-deb -f "$deb" Version)
run --version | grep -q "^recondesk $version" || { echo "the version is another one"; exit 1; }
told=0
run --lang en demo --headless >demo.txt 2>demo.err || told=$?
# 1: the demo's findings need a person, as they should.
[ "$told" = 1 ] || { echo "the demo ended with $told"; tail -5 demo.err; exit 1; }
grep -q 'P01' demo.txt || { echo "the demo found nothing"; exit 1; }

for file in share/applications/recondesk.desktop share/icons/hicolor/scalable/apps/recondesk.svg \
  share/man/man1/recondesk.1.gz share/man/man1/recondesk-day.1.gz share/man/zh_CN/man1/recondesk.1.gz \
  share/bash-completion/completions/recondesk share/zsh/vendor-completions/_recondesk \
  share/fish/vendor_completions.d/recondesk.fish share/doc/recondesk/copyright share/doc/recondesk/sbom.cdx.json.gz \
  share/doc/recondesk/handbook-zh/index.html share/doc/recondesk/handbook-en/index.html; do
  [ -s "$root/usr/$file" ] || { echo "usr/$file is not there"; exit 1; }
done
gzip -t "$root"/usr/share/man/man1/*.gz
gzip -dc "$root/usr/share/doc/recondesk/sbom.cdx.json.gz" >sbom.json
grep -q '"bomFormat": "CycloneDX"' sbom.json || { echo "the bill of materials is none"; exit 1; }
bash -n "$root/usr/share/bash-completion/completions/recondesk"
if command -v desktop-file-validate >/dev/null; then desktop-file-validate "$root/usr/share/applications/recondesk.desktop"; fi
(cd "$root" && dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./md5sums | md5sum --quiet -c)
echo "$(basename "$deb"): demo, version, manual, completions and handbook are as they should be"
