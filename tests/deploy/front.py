"""A domain for the deployed API, as people and programs reach it.

The emulator tells APIs apart by host names below `localhost`, which not every machine resolves. So this listens on
loopback and passes everything on under the name that the API has.
"""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from cloud import ENDPOINT

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Front:
    """Serves until it is closed."""

    def __init__(self, api_host: str) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(api_host))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def handler(api_host: str) -> type[BaseHTTPRequestHandler]:
    emulator = urlsplit(ENDPOINT).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            connection = http.client.HTTPConnection(emulator, timeout=30)
            connection.request(self.command, self.path, body or None, headers | {"host": api_host})
            answer = connection.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            connection.close()

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = pass_on

        def log_message(self, format: str, *arguments: object) -> None:
            """Whoever asks tells what went wrong."""

    return Handler
