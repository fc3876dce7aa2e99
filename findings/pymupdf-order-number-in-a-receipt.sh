#!/usr/bin/env bash
# PyMuPDF 2.0 (PyPI): in a receipt that it writes with Noto Sans SC, ORDER1 is read back as ORDER盩, and a refund of -12.30 is no number any more.
#
# Receipts and reconciliation reports go to finance as PDF, where an order number is searched for, and copied from into the next mask.
# A PDF keeps glyphs, and beside them a table of the characters that they stand for. PyMuPDF makes it from the font, and not from the text that was written.
# In the Chinese Noto fonts the hyphen, the hyphen that does not break and the soft hyphen are one glyph, and so are the two blanks; the last of them wins.
# SHOP-2026-001 has another hyphen then and is not found, neither by PyMuPDF's own search; -12.30 with that hyphen is no number, or is read as 12.30.
# insert_htmlbox sets digits beside capitals in a form of their own, which no character leads to, and the table has an ideograph there.
# What is seen and printed is right, and so is the built-in font, so a look at the page shows nothing. fpdf2 2.8.7 with the same font gives back what was written.
# A report is to be read back by a program once before it is sent. Here the report is a workbook or CSV, in which a number is a number.
#
# Seen (written, read back by pypdf 7.1.1; search: how often PyMuPDF finds it on its own page):
#                                   insert_text                insert_htmlbox                fpdf2
#   SHOP-2026-001                   SHOP‑2026‑001 (search 0)   SHOP‑盪盨盪目‑盨盨盩 (search 0)  the same
#   ORDER1                          ORDER1 (search 1)          ORDER盩 (search 0)            the same
#   -12.30                          ‑12.30 (search 0)          ‑12.30 (search 0)             the same
#   4200002781202603051234567890    the same (search 1)        the same (search 1)           the same
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{}' >package.json
npm install --silent --no-audit --no-fund @expo-google-fonts/noto-sans-sc@0.4.3
python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check pymupdf==2.0 fpdf2==2.8.7 pypdf==7.1.1

cat >show.py <<'PY'
import logging

import pymupdf
import pypdf
from fpdf import FPDF

logging.getLogger("pypdf").setLevel(logging.CRITICAL)
pymupdf.TOOLS.mupdf_display_errors(False)
FONT = "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"


def read_back(name):
    return pypdf.PdfReader(name).pages[0].extract_text().strip()


def by_pymupdf(text, boxed):
    book = pymupdf.open()
    page = book.new_page()
    if boxed:
        style = f"@font-face {{font-family: noto; src: url({FONT});}} * {{font-family: noto;}}"
        page.insert_htmlbox(page.rect, text, css=style, archive=pymupdf.Archive("."))
    else:
        page.insert_text((72, 72), text, fontname="noto", fontfile=FONT)
    found = len(page.search_for(text))
    book.save("page.pdf")
    return read_back("page.pdf"), found


def by_fpdf2(text):
    book = FPDF()
    book.add_font("noto", fname=FONT)
    book.add_page()
    book.set_font("noto", size=11)
    book.text(20, 20, text)
    book.output("page.pdf")
    return read_back("page.pdf")


HYPHEN = "\u2011"
cases = [
    ("SHOP-2026-001", (f"SHOP{HYPHEN}2026{HYPHEN}001", 0), (f"SHOP{HYPHEN}盪盨盪目{HYPHEN}盨盨盩", 0)),
    ("ORDER1", ("ORDER1", 1), ("ORDER盩", 0)),
    ("-12.30", (f"{HYPHEN}12.30", 0), (f"{HYPHEN}12.30", 0)),
    ("4200002781202603051234567890", ("4200002781202603051234567890", 1), ("4200002781202603051234567890", 1)),
]
for text, plain, boxed in cases:
    seen = by_pymupdf(text, False), by_pymupdf(text, True), by_fpdf2(text)
    print(text, *seen, sep=" | ")
    assert seen == (plain, boxed, text), seen
assert float("-12.30") == -12.3
try:
    float(by_pymupdf("-12.30", False)[0])
    raise SystemExit("the refund is a number again")
except ValueError as error:
    print("float(...) of the refund:", error)
PY
python/bin/python show.py
