#!/usr/bin/env python3
"""Exports the books of an invented shop and reads them back with DuckDB and pyarrow.

Rows, sums, numbers, days and types must be those that went in. Needs duckdb and pyarrow; `just interop` installs them.
"""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import duckdb
import pyarrow
import pyarrow.compute
import pyarrow.dataset

MCH_ID = "1900000109"
DAY = datetime.date(2026, 3, 8)
HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
FOOT = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02}"


def orders():
    """Number, fen and moment of 3,000 payments: numbers with leading zeros and Chinese signs, from the first second on."""
    start = datetime.datetime(2026, 3, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    for nth in range(3000):
        number = f"订单-{nth}" if nth % 7 == 0 else f"{nth:028}"
        yield number, 100 + nth * 37 % 99_991, start + datetime.timedelta(seconds=28 * nth + 1)


def files(folder):
    """The shop's export, with one unpaid order that has no time, and the bill."""
    lines = ["商户订单号,实付金额,订单状态,付款时间"]
    bill = ["\ufeff" + HEAD]
    total = fees = 0
    for nth, (number, fen, at) in enumerate(orders()):
        time = at.strftime("%Y-%m-%d %H:%M:%S")
        lines.append(f"{number},{yuan(fen)},已付款,{time}")
        fee = (fen * 6 + 500) // 1000 * 1000
        cells = [
            time, "wx2b8c40d1e7a3f7c1", MCH_ID, "0", "", f"42000027812026030800000{nth:05}", number, "oUp4u5Xk", "JSAPI",
            "SUCCESS", "OTHERS", "CNY", yuan(fen), "0.00", "0", "0", "0.00", "0.00", "", "", "茶", "", f"{fee / 100_000:.5f}",
            "0.60%", yuan(fen), "0.00", "",
        ]
        bill.append(",".join("`" + cell for cell in cells))
        total, fees = total + fen, fees + fee
    lines.append("N0,3.00,待付款,")
    bill.append(FOOT)
    sums = ["3000", yuan(total), "0.00", "0.00", f"{fees / 100_000:.5f}", yuan(total), "0.00"]
    bill.append(",".join("`" + cell for cell in sums))
    (folder / "orders.csv").write_text("\n".join(lines) + "\n")
    (folder / "bill.csv").write_text("\r\n".join(bill) + "\r\n")
    return total, fees


def export(program, folder):
    def run(*arguments):
        command = [program, "--lang", "en", "--workspace", folder / "workspace", *arguments]
        ended = subprocess.run(command, env={**os.environ, "RECONDESK_PASSPHRASE": "for tests only"}, capture_output=True, text=True)
        assert ended.returncode == 0, f"{arguments}: {ended.returncode}\n{ended.stdout}{ended.stderr}"

    sums = files(folder)
    run("profile", "add", "老店", "--mch-id", MCH_ID)
    run("orders", "import", folder / "orders.csv", "--profile", "老店")
    run("bill", "import", folder / "bill.csv", "--profile", "老店")
    run("reconcile", "--profile", "老店", "--date", str(DAY))
    run("books", "export", "--out", folder / "out")
    return sums


def of_duckdb(out, total, fees, manifest):
    tables = manifest["tables"]
    for table, told in tables.items():
        source = f"read_parquet('{out}/{table}/**/*.parquet', hive_partitioning = true)"
        sums = ", ".join(f"coalesce(sum({name}), 0)::BIGINT" for name in told["sums"])
        found = duckdb.sql(f"SELECT count(*), {sums} FROM {source}").fetchall()[0]
        assert list(found) == [told["rows"], *told["sums"].values()], (table, found, told)
    payments = f"read_parquet('{out}/bill_payments/**/*.parquet', hive_partitioning = true)"
    found = duckdb.sql(f"SELECT sum(amount_fen)::BIGINT, sum(fee_yuan_x100000)::BIGINT FROM {payments}").fetchall()[0]
    assert found == (total, fees), found
    everything = f"read_parquet('{out}/orders/**/*.parquet', hive_partitioning = true)"
    types = dict(duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {everything})").fetchall())
    wanted = {
        "out_trade_no": "VARCHAR", "amount_fen": "BIGINT", "paid_at": "TIMESTAMP WITH TIME ZONE", "paid_day": "DATE",
        "is_cny": "BOOLEAN", "merchant": "VARCHAR", "day": "DATE",
    }
    assert {name: types[name] for name in wanted} == wanted, types
    joined = duckdb.sql(f"SELECT count(*) FROM {everything} o JOIN {payments} p USING (mch_id, out_trade_no)").fetchall()[0]
    assert joined == (3000,), joined
    days = duckdb.sql(f"SELECT paid_day, day, count(*) FROM {everything} GROUP BY ALL ORDER BY 3").fetchall()
    assert days == [(None, None, 1), (DAY, DAY, 3000)], days


def of_pyarrow(out, total, manifest):
    read = lambda table: pyarrow.dataset.dataset(out / table, format="parquet", partitioning="hive").to_table()
    for table, told in manifest["tables"].items():
        rows = read(table)
        assert rows.num_rows == told["rows"], (table, rows.num_rows)
        for name, sum_ in told["sums"].items():
            assert (pyarrow.compute.sum(rows[name]).as_py() or 0) == sum_, (table, name)
    rows = read("orders")
    types = {name: str(rows.schema.field(name).type) for name in rows.schema.names}
    wanted = {
        "out_trade_no": "string", "amount_fen": "int64", "paid_at": "timestamp[us, tz=UTC]", "paid_day": "date32[day]",
        "is_cny": "bool",
    }
    assert {name: types[name] for name in wanted} == wanted, types
    found = {row["out_trade_no"]: row for row in rows.to_pylist()}
    for number, fen, at in orders():
        row = found.pop(number)
        assert (row["amount_fen"], row["paid_at"], row["paid_day"]) == (fen, at, DAY), row
    (unpaid,) = found.values()
    assert (unpaid["out_trade_no"], unpaid["paid_at"], unpaid["beijing_day"]) == ("N0", None, None), unpaid
    assert pyarrow.compute.sum(rows["amount_fen"]).as_py() == total + 300


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        total, fees = export(program, folder)
        out = folder / "out"
        manifest = json.loads((out / "_manifest.json").read_text())
        of_duckdb(out, total, fees, manifest)
        of_pyarrow(out, total, manifest)
    print(f"DuckDB {duckdb.__version__} and pyarrow {pyarrow.__version__} read all six tables alike")


main()
