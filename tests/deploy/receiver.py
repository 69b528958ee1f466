"""The vendor's system that is told what happens. It verifies as the example for its programmers does."""

import json
import sys
import threading
import time
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from certificate import with_tls
from cloud import until

sys.path.insert(0, str(Path(__file__).parents[2] / "infra" / "erp"))

from receive import is_authentic  # noqa: E402


@dataclass
class Message:
    """What came, as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event

    def is_signed_with(self, key: str) -> bool:
        return bool(is_authentic(self.headers, self.body, key, time.time()))


class Receiver:
    """Serves until it is closed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self.messages))
        self.url = f"https://127.0.0.1:{self.server.server_port}/events"
        with_tls(self.server, "receiver")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def told(self, kind: str, **data: Any) -> Message:
        """The message of this type that has these data; it comes."""
        return until(f"{kind} with {data}", partial(self.find, kind, data))

    def find(self, kind: str, data: dict[str, Any]) -> Message | None:
        fits = (one for one in self.messages if one.event["type"] == kind and data.items() <= one.event["data"].items())
        return next(fits, None)


def handler(messages: list[Message]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            messages.append(Message({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Whoever asks tells what went wrong."""

    return Handler
