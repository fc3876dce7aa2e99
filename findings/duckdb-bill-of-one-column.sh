#!/usr/bin/env bash
# DuckDB 2.0.1 (PyPI): a WeChat Pay bill becomes a table of one column, and naming the delimiter turns that into an error.
#
# The guess of the dialect wants rows of one width; the two lines of the summary at the end of a bill have seven cells, the others 20 or more.
# No delimiter fits, so the bar wins, which occurs nowhere, and each line is one value: no error, no warning, and a count that is two too high.
# With delim=',' in plain words the same guess gives up, and the message speaks of the dialect and not of the summary.
# null_padding=true takes the bill and leaves the summary in as two more rows; ignore_errors=true leaves out whatever has another width.
# Without the summary the guess is right, so a bill put together for a test does not show it.
# A bill too long for the sample of the guess does not show it either: it is read by its columns and refused at the summary.
#
# Seen, for a bill of three payments:
#   FROM 'bill.csv'                                            1 column, 5 rows
#   sniff_csv('bill.csv')                                      delimiter |
#   read_csv('bill.csv', delim=',')                            InvalidInputException
#   read_csv('bill.csv', all_varchar=true, null_padding=true)  20 columns, 5 rows
#   FROM 'without_summary.csv'                                 20 columns, 3 rows
#   the same bill with 25,000 payments                         InvalidInputException at line 25002, the summary
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check duckdb==2.0.1

cat >show.py <<'PY'
import re
import duckdb

columns = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注"
lines = [columns]
for place in (1, 2, 3):
    cells = [
        f"2026-03-05 14:07:0{place}", "wx0000000000000000", "1900000001", "0", "", f"420000278120260305123456789{place}", f"ORDER{place}",
        "o0000000000000000000000000000", "JSAPI", "SUCCESS", "OTHERS", "CNY", "12.30", "0.00", "茶叶", "", "0.07000", "0.60%", "12.30", "",
    ]
    lines.append(",".join("`" + cell for cell in cells))
summary = ["总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额", "`3.0,`36.90,`0.00,`0.0,`0.21,`36.90,`0.00"]
long = lines[:1] + lines[1:2] * 25_000 + summary
for name, text in (("bill.csv", lines + summary), ("without_summary.csv", lines), ("long.csv", long)):
    with open(name, "w", encoding="utf-8-sig", newline="\r\n") as file:
        print(*text, sep="\n", file=file)

def shape(source):
    try:
        table = duckdb.sql(f"SELECT * FROM {source}")
        found = (len(table.columns), len(table.fetchall()))
    except duckdb.InvalidInputException as error:
        line = re.search(r"CSV Error on Line: (\d+)", str(error))
        found = f"InvalidInputException at line {line[1]}" if line else "InvalidInputException"
    print(source, found)
    return found

delimiter = duckdb.sql("SELECT Delimiter FROM sniff_csv('bill.csv')").fetchall()[0][0]
print("sniff_csv:", delimiter)
assert delimiter == "|"
assert shape("'bill.csv'") == (1, 5)
assert shape("read_csv('bill.csv', delim=',')") == "InvalidInputException"
assert shape("read_csv('bill.csv', all_varchar=true, null_padding=true)") == (20, 5)
assert shape("'without_summary.csv'") == (20, 3)
assert shape("'long.csv'") == "InvalidInputException at line 25002"
PY
python/bin/python show.py
