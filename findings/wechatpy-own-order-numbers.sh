#!/usr/bin/env bash
# wechatpy 1.8.18 (PyPI): order numbers that the SDK makes up by itself repeat within a second.
#
# order.create() without out_trade_no makes one of merchant number, time to the second and a random number from 1000 to 10000.
# That is 9,001 numbers a second for all processes of the merchant: about one chance in two that two of 112 orders share one.
# WeChat Pay takes the second for the first order asked for again: refused when anything differs, one code for two customers when nothing does.
# In reconciliation it shows as two orders of the shop with one payment.
#
# Seen:
#   1000 orders of one second: fewer than 1000 numbers (939 in one run), all with the same 24 digits in front
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check wechatpy==1.8.18 xmltodict==1.0.4 cryptography==50.0.2

cat >show.py <<'PY'
from unittest import mock
import xmltodict
from wechatpy.pay import WeChatPay

class Answer:
    text = "<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code></xml>"

    def raise_for_status(self):
        pass

numbers = []

def send(method, url, data, **_):
    numbers.append(xmltodict.parse(data)["xml"]["out_trade_no"])
    return Answer()

client = WeChatPay("wx0000000000000000", "0123456789abcdef0123456789abcdef", "1900000001")
client._http.request = send
with mock.patch("time.time", return_value=1772690829.0):
    for _ in range(1000):
        client.order.create("NATIVE", "tea", 1230, "https://shop.invalid/notify", client_ip="127.0.0.1")
print(f"{len(numbers)} orders of one second: {len(set(numbers))} numbers, such as {numbers[0]}")
assert {number[:24] for number in numbers} == {"190000000120260305140709"}
assert all(1000 <= int(number[24:]) <= 10000 for number in numbers)
assert len(set(numbers)) < 1000
PY
python/bin/python show.py
