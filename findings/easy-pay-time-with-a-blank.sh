#!/usr/bin/env bash
# easy-pay 0.1.4 with pendulum 3.3.0 (PyPI): the end of an order is sent with a blank instead of the T, and no order is placed any more.
#
# APIv3 takes time_expire in the form of RFC 3339, 2026-03-05T14:07:09+08:00. easy-pay puts the time of pendulum into an f-string.
# Up to pendulum 2 the text of a time was ISO 8601; since 3 it is that of Python's own datetime, with a blank and with microseconds.
# easy-pay asks for pendulum 2.1.2 or later, so any fresh installation has the other form, and its code is the same as on the day it was written.
# The gateway refuses the order with PARAM_ERROR for every customer, while queries and notifications keep working.
# The same holds for whoever writes times of payments to JSON or CSV by str() of pendulum: the day of the upgrade is a seam in the file.
# isoformat() has kept its form. A reader of times should take both, as ours of the merchant's book does.
#
# Seen, for 2026-03-05 14:07:09 in Shanghai:
#   time_expire of the order  2026-03-05 14:19:09+08:00  (with microseconds too, where the clock has them)
#   str() of the time         2026-03-05 14:07:09+08:00
#   its isoformat()           2026-03-05T14:07:09+08:00
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check easy-pay==0.1.4 pendulum==3.3.0 cryptography==50.0.2 requests==2.34.2

cat >show.py <<'PY'
import json
import re
from unittest import mock

import pendulum
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from easy_pay import wechat_pay

key = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
sent = []


def request(method, url, data, headers, params):
    sent.append(json.loads(data))
    return mock.Mock(json=lambda: {"prepay_id": "wx05140709"})


moment = pendulum.datetime(2026, 3, 5, 14, 7, 9, tz="Asia/Shanghai")
pay = wechat_pay.WechatPay("wx0000000000000000", "", key, "1900000109", "7A" * 20, "0" * 32)
with mock.patch.object(wechat_pay.requests, "request", request), mock.patch.object(wechat_pay.pendulum, "now", lambda tz=None: moment):
    pay.build_jsapi_prepay(1230, "tea", "https://shop.example/notify", "o0000000000000000000000000000", "ORDER1")
end = sent[0]["time_expire"]
print("time_expire of the order ", end)
print("str() of the time        ", str(moment))
print("its isoformat()          ", moment.isoformat())
assert re.fullmatch(r"2026-03-0\d \d\d:\d\d:\d\d\+08:00", end), end
assert str(moment) == "2026-03-05 14:07:09+08:00"
assert moment.isoformat() == "2026-03-05T14:07:09+08:00"
PY

python/bin/python show.py
