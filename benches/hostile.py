#!/usr/bin/env python3
"""Feeds files made to hurt to every command that reads one, and measures what they cost.

usage: benches/hostile.py [--mb 64] [--limit-mb 512] [--seconds 60] [--only NAME] [--command WORD] [--keep DIR]
Needs `cargo build --release --bins` first. Each file is about --mb megabytes as it lies on the disk; bombs
unpack to gigabytes. A command passes when it ends by itself with a documented exit code and a message, within
the limits of memory and processor time, and a refusal leaves nothing in the workspace (a quarantined bill is
kept on purpose). Exits 1 when any command fails.
"""
import argparse
import gzip
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RELEASE = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release")
BIN = os.environ.get("RECONDESK", os.path.join(RELEASE, "recondesk"))
PIECE = 1 << 20

BILL = ("\ufeff交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
        "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
        "手续费,费率,订单金额,申请退款金额,费率备注")
BILL_END = ("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
            "`1,`1.00,`0.00,`0.00,`0.00000,`1.00,`0.00\r\n")
ORDERS = "out_trade_no,amount,pay_status,created_at,paid_at"


def bill_row(at, state="SUCCESS", goods="会员月卡", extra=""):
    return (f"`2026-03-08 10:00:00,`wx2421b1c4370ec43b,`1900000109,`0,`WEB,`4200002{at:021d},`QH{at:012d},`oUpF8u,"
            f"`JSAPI,`{state},`CMB_DEBIT,`CNY,`1.00,`0.00,`0,`0,`0.00,`0.00,`,`,`{goods},`,`0.00000,`0.60%,`1.00,"
            f"`0.00,`{extra}\r\n")


def order_row(at, amount="1.00", state="paid"):
    return f"QH{at:012d},{amount},{state},2026-03-08 10:00:00,2026-03-08 10:00:05\n"


def repeated(piece):
    """One piece again and again, up to the size asked for."""
    def write(out, size):
        whole = piece * (PIECE // len(piece) + 1)
        done = 0
        while done < size:
            done += out.write(whole)
    return write


def rows(head, row, end=""):
    """A head, then rows by their numbers up to the size asked for, then an end."""
    def write(out, size):
        done = out.write(head.encode())
        at = 0
        while done < size:
            text = "".join(row(n) for n in range(at, at + 5000))
            at += 5000
            done += out.write(text.encode())
        out.write(end.encode())
    return write


def after(head, piece):
    """A good head, then one piece for ever."""
    def write(out, size):
        out.write(head.encode())
        repeated(piece)(out, size)
    return write


def noise(seed, head=b"", low=0, high=255):
    def write(out, size):
        dice = random.Random(seed)
        out.write(head)
        table = bytes(low + n % (high - low + 1) for n in range(256))
        done = 0
        while done < size:
            done += out.write(dice.randbytes(PIECE).translate(table))
    return write


def gz_bomb(head, piece, factor=100):
    """One gzip member that unpacks to `factor` times the size of the other files."""
    def write(out, size):
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        out.write(packer.compress(head.encode()))
        block = piece * (PIECE // len(piece) + 1)
        for _ in range(size * factor // len(block)):
            out.write(packer.compress(block))
        out.write(packer.flush())
    return write


def gz_nested(out, size):
    """Gzip of gzip of zeros."""
    inner = tempfile.TemporaryFile()
    gz_bomb("", b"\0", 50)(inner, size)
    inner.seek(0)
    with gzip.GzipFile(fileobj=out, mode="wb") as outer:
        shutil.copyfileobj(inner, outer)


def columns(count_of):
    """A header, and one row, of millions of columns."""
    def write(out, size):
        for part in (lambda n: f"c{n}", lambda n: "1"):
            done = at = 0
            while done < size // 2:
                done += out.write(",".join(part(n) for n in range(at, at + 5000)).encode() + b",")
                at += 5000
            out.write(b"\n")
    return write


def bill_columns(out, size):
    """A bill with millions of columns that nobody knows."""
    out.write((BILL + ",").encode())
    at = done = 0
    while done < size:
        done += out.write((",".join(f"未知{n}" for n in range(at, at + 5000)) + ",").encode())
        at += 5000
    out.write(b"\r\n" + bill_row(1).encode() + BILL_END.encode())


def utf16(out, size):
    text = (ORDERS + "\n" + "".join(order_row(n) for n in range(20_000))).encode("utf-16-le")
    out.write(b"\xff\xfe")
    done = 0
    while done < size:
        done += out.write(text)
    out.write(b"\xd8")


def gbk_cut(out, size):
    """GB18030 with every character of the goods cut in half."""
    out.write("商户订单号,订单金额,支付状态,创建时间\n".encode("gb18030"))
    row = b"QH%012d,1.00,\xd2\xd1\xd6,2026-03-08 10:00:00\xb6\n"
    at = done = 0
    while done < size:
        done += out.write(b"".join(row % n for n in range(at, at + 5000)))
        at += 5000


SHEET_HEAD = ('<?xml version="1.0" encoding="UTF-8"?><worksheet '
              'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
HEAD_ROW = "<row r=\"1\">" + "".join(
    f'<c r="{chr(65 + n)}1" t="inlineStr"><is><t>{name}</t></is></c>'
    for n, name in enumerate(ORDERS.split(","))) + "</row>"


def xlsx(sheet=None, strings=None, names=1, pack=zipfile.ZIP_DEFLATED):
    """A workbook whose sheet or shared strings are streams of pieces."""
    def write(out, size):
        with zipfile.ZipFile(out, "w", pack, compresslevel=1) as book:
            book.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org'
                          '/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
                          'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
                          '"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
                          'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>')
            book.writestr("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/'
                          'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
                          'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
            with book.open("xl/workbook.xml", "w") as part:
                part.write(b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
                           b'2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
                           b"<sheets>")
                for n in range(1, names + 1):
                    part.write(f'<sheet name="s{n}" sheetId="{n}" r:id="rId{1 if names == 1 else n}"/>'.encode())
                part.write(b"</sheets></workbook>")
            book.writestr("xl/_rels/workbook.xml.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.'
                          'openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.'
                          'openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/'
                          'sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/'
                          '2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
            if strings:
                with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
                    strings(part, size)
            with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
                part.write((SHEET_HEAD + HEAD_ROW).encode())
                (sheet or (lambda part, size: None))(part, size)
                part.write(b"</sheetData></worksheet>")
    return write


def times(factor, write):
    """The same, larger: what packs well."""
    return lambda out, size: write(out, size * factor)


def many_strings(part, size):
    dice = random.Random(7)
    part.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
    done = 0
    while done < size * 3:
        text = dice.randbytes(20 * 5000).hex()
        done += part.write("".join(f"<si><t>{text[n:n + 12]}</t></si>" for n in range(0, 60_000, 12)).encode())
    part.write(b"</sst>")


def one_string(part, size):
    part.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>')
    repeated(b"a")(part, size * 12)
    part.write(b"</t></si></sst>")


def wide_row(part, size):
    part.write(b'<row r="2">')
    repeated(b"<c><v>1</v></c>")(part, size * 6)
    part.write(b"</row>")


def sheet_rows(part, size):
    at, done = 2, 0
    while done < size * 6:
        done += part.write("".join(
            f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>QH{n:012d}</t></is></c><c r="B{n}"><v>-1.234</v></c></row>'
            for n in range(at, at + 5000)).encode())
        at += 5000


def damaged(out, size):
    """A workbook of orders, good for most of its rows, then with a changed byte every few thousand."""
    xlsx(many_orders)(out, size)
    dice = random.Random(9)
    for at in range(out.tell() * 3 // 4, out.tell() - (1 << 16), 4096):
        out.seek(at)
        out.write(dice.randbytes(1))


def many_orders(part, size):
    """As many rows as a sheet holds, of texts that do not pack."""
    dice = random.Random(8)
    for at in range(2, 1_000_000, 5000):
        text = dice.randbytes(40 * 5000).hex()
        part.write("".join(
            f'<row r="{at + n}"><c t="inlineStr"><is><t>{text[80 * n:80 * n + 30]}</t></is></c><c><v>1</v></c>'
            f'<c t="inlineStr"><is><t>paid</t></is></c><c t="inlineStr"><is><t>2026-03-08 10:00:00</t></is></c>'
            f'<c t="inlineStr"><is><t>{text[80 * n + 30:80 * n + 80]}</t></is></c></row>'
            for n in range(5000)).encode())


def smaller(write):
    """A little less than asked for: what is refused by its size alone tells nothing."""
    return lambda out, size: write(out, size - size // 16)


def deep(opening):
    return lambda out, size: repeated(opening)(out, size)


NOTICE = ("<xml><appid>wx2421b1c4370ec43b</appid><mch_id>1900000109</mch_id><nonce_str>n</nonce_str><out_trade_no>QH{}"
          "</out_trade_no><result_code>SUCCESS</result_code><return_code>SUCCESS</return_code><total_fee>1</total_fee>"
          "<transaction_id>4200002{}</transaction_id><sign>0</sign></xml>\n")

NOTICE_V3 = ('{{"headers":{{"Wechatpay-Serial":"AB","Wechatpay-Timestamp":"1","Wechatpay-Nonce":"n","Wechatpay-Signature":'
             '"QUJD"}},"body":"{{\\"id\\":\\"{}\\",\\"event_type\\":\\"TRANSACTION.SUCCESS\\",\\"resource\\":{{}}}}"}}\n')

FILES = {
    "no-line-end": ("csv", repeated(b"a")),
    "commas": ("csv", repeated(b",")),
    "quotes": ("csv", repeated(b'"')),
    "backticks": ("csv", repeated(b"`")),
    "nul": ("csv", repeated(b"\0")),
    "line-ends": ("csv", repeated(b"\n")),
    "spaces": ("csv", repeated(b" ")),
    "random": ("csv", noise(1)),
    "high-bytes": ("csv", noise(2, low=128)),
    "utf16-noise": ("csv", noise(3, b"\xff\xfe")),
    "utf16-orders": ("csv", utf16),
    "gbk-cut": ("csv", gbk_cut),
    "columns": ("csv", columns(1_000_000)),
    "orders-no-end": ("csv", after(ORDERS + "\n" + order_row(1), b"a")),
    "orders-open-quote": ("csv", after(ORDERS + "\n" + order_row(1) + '"', b"a,b\n")),
    "orders-rejects": ("csv", rows(ORDERS + "\n", lambda n: order_row(n, amount="-1.234"))),
    "orders-words": ("csv", rows(ORDERS + "\n", lambda n: order_row(n, state=f"STATE{n}"))),
    "orders-one-number": ("csv", rows(ORDERS + "\n", lambda n: order_row(1, amount=f"{n}.00"))),
    "orders-days": ("csv", rows(ORDERS + "\n", lambda n: order_row(n).replace(
        "2026-03-08", f"{1980 + n % 100:04d}-{1 + n // 100 % 12:02d}-{1 + n // 1200 % 28:02d}"))),
    "bill-no-end": ("csv", after(BILL + "\r\n" + bill_row(1), b"`a")),
    "bill-no-summary": ("csv", rows(BILL + "\r\n", bill_row)),
    "bill-columns": ("csv", bill_columns),
    "bill-words": ("csv", rows(BILL + "\r\n", lambda n: bill_row(n, state=f"STATE{n}"), BILL_END)),
    "bill-cells": ("csv", rows(BILL + "\r\n", lambda n: bill_row(n, extra="," * 40), BILL_END)),
    "bill-one-number": ("csv", rows(BILL + "\r\n", lambda n: bill_row(1), BILL_END)),
    "gz-zeros": ("csv.gz", gz_bomb("", b"\0")),
    "gz-bill": ("csv.gz", gz_bomb(BILL + "\r\n", bill_row(1).encode())),
    "gz-bill-no-end": ("csv.gz", gz_bomb(BILL + "\r\n" + bill_row(1), b"`a")),
    "gz-gz": ("csv.gz", gz_nested),
    "xlsx-zeros": ("xlsx", xlsx(times(30, repeated(b"\0")))),
    "xlsx-rows": ("xlsx", xlsx(times(20, repeated(b"<row/>")))),
    "xlsx-wide-row": ("xlsx", xlsx(wide_row)),
    "xlsx-bad-rows": ("xlsx", xlsx(sheet_rows)),
    "xlsx-strings": ("xlsx", xlsx(strings=many_strings)),
    "xlsx-one-string": ("xlsx", xlsx(strings=one_string)),
    "xlsx-deep": ("xlsx", xlsx(times(6, deep(b"<a>")))),
    "xlsx-deep-strings": ("xlsx", xlsx(strings=times(6, deep(b"<a>")))),
    "xlsx-damaged": ("xlsx", damaged),
    "xlsx-sheets": ("xlsx", xlsx(names=1_000_000)),
    "zip-noise": ("xlsx", noise(4, b"PK\x03\x04")),
    "xml-deep": ("xml", smaller(deep(b"<a>"))),
    "xml-one-value": ("xml", after("<xml><out_trade_no><![CDATA[", b"a")),
    "xml-fields": ("xml", rows("<xml>", lambda n: f"<f{n}>1</f{n}>", "</xml>")),
    "xml-entities": ("xml", after('<!DOCTYPE x [<!ENTITY a "b">]><xml><a>', b"&a;")),
    "xml-notices": ("log", smaller(rows("", lambda n: NOTICE.format(n, n)))),
    "json-notices": ("log", smaller(rows("", NOTICE_V3.format))),
    "json-deep": ("json", smaller(repeated(b"["))),
    "json-objects": ("json", smaller(repeated(b'{"a":'))),
    "json-string": ("json", smaller(after('{"id":"', b"a"))),
    "numbers": ("txt", rows("", lambda n: f"QH{n:012d}\n")),
}


def commands(file, folder, empty):
    common = ["--lang", "en"]
    shop = ["--profile", "shop"]
    key = os.path.join(empty, "key")
    return {
        "bill check": ["bill", "check", file, *common],
        "bill import": ["bill", "import", file, *shop, *common],
        "orders import": ["orders", "import", file, *shop, *common, "--rejects", os.path.join(folder, "rejects.csv")],
        "orders preview": ["orders", "import", file, *shop, *common, "--dry-run"],
        "refunds import": ["refunds", "import", file, *shop, *common],
        "notify import": ["notify", "import", file, *shop, *common],
        "query --list": ["query", "--list", file, *shop, "--live", *common],
        "explain v2": ["explain", "v2", file, "--key-file", key, *common],
        "explain v3": ["explain", "v3", file, "--key-file", key, *common],
        "explain-error": ["explain-error", file, *common],
    }


def stored(workspace):
    """Every file that holds data, but for the log."""
    out = {}
    for folder, _, names in os.walk(workspace):
        for name in names:
            path = os.path.join(folder, name)
            kind = os.path.relpath(path, workspace)
            if kind.startswith(("archive", "books", "tmp", "scratch")) or name.endswith((".raw", ".seg", ".tmp")):
                out[kind] = os.path.getsize(path)
    return out


def run(command, seconds):
    """Exit code or None on time-out, processor seconds, peak megabytes, what it said."""
    environment = {**os.environ, "KEY": "8934e7d15453e97507ef794cf7b0519d", "RECONDESK_PASSPHRASE": "x"}
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment)
        killer = threading.Timer(3 * seconds, process.kill)
        killer.start()
        _, status, usage = os.wait4(process.pid, 0)
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        size = said.seek(0, 2)
        said.seek(max(0, size - 4000))
        text = said.read().decode(errors="replace")
    spent = usage.ru_utime + usage.ru_stime
    late = spent > seconds or (process.returncode < 0 and wall >= 3 * seconds)
    return None if late else process.returncode, spent, usage.ru_maxrss // 1024, text, size


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=int, default=64)
    parser.add_argument("--limit-mb", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=60, help="of the processor; three times as many by the clock")
    parser.add_argument("--only")
    parser.add_argument("--command")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--keep")
    args = parser.parse_args()
    folder = args.keep or tempfile.mkdtemp(prefix="recondesk-hostile-")
    empty = tempfile.mkdtemp(prefix="recondesk-hostile-key-")
    with open(os.path.join(empty, "key"), "w") as key:
        key.write("8934e7d15453e97507ef794cf7b0519d")
    os.makedirs(folder, exist_ok=True)
    failed = most = slowest = count = 0
    for name, (ending, write) in FILES.items():
        if args.only and args.only not in name:
            continue
        file = os.path.join(folder, f"{name}.{ending}")
        if not os.path.exists(file):
            with open(file, "wb") as out:
                write(out, args.mb << 20)
        for what, command in commands(file, folder, empty).items():
            if args.command and args.command not in what:
                continue
            workspace = os.path.join(folder, "workspace")
            shutil.rmtree(workspace, ignore_errors=True)
            place = ["--workspace", workspace]
            subprocess.run([BIN, *place, "profile", "add", "shop", "--mch-id", "1900000109", "--gateway",
                            "http://127.0.0.1:9"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            subprocess.run([BIN, *place, "profile", "set-key", "shop", "v2", "--from-env", "KEY"], stdout=subprocess.
                           DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "KEY":
                           "8934e7d15453e97507ef794cf7b0519d", "RECONDESK_PASSPHRASE": "x"})
            before = stored(workspace)
            code, spent, peak, text, size = run([BIN, *place, *command], args.seconds)
            count += 1
            most, slowest = max(most, peak), max(slowest, spent)
            faults = []
            if code is None:
                faults.append("does not end")
            elif code < 0 or code > 6:
                faults.append(f"exit {code}")
            if "panicked" in text or "A fault of the program" in text:
                faults.append("panic")
            if peak > args.limit_mb:
                faults.append("memory")
            if not text.strip():
                faults.append("says nothing")
            if code not in (0, 1) and "quarantined" not in text and stored(workspace) != before:
                faults.append("left something")
            failed += bool(faults)
            line = " ".join(text.split())
            said = f"{line[:150]} … {line[-80:]}" if len(line) > 240 else line
            print(f"{name:18} {what:15} exit {code} {spent:6.2f} s {peak:5} MB {size:9} B  {', '.join(faults) or 'ok'}"
                  + (f"   {said}" if args.verbose or faults else ""), flush=True)
        if not args.keep:
            os.remove(file)
    print(f"{count} runs, {failed} failed; most memory {most} MB, most processor time {slowest:.1f} s")
    if not args.keep:
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(empty, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
