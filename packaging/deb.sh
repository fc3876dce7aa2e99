#!/usr/bin/env bash
# Makes a Debian package of a program that is built already.
#   packaging/deb.sh PROGRAM FOLDER      writes FOLDER/recondesk_VERSION_ARCH.deb and prints its path
# Needs dpkg-deb and objdump, and what stage.sh needs.
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
"$here/stage.sh" "$program" "$root"

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
