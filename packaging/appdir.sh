#!/usr/bin/env bash
# Makes an AppDir of a program that is built already: a folder that runs from where it is unpacked, on any Linux.
#   packaging/appdir.sh PROGRAM FOLDER      writes FOLDER/recondesk-VERSION-ARCH.AppDir.tar.gz and prints its path
# Needs what stage.sh needs, and tar. Where appimagetool is at hand, it makes one AppImage of the unpacked folder:
#   appimagetool recondesk-VERSION-ARCH.AppDir
set -euo pipefail
[ $# = 2 ] || { sed -n 3p "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")

version=$("$program" --version | cut -d' ' -f2)
name=recondesk-$version-$(uname -m).AppDir
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
root=$work/$name
mkdir "$root"
"$here/stage.sh" "$program" "$root"

# What an AppDir has at its top: the menu entry, the icon, and what is run.
install -m644 "$here/recondesk.desktop" "$root/recondesk.desktop"
install -m644 "$here/icon.svg" "$root/recondesk.svg"
ln -s recondesk.svg "$root/.DirIcon"
cat >"$root/AppRun" <<'RUN'
#!/bin/sh
# Runs the program that lies beside it, wherever the folder lies.
here=$(dirname "$(readlink -f "$0")")
exec "$here/usr/bin/recondesk" "$@"
RUN
chmod 755 "$root/AppRun"

# The same inputs give the same bytes: entries by name, owned by root, of the date that is given.
archive=$out/$name.tar.gz
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" -cf - "$name" | gzip -9n >"$archive"
echo "$archive"
