#!/usr/bin/env bash
# polars 2.1.0 (PyPI): two goods names with an inch mark, and a lazy query of a WeChat Pay bill leaves payments out.
#
# A bill quotes nothing, so the mark in `2.5" 硬盘 is a sign like any other; it does not stand at the beginning of the cell either.
# polars counts every mark when it looks for the ends of lines, yet takes only one at the beginning of a cell for a quote.
# The lines between two marks run together: a query of one column answers without the payments in between and raises nothing.
# Only a reader of all columns notices ("CSV malformed"), so the same file is refused or shortened depending on the question.
# quote_char=None reads it whole. csv of Python, pandas and DuckDB are not touched by such a mark.
#
# Seen, for a bill of six payments, the second and the fourth with an inch mark:
#   scan_csv(...).select("商户订单号")                   ORDER1 ORDER2 ORDER5 ORDER6
#   scan_csv(...).select(polars.len())                   4
#   read_csv(...)                                        ComputeError: CSV malformed: expected 4 rows, actual 6 rows
#   scan_csv(..., quote_char=None).select("商户订单号")  ORDER1 ORDER2 ORDER3 ORDER4 ORDER5 ORDER6
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check polars==2.1.0

cat >show.py <<'PY'
import polars

columns = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注"
goods = ["茶叶", '2.5" 硬盘', "茶杯", '3.5" 硬盘', "水", "纸"]
with open("bill.csv", "w", encoding="utf-8-sig", newline="\r\n") as file:
    print(columns, file=file)
    for place, name in enumerate(goods, 1):
        cells = [
            f"2026-03-05 14:07:0{place}", "wx0000000000000000", "1900000001", "0", "", f"420000278120260305123456789{place}", f"ORDER{place}",
            "o0000000000000000000000000000", "JSAPI", "SUCCESS", "OTHERS", "CNY", "12.30", "0.00", name, "", "0.07000", "0.60%", "12.30", "",
        ]
        print(",".join("`" + cell for cell in cells), file=file)

def orders(**options):
    frame = polars.scan_csv("bill.csv", infer_schema=False, **options).select("商户订单号").collect()
    return [number.lstrip("`") for number in frame["商户订单号"]]

lazy = orders()
count = polars.scan_csv("bill.csv", infer_schema=False).select(polars.len()).collect().item()
try:
    polars.read_csv("bill.csv", infer_schema=False)
    whole = "read"
except polars.exceptions.ComputeError as error:
    whole = str(error).split(", in chunk")[0]
unquoted = orders(quote_char=None)
print("one column:", *lazy)
print("count:", count)
print("all columns:", whole)
print("one column, quote_char=None:", *unquoted)
assert lazy == ["ORDER1", "ORDER2", "ORDER5", "ORDER6"], lazy
assert count == 4
assert whole == "CSV malformed: expected 4 rows, actual 6 rows", whole
assert len(unquoted) == 6
PY
python/bin/python show.py
