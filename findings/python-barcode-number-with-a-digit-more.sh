#!/usr/bin/env bash
# python-barcode 0.16.1 (PyPI): the bar code of a payment number holds a digit more, and that of an order other letters.
#
# Code 39 has an optional check character, and here it is on unless add_checksum=False is said. Scanners read it as a part of the number, as they must: nothing in the code tells it apart.
# To 28 digits of a payment it may well be a digit, so a number of 29 digits that looks right is scanned at the till. To an order it is mostly a letter.
# Small letters become capitals without a word, and WeChat Pay tells the two apart: the order is unknown, or another one.
# ITF, the code of cartons, has an even number of digits; an order number of eleven gets a zero in front.
# Code 128 holds every sign that an order number may have, and is right. It is the one to take, and each kind is to be tried with a scanner.
# A number that was scanned and is unknown is looked up here as it is, never without its ends: a shorter one may belong to somebody else.
#
# Seen, read back by zxing-cpp 3.1.1 from the picture (number: Code 39, ITF, Code 128):
#   4200002781202603051234567890  42000027812026030512345678901  4200002781202603051234567890  the same
#   20260305001                   20260305001J                   020260305001                  the same
#   a2026x1                       A2026X1B                       (refused)                     the same
#   with add_checksum=False, Code 39 of the first is the same, and of the last A2026X1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check python-barcode==0.16.1 pillow==13.0.0 zxing-cpp==3.1.1

cat >show.py <<'PY'
import io

import barcode
import zxingcpp
from barcode.errors import IllegalCharacterError
from barcode.writer import ImageWriter
from PIL import Image


def scanned(kind, number, **options):
    try:
        code = barcode.get_barcode_class(kind)(number, writer=ImageWriter(), **options)
    except IllegalCharacterError:
        return "refused"
    picture = io.BytesIO()
    code.write(picture, options={"module_width": 0.4, "dpi": 200})
    picture.seek(0)
    found = zxingcpp.read_barcodes(Image.open(picture).convert("L"))
    assert len(found) == 1, found
    return found[0].text


for number, code39, itf in [
    ("4200002781202603051234567890", "42000027812026030512345678901", "4200002781202603051234567890"),
    ("20260305001", "20260305001J", "020260305001"),
    ("a2026x1", "A2026X1B", "refused"),
]:
    seen = [scanned(kind, number) for kind in ("code39", "itf", "code128")]
    print(number, *seen)
    assert seen == [code39, itf, number], seen
without = [scanned("code39", number, add_checksum=False) for number in ("4200002781202603051234567890", "a2026x1")]
print("add_checksum=False", *without)
assert without == ["4200002781202603051234567890", "A2026X1"], without
PY

python/bin/python show.py
