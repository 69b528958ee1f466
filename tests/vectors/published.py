"""The published vectors and what verifies them: RFC 7515 by a JOSE library, the rest by the standard library."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import OKPKey

FOLDER = Path(__file__).parents[2] / "shared" / "lease" / "vectors"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Refused(Exception):
    """A document that a client must not take, with the fault that the vectors name."""


def published(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public_key(x: str) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})


@dataclass(frozen=True)
class Opened:
    header: dict[str, Any]
    claims: dict[str, Any]


def open_signed(text: str, keys: dict[str, OKPKey], unknown: str) -> Opened:
    """The header and claims of a text that the key it names has signed."""
    parts = jws.extract_compact(text.encode())
    if parts.headers().get("alg") != "EdDSA":
        raise Refused("algorithm")
    key = keys.get(str(parts.headers().get("kid")))
    if key is None:
        raise Refused(unknown)
    if not jws.validate_compact(parts, key, algorithms=["EdDSA"]):
        raise Refused("signature")
    return Opened(dict(parts.headers()), json.loads(parts.payload))


def open_key_set(roots: dict[str, str], text: str) -> Opened:
    """A key set that one of the pinned roots signed; a root is named by the first characters of its key."""
    pinned = {f"root-{x[:16]}": public_key(x) for x in roots.values()}
    opened = open_signed(text, pinned, "unknown_root")
    if opened.header["typ"] != "keyset+jwt":
        raise Refused("type")
    return opened


def open_answer(trust: dict[str, Any], text: str) -> Opened:
    """An answer to the request that `trust` describes."""
    key_set = open_key_set(trust["roots"], trust["keySet"]).claims
    opened = open_signed(text, {key["kid"]: public_key(key["x"]) for key in key_set["keys"]}, "unknown_key")
    if opened.header["typ"] not in ("lease+jwt", "unchanged+jwt", "refusal+jwt"):
        raise Refused("unknown_type")
    for claim, expected, fault in (
        ("aud", "server", "audience"),
        ("tokenVersion", "tokenVersion", "token_version"),
        ("nonce", "attempt", "nonce"),
    ):
        if opened.claims[claim] != trust[expected]:
            raise Refused(fault)
    return opened


def mac(ring: dict[str, Any], key_id: int, purpose: str, *fields: bytes) -> bytes:
    """HMAC-SHA256 over purpose and fields, each preceded by its length in eight bytes."""
    message = b"".join(len(field).to_bytes(8) + field for field in (purpose.encode(), *fields))
    return hmac.new(unbase64url(ring["keys"][str(key_id)]), message, hashlib.sha256).digest()


def base36(number: int, length: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits.rjust(length, "0")


def check_characters(text: str) -> str:
    """The two check characters of ISO/IEC 7064 MOD 1271-36, written as the weighted sum of the standard."""
    weighted = sum(DIGITS.index(digit) * 36**weight for weight, digit in enumerate(reversed(text), 2))
    return base36((1 - weighted) % 1271, 2)
