#!/usr/bin/env bash
# tablib 3.10.0 and openpyxl 3.1.5 read-only (PyPI): of a workbook by excelize 0.1.0 one cell is read, or the lines of the template and no order.
#
# A sheet may say in an element of its own how far it goes (dimension). It is a hint that a writer may leave out, and that one who adds rows has to renew.
# Excelize, by which shop systems in Go make their exports (the package is that library for Python), writes A1 for every new sheet, however much is in it,
# and keeps the old place in a workbook that it opened and filled. Excel and most readers go by the cells and show everything.
# openpyxl, opened read-only as one does with large files, takes the hint for the truth and ends there. tablib, by which web shops import lists, opens it in this way.
# Nothing is raised: the list has one column and no rows, or the first line of a template filled with a day of orders, and the import reports success.
# pandas 3.1.1 reads all, also by openpyxl, since it throws the hint away first (reset_dimensions), so two imports of one file differ.
# Payments of all other orders then belong to nobody. Here a reader goes by the cells alone.
#
# Seen, for a list of three orders, and for a template with one, to which four were added:
#                        the list                      the template
#   dimension            A1                            A1:B2
#   tablib               columns ["order"], no rows    ORDER1
#   openpyxl read-only   one cell                      ORDER1
#   openpyxl, pandas     ORDER1 ORDER2 ORDER3          ORDER1 to ORDER5
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check excelize==0.1.0 "tablib[xlsx]==3.10.0" openpyxl==3.1.5 pandas==3.1.1

cat >show.py <<'PY'
import re
import zipfile

import excelize
import openpyxl
import pandas
import tablib


def append(book, first, last):
    for number in range(first, last + 1):
        book.set_sheet_row("Sheet1", f"A{number + 1}", [f"ORDER{number}", number * 1.5])


book = excelize.new_file()
book.set_sheet_row("Sheet1", "A1", ["order", "paid"])
append(book, 1, 3)
book.save_as("list.xlsx")

template = openpyxl.Workbook()
template.active.title = "Sheet1"
template.active.append(["order", "paid"])
template.active.append(["ORDER1", 1.5])
template.save("template.xlsx")
book = excelize.open_file("template.xlsx")
append(book, 2, 5)
book.save_as("filled.xlsx")


def look(name):
    sheet = zipfile.ZipFile(name).read("xl/worksheets/sheet1.xml").decode("utf-8")
    with open(name, "rb") as file:
        listed = tablib.Dataset().load(file, "xlsx")
    hasty = openpyxl.load_workbook(name, read_only=True)
    seen = {
        "dimension": re.search(r'<dimension ref="([^"]*)"', sheet)[1],
        "tablib": (listed.headers, [row[0] for row in listed]),
        "read-only": [list(row) for row in hasty.active.values],
        "openpyxl": [row[0] for row in openpyxl.load_workbook(name).active.values][1:],
        "pandas": list(pandas.read_excel(name)["order"]),
    }
    hasty.close()
    for reader, what in seen.items():
        print(f"{name:12} {reader:10} {what}")
    return seen


assert look("list.xlsx") == {
    "dimension": "A1",
    "tablib": (["order"], []),
    "read-only": [["order"]],
    "openpyxl": ["ORDER1", "ORDER2", "ORDER3"],
    "pandas": ["ORDER1", "ORDER2", "ORDER3"],
}
five = [f"ORDER{number}" for number in range(1, 6)]
assert look("filled.xlsx") == {
    "dimension": "A1:B2",
    "tablib": (["order", "paid"], ["ORDER1"]),
    "read-only": [["order", "paid"], ["ORDER1", 1.5]],
    "openpyxl": five,
    "pandas": five,
}
PY
python/bin/python show.py
