"""Receives events of Cloud Licensing, and takes only those that are signed to the Standard Webhooks specification.

    EVENT_KEY=whsec_… python3 receive.py 8080

An example to copy from: it prints each event once. Put TLS and your own queue in front of and behind it.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_SECONDS = 5 * 60
# Keep the ids where they outlive the process; thirty days are enough.
SEEN: set[str] = set()


def is_authentic(headers, body: bytes, key: str, now: float) -> bool:
    """Whether one of the signatures fits: while keys rotate there are two."""
    message, sent, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not sent.isdecimal() or abs(now - int(sent)) > TOLERANCE_SECONDS:
        return False
    secret = base64.b64decode(key.removeprefix("whsec_"))
    proof = hmac.digest(secret, b".".join([message.encode(), sent.encode(), body]), hashlib.sha256)
    expected = f"v1,{base64.b64encode(proof).decode()}"
    return any(hmac.compare_digest(one, expected) for one in given.split(" "))


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not is_authentic(self.headers, body, os.environ["EVENT_KEY"], time.time()):
            self.answer(401)
            return
        message = self.headers["webhook-id"]
        if message not in SEEN:
            event = json.loads(body)
            print(event["timestamp"], event["type"], json.dumps(event["data"]), flush=True)
            SEEN.add(message)
        # Answer within ten seconds, so store first and work later. Anything but a success is sent again.
        self.answer(204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
