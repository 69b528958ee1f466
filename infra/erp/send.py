"""Sends a document to Cloud Licensing, signed to the Standard Webhooks specification.

    ERP_KEY=whsec_… python3 send.py https://licenses.example.com/v1/orders order.json

The same document may be sent again: it answers the same and mails nothing.
"""

import base64
import hashlib
import hmac
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


def signed(body: bytes, key: str) -> dict[str, str]:
    """The headers that prove who sends this body, and when."""
    message, now = f"msg_{secrets.token_hex(13)}", str(int(time.time()))
    secret = base64.b64decode(key.removeprefix("whsec_"))
    proof = hmac.digest(secret, b".".join([message.encode(), now.encode(), body]), hashlib.sha256)
    signature = f"v1,{base64.b64encode(proof).decode()}"
    return {"webhook-id": message, "webhook-timestamp": now, "webhook-signature": signature}


def main(address: str, document: str) -> int:
    body = Path(document).read_bytes()
    headers = {"content-type": "application/json", **signed(body, os.environ["ERP_KEY"])}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers)) as answer:
            print(answer.read().decode())
            return 0
    except urllib.error.HTTPError as refusal:
        # A problem document: its code and its sentence say what to do.
        print(refusal.read().decode(), file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
