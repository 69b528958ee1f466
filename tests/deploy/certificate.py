"""Certificates for servers on loopback, which the emulator and the functions in it trust."""

import ssl
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cloud import setting


def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def with_tls(server: HTTPServer, whose: str) -> None:
    """Lets a server speak TLS, with a certificate of an authority that is trusted from now on."""
    trusted = Path(setting("TRUSTED"))
    authority, key = private_key(), private_key()
    with trusted.open("ab") as file:
        file.write(certificate(whose, authority, of_authority=True))
    both = trusted.with_name(f"{whose}.key")
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(secret + certificate(whose, authority, key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    server.socket = context.wrap_socket(server.socket, server_side=True)


def certificate(
    whose: str, authority: rsa.RSAPrivateKey, key: rsa.RSAPrivateKey | None = None, *, of_authority: bool = False
) -> bytes:
    """The authority's own certificate, or the one that it gives to loopback."""
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"authority of {whose}")])
    subject = issuer if of_authority else x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, whose)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, (key or authority).public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=of_authority, path_length=None), critical=True)
    if not of_authority:
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
