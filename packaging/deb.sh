#!/usr/bin/env bash
# Makes a Debian package of a program that is built already.
#   packaging/deb.sh PROGRAM FOLDER      writes FOLDER/recondesk_VERSION_ARCH.deb and prints its path
# Needs dpkg-deb, gzip, objdump and Python 3.11. Manual pages and completions are printed by the program itself.
set -euo pipefail
[ $# = 2 ] || { sed -n 3p "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")

version=$("$program" --version | cut -d' ' -f2)
arch=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022
chmod 755 "$root"

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

# The newest glibc that the program names is the oldest it runs with.
glibc=$(objdump -T "$root/usr/bin/recondesk" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -1)
install -d "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<CONTROL
Package: recondesk
Version: $version
Architecture: $arch
Maintainer: Recondesk <recondesk@localhost>
Section: misc
Priority: optional
Installed-Size: $(du -ks --exclude=DEBIAN "$root" | cut -f1)
Depends: libc6 (>= ${glibc:-2.34}), libgcc-s1
Recommends: libgl1, libegl1, libxkbcommon0, libxkbcommon-x11-0, libwayland-client0, libx11-6, libxcursor1, libxi6, xdg-desktop-portal
Suggests: gnome-keyring
Description: WeChat Pay reconciliation for merchants (对账台)
 Compares WeChat Pay's bill of yesterday with the merchant's own orders,
 shows what differs, and follows it up: paid but not delivered, paid twice,
 refunded without being booked.
 .
 The command line needs no display; the window needs OpenGL.
CONTROL
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)

deb=$out/recondesk_${version}_${arch}.deb
dpkg-deb --root-owner-group -Zgzip -z6 --build "$root" "$deb" >/dev/null
echo "$deb"
