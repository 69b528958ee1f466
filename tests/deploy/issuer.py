"""An OpenID provider of the vendor's own, on loopback: discovery, keys, and tokens for whoever is named."""

import base64
import json
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_ID = "outside"


class Issuer:
    """Serves until it is closed."""

    def __init__(self, certificate: Path) -> None:
        """`certificate` is where the emulator looks for those whom it trusts."""
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self.document))
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(self.key, certificate))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
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


def self_signed(key: rsa.RSAPrivateKey, path: Path) -> Path:
    """Writes a certificate for loopback, and beside it the same with its key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an OpenID provider")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = builder.add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    text = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    path.write_bytes(text)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = path.with_suffix(".key")
    both.write_bytes(secret + text)
    return both


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
