"""The running stack as its people meet it: the ERP, whoever reads the mail, members who sign in."""

import base64
import hashlib
import hmac
import html
import json
import os
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import requests

STAFF = "vendor@example.com"
MAIL_SECONDS_MAX = 20.0
POLL_SECONDS = 0.02

T = TypeVar("T")


def setting(name: str) -> str:
    value = os.environ.get(name)
    assert value, f"{name} is not set: `cargo xtask test --only input` starts a stack and sets it"
    return value


BASE_URL = setting("BASE_URL")
http = requests.Session()
# Nothing here passes a proxy or takes a password from the machine.
http.trust_env = False


@cache
def erp_key() -> bytes:
    """The current key of the one ring among the secrets that is the ERP's."""
    documents = json.loads((Path(setting("DATA_FOLDER")) / "keys" / "secrets.json").read_text(encoding="utf-8"))
    for ring in map(json.loads, documents.values()):
        key = ring.get("keys", {}).get(str(ring["current"]), "")
        if key.startswith("whsec_"):
            return base64.b64decode(key.removeprefix("whsec_"))
    raise AssertionError("the stack has no key of the ERP")


def erp_signature(body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    message, now = f"msg_{secrets.token_hex(13)}", str(int(time.time()))
    proof = hmac.new(erp_key(), b".".join([message.encode(), now.encode(), body]), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(proof).decode()}"
    return {"webhook-id": message, "webhook-timestamp": now, "webhook-signature": signature}


def post_order(order: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(order).encode()
    headers = {"content-type": "application/json", **erp_signature(body)}
    return good(http.post(f"{BASE_URL}/v1/orders", data=body, headers=headers)).json()


def good(answer: requests.Response) -> requests.Response:
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    return answer


@cache
def id_token(email: str) -> str:
    """Signs in with code and PKCE, as the portal does."""
    issuer, client, back = f"{BASE_URL}/local/openid", "portal", f"{BASE_URL}/"
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"response_type": "code", "client_id": client, "redirect_uri": back, "state": "s", "nonce": "n"}
    asked |= {"code_challenge": challenge, "code_challenge_method": "S256", "email": email}
    answer = http.post(f"{issuer}/authorize", data=asked, allow_redirects=False)
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    proof = {"grant_type": "authorization_code", "client_id": client, "redirect_uri": back, "code": code}
    tokens = good(http.post(f"{issuer}/token", data=proof | {"code_verifier": verifier}))
    return tokens.json()["id_token"]


def portal(email: str, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
    """A request of somebody who has signed in, under an idempotency key of its own."""
    headers |= {"authorization": f"Bearer {id_token(email)}", "idempotency-key": secrets.token_hex(16)}
    return http.request(method, BASE_URL + path, json=body, headers=headers)


def check_in(token: str) -> requests.Response:
    """What an installation sends when it activates."""
    body = {"attempt": secrets.token_hex(16), "traits": ["a-trait"], "publicKey": public_key(), "keySet": 0}
    body |= {"appSuiteVersion": "2026.11.1", "clock": datetime.now(UTC).isoformat()}
    return http.post(f"{BASE_URL}/v1/check-in", json=body, headers={"authorization": f"Bearer {token}"})


def public_key() -> str:
    return secrets.token_urlsafe(32)


def link_to(address: str) -> str:
    """The unlock link that the newest mail to an address carries: what follows `/unlock/`."""
    return until(f"a mail to {address}", lambda: newest_link(address))


def newest_link(address: str) -> str | None:
    rows = good(http.get(f"{BASE_URL}/local/mailbox")).text.split("<li")
    row = next((row for row in rows if address in row), None)
    path = row and re.search(r'href="(/local/mailbox/[^"]+)"', row)
    mail = path and good(http.get(BASE_URL + path[1], params={"view": "text"})).text
    link = mail and re.search(r"/unlock/([A-Za-z0-9_-]+)", mail)
    return link[1] if link else None


def until(what: str, look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + MAIL_SECONDS_MAX
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(POLL_SECONDS)
    return found


def form_of(link: str, button: str) -> dict[str, str] | None:
    """What a browser sends when a person presses this button of an order's page, as far as the page fills it in."""
    page = http.get(f"{BASE_URL}/unlock/{link}").text
    forms = (form.partition("</form>")[0] for form in page.split("<form")[1:])
    form = next((form for form in forms if f'value="{button}"' in form), None)
    if form is None:
        return None
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in hidden} | {"press": button}


def press(link: str, rest: str, button: str, typed: dict[str, str]) -> requests.Response:
    """Presses a button as a browser does that tells of the person."""
    fields = (form_of(link, button) or {}) | typed
    headers = {"sec-fetch-user": "?1"}
    return http.post(f"{BASE_URL}/unlock/{link}{rest}", data=fields, headers=headers, allow_redirects=False)
