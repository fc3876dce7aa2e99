#!/usr/bin/env bash
# tablib 3.10.0 and pyexcel-ods 0.6.0 (PyPI): equal neighbours in an ODS are read once, so amounts move under other names and rows are gone.
#
# ODS stores a cell or a row that occurs several times in a row once, with a count; LibreOffice writes every list in this way.
# tablib passes over both counts: an order of 5.00 that was paid with 5.00 has the delivery fee where the paid amount belongs, and an empty last cell.
# pyexcel-ods repeats the cells but not the rows: of three equal rows of items one is left.
# Neither raises anything, and a list without equal neighbours comes out right, so a trial may show nothing.
# A merchant sees orders that were paid with another amount than WeChat Pay booked, and items that nobody sold.
# Both counts have to be followed by whoever reads ODS, as python-calamine 0.9.1 does.
#
# Seen (order, amount, paid, delivery fee), for ORDER1 5.00 5.00 0.80 and three equal rows of ORDER2 7.00 6.00 0.50:
#   calamine     ORDER1 5.0 5.0 0.8    ORDER2 7.0 6.0 0.5, three times
#   tablib       ORDER1 5.0 0.8 (none) ORDER2 7.0 6.0 0.5, once
#   pyexcel-ods  ORDER1 5.0 5.0 0.8    ORDER2 7.0 6.0 0.5, once
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check tablib==3.10.0 odfpy==1.4.1 pyexcel-ods==0.6.0 python-calamine==0.9.1

cat >show.py <<'PY'
import pyexcel_ods, python_calamine, tablib
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

def text(value):
    cell = TableCell(valuetype="string")
    cell.addElement(P(text=value))
    return cell

def number(value, times=1):
    cell = TableCell(valuetype="float", value=str(value), numbercolumnsrepeated=times)
    cell.addElement(P(text=str(value)))
    return cell

book = OpenDocumentSpreadsheet()
table = Table(name="orders")
book.spreadsheet.addElement(table)
for times, cells in [
    (1, [text("order"), text("amount"), text("paid"), text("delivery")]),
    (1, [text("ORDER1"), number(5.0, times=2), number(0.8)]),
    (3, [text("ORDER2"), number(7.0), number(6.0), number(0.5)]),
]:
    row = TableRow(numberrowsrepeated=times)
    for cell in cells:
        row.addElement(cell)
    table.addElement(row)
book.save("orders.ods")

whole = python_calamine.load_workbook("orders.ods").get_sheet_by_index(0).to_python()[1:]
with open("orders.ods", "rb") as file:
    read = [list(row) for row in tablib.Dataset().load(file.read(), format="ods")]
ods = pyexcel_ods.get_data("orders.ods")["orders"][1:]
print("calamine:", whole)
print("tablib:", read)
print("pyexcel-ods:", ods)
first, second = ["ORDER1", 5.0, 5.0, 0.8], ["ORDER2", 7.0, 6.0, 0.5]
assert whole == [first, second, second, second], whole
assert read == [["ORDER1", 5.0, 0.8, ""], second], read
assert ods == [first, second], ods
PY
python/bin/python show.py
