#!/usr/bin/env bash
# wechatpy 1.8.18 (PyPI): a time that knows its zone is sent with the digits of that zone, hours off from Beijing.
#
# APIv2 takes time_expire as fourteen digits of Beijing time.
# order.create() computes its own default in Asia/Shanghai, but prints a datetime of the caller as it is, also when it carries UTC.
# A server in UTC that lets a code live for two hours sends an end six hours in the past: refused, or a code that nobody can pay.
# One east of Beijing sends an end that is too late, and a customer pays an order that the shop has given up: paid and not delivered.
#
# Seen, created at 14:07:09 Beijing time, for one and the same moment 16:07:09 Beijing time:
#   no time_expire            20260305160709
#   datetime in Asia/Shanghai 20260305160709
#   datetime in UTC           20260305080709
#   datetime in Asia/Tokyo    20260305170709
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check wechatpy==1.8.18 xmltodict==1.0.4 cryptography==50.0.2 tzdata==2026.6

cat >show.py <<'PY'
import datetime, zoneinfo
from unittest import mock
import xmltodict
from wechatpy.pay import WeChatPay

class Answer:
    text = "<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code></xml>"

    def raise_for_status(self):
        pass

sent = []

def send(method, url, data, **_):
    sent.append(xmltodict.parse(data)["xml"]["time_expire"])
    return Answer()

client = WeChatPay("wx0000000000000000", "0123456789abcdef0123456789abcdef", "1900000001")
client._http.request = send
end = datetime.datetime(2026, 3, 5, 16, 7, 9, tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai"))
for zone in (None, "Asia/Shanghai", "UTC", "Asia/Tokyo"):
    moment = end.astimezone(zoneinfo.ZoneInfo(zone)) if zone else None
    assert moment is None or moment == end
    with mock.patch("time.time", return_value=1772690829.0):
        client.order.create("NATIVE", "tea", 1230, "https://shop.invalid/notify", client_ip="127.0.0.1", out_trade_no="ORDER1", time_expire=moment)
    print(zone, sent[-1])
assert sent == ["20260305160709", "20260305160709", "20260305080709", "20260305170709"], sent
PY
python/bin/python show.py
