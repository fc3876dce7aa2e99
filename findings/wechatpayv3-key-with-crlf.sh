#!/usr/bin/env bash
# wechatpayv3 2.0.4 with cryptography 50.0.2 (PyPI): a key file with the line ends of Windows is no key.
#
# The SDK looks for the first line of the PEM together with a bare line feed, and when it does not see it, puts a second one in front.
# cryptography below it reads the same file with CRLF, and a PKCS#1 key too, but is handed a PEM within a PEM.
# The merchant hears "failed to load private key." for a file that openssl and every other reader accepts, and takes the key for a wrong one.
# Files that the tools of the platform make on Windows, or that a mail or an editor passed on, have such line ends.
# Here the key is read by its armour, and a file that cannot be read is told apart from a key that does not fit.
#
# Seen (cryptography, wechatpayv3):
#   PKCS#8, LF    read  read
#   PKCS#8, CRLF  read  failed to load private key.
#   PKCS#1, LF    read  failed to load private key.
#   public, CRLF  read  failed to load public key.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

python3 -m venv python
python/bin/pip install --quiet --no-compile --disable-pip-version-check wechatpayv3==2.0.4 cryptography==50.0.2

cat >show.py <<'PY'
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa
from wechatpayv3.utils import load_private_key, load_public_key

key = rsa.generate_private_key(65537, 2048)
pkcs8 = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
pkcs1 = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption()).decode()
public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo).decode()

def private_below(text):
    return form.load_pem_private_key(text.encode(), password=None)

def public_below(text):
    return form.load_pem_public_key(text.encode())

seen = []
for name, text, below, sdk in [
    ("PKCS#8, LF", pkcs8, private_below, load_private_key),
    ("PKCS#8, CRLF", pkcs8.replace("\n", "\r\n"), private_below, load_private_key),
    ("PKCS#1, LF", pkcs1, private_below, load_private_key),
    ("public, CRLF", public.replace("\n", "\r\n"), public_below, load_public_key),
]:
    below(text)
    try:
        sdk(text)
        seen.append("read")
    except Exception as error:
        seen.append(str(error))
    print(f"{name}: cryptography read, wechatpayv3 {seen[-1]}")
assert seen == ["read", "failed to load private key.", "failed to load private key.", "failed to load public key."], seen
PY
python/bin/python show.py
