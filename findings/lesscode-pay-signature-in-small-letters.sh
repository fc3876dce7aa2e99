#!/usr/bin/env bash
# lesscode-pay 0.0.2 (PyPI): every genuine notification of APIv2 is refused, since the SDK computes the signature in small letters.
#
# A signature of APIv2 is MD5 in hexadecimal capitals. The SDK has the right text and the right digest, and compares it as small letters.
# WeChat Pay never writes it so. The parameters that it makes for the app have the same small letters, and no example shows what is expected.
# verify_notify() tells False and nothing else, so the key is suspected although it is right; changing it in the console stops the payments that still work.
# HMAC-SHA256 is refused in either spelling. APIv3 of the same SDK verifies what is genuine.
# The shop answers FAIL to each payment until WeChat Pay gives up: paid and not delivered, all of them.
# A signature is compared as it has to be written. What would fit in another spelling is worth a sentence of its own, as the laboratory here has.
#
# Seen (notification signed as WeChat Pay does, the same in small letters, HMAC-SHA256; sign of the parameters for the app):
#   False  True  False; 32 small letters and digits, which are the MD5 of the rest
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check lesscode-pay==0.0.2

cat >show.py <<'PY'
import hashlib
import hmac

from lesscode_pay import WeChatPayV2

key = "0123456789abcdef0123456789abcdef"
fields = {
    "appid": "wx0000000000000000", "mch_id": "1900000109", "nonce_str": "a1b2c3d4", "out_trade_no": "ORDER1", "result_code": "SUCCESS",
    "return_code": "SUCCESS", "total_fee": "1230", "transaction_id": "4200002781202603051234567890",
}


def text(values):
    return "&".join(f"{name}={values[name]}" for name in sorted(values) if name != "sign") + f"&key={key}"


def notification(values, sign):
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in {**values, "sign": sign}.items())
    return f"<xml>{inner}</xml>"


client = WeChatPayV2(fields["appid"], fields["mch_id"], key)
md5 = hashlib.md5(text(fields).encode()).hexdigest()
with_type = {**fields, "sign_type": "HMAC-SHA256"}
sha256 = hmac.new(key.encode(), text(with_type).encode(), hashlib.sha256).hexdigest()
seen = [
    client.verify_notify(notification(fields, md5.upper())),
    client.verify_notify(notification(fields, md5)),
    client.verify_notify(notification(with_type, sha256.upper())),
]
print("signed as WeChat Pay does, in small letters, HMAC-SHA256:", *seen)
assert seen == [False, True, False], seen

parameters = dict(client.get_app_params("wx05140709000000000000000000000000"))
print("sign of the parameters for the app:", parameters["sign"])
assert parameters["sign"] == hashlib.md5(text(parameters).encode()).hexdigest()
PY

python/bin/python show.py
