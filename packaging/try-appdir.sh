#!/usr/bin/env bash
# Unpacks an AppDir into an empty folder whose name has a blank, and uses it: the version, the demo, the handbook.
#   packaging/try-appdir.sh FILE.AppDir.tar.gz
set -euo pipefail
[ $# = 1 ] || { sed -n 3p "$0"; exit 2; }
archive=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/my programs" "$place/home" "$place/tmp" "$place/bin"
tar -C "$place/my programs" -xzf "$archive"
name=$(basename "$archive" .tar.gz)
root="$place/my programs/$name"
# Started by a link from elsewhere, as menus and launchers do.
ln -s "$root/AppRun" "$place/bin/recondesk"
cd "$place/home"
run() { env -i HOME="$place/home" TMPDIR="$place/tmp" PATH=/usr/bin:/bin LANG=C "$place/bin/recondesk" "$@"; }

version=${name#recondesk-}
version=${version%-"$(uname -m)".AppDir}
run --version | grep -q "^recondesk $version" || { echo "the version is another one"; exit 1; }
told=0
run --lang en demo --headless >demo.txt 2>demo.err || told=$?
# 1: the demo's findings need a person, as they should.
[ "$told" = 1 ] || { echo "the demo ended with $told"; tail -5 demo.err; exit 1; }
grep -q 'P01' demo.txt || { echo "the demo found nothing"; exit 1; }

for file in AppRun recondesk.desktop recondesk.svg .DirIcon usr/bin/recondesk usr/share/man/man1/recondesk.1.gz \
  usr/share/doc/recondesk/copyright usr/share/doc/recondesk/sbom.cdx.json.gz \
  usr/share/doc/recondesk/handbook-zh/index.html usr/share/doc/recondesk/handbook-en/index.html; do
  [ -s "$root/$file" ] || { echo "$file is not there"; exit 1; }
done
grep -q '^Icon=recondesk$' "$root/recondesk.desktop" || { echo "the menu entry names another icon"; exit 1; }
if command -v desktop-file-validate >/dev/null; then desktop-file-validate "$root/recondesk.desktop"; fi
if command -v appimagetool >/dev/null; then
  (cd "$place" && ARCH=$(uname -m) appimagetool "$root" recondesk.AppImage >/dev/null 2>appimage.err) || { tail -5 "$place/appimage.err"; exit 1; }
  (cd "$place" && ./recondesk.AppImage --appimage-extract >/dev/null && squashfs-root/AppRun --version | grep -q "^recondesk $version") || { echo "the AppImage does not run"; exit 1; }
  echo "an AppImage was made of it and unpacked again"
else
  echo "no AppImage made: appimagetool is not here"
fi
echo "$name: demo, version, manual and handbook are as they should be"
