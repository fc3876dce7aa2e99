#!/usr/bin/env bash
# Lays out what is installed: the program, its menu entry and icon, manual pages, completions, handbook, licences.
#   packaging/stage.sh PROGRAM ROOT      fills ROOT/usr; every package for Linux is made of it
# Needs gzip and Python 3.11. Manual pages and completions are printed by the program itself.
set -euo pipefail
[ $# = 2 ] || { sed -n 3p "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
root=$(realpath "$2")
umask 022

install -Dm755 "$program" "$root/usr/bin/recondesk"
# Debug symbols are of no use to whoever installs it.
if command -v strip >/dev/null; then strip "$root/usr/bin/recondesk"; fi
install -Dm644 "$here/recondesk.desktop" "$root/usr/share/applications/recondesk.desktop"
install -Dm644 "$here/icon.svg" "$root/usr/share/icons/hicolor/scalable/apps/recondesk.svg"

doc=$root/usr/share/doc/recondesk
install -d "$doc"
{
  printf 'Recondesk is under the MIT licence:\n\n'
  cat "$here/../LICENSE"
  printf '\nIts fonts are under licences of their own:\n\n'
  cat "$here/../assets/fonts/LICENSES.md"
} >"$doc/copyright"
"$here/sbom.py" | gzip -9n >"$doc/sbom.cdx.json.gz"
gzip -9n <"$here/../CHANGELOG.md" >"$doc/changelog.gz"
for lang in zh en; do
  "$program" --lang "$lang" handbook --out "$doc/handbook-$lang" >/dev/null
done

"$program" --lang en man --out "$root/usr/share/man/man1"
"$program" --lang zh man --out "$root/usr/share/man/zh_CN/man1"
find "$root/usr/share/man" -name '*.1' -exec gzip -9n {} +
install -d "$root/usr/share/bash-completion/completions" "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"
"$program" --lang en completions bash >"$root/usr/share/bash-completion/completions/recondesk"
"$program" --lang en completions zsh >"$root/usr/share/zsh/vendor-completions/_recondesk"
"$program" --lang en completions fish >"$root/usr/share/fish/vendor_completions.d/recondesk.fish"
find "$root" -type f ! -path "$root/usr/bin/*" -exec chmod 644 {} +
find "$root" -type d -exec chmod 755 {} +
