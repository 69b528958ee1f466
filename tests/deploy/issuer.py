"""An OpenID provider of the vendor's own, on loopback: discovery, keys, and tokens for whoever is named."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from certificate import private_key, with_tls

KEY_ID = "outside"


class Issuer:
    """Serves until it is closed."""

    def __init__(self) -> None:
        self.key = private_key()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self.document))
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        with_tls(self.server, "issuer")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def token(self, address: str, audience: str, **changed: Any) -> str:
        """An ID token for a person."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": audience, "sub": f"sub-{address}", "iat": now, "exp": now + 600}
        claims |= {"email": address, "email_verified": True} | changed
        signed = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": KEY_ID}, claims))
        proof = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encoded(proof)}"

    def document(self, path: str) -> dict[str, Any] | None:
        numbers = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID}
        key |= {"e": number(numbers.e), "n": number(numbers.n)}
        provider = {"issuer": self.url, "jwks_uri": f"{self.url}/keys", "authorization_endpoint": f"{self.url}/authorize"}
        return {"/.well-known/openid-configuration": provider, "/keys": {"keys": [key]}}.get(path)


def handler(document: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = document(self.path)
            content = json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            """Whoever asks tells what went wrong."""

    return Handler


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8))
