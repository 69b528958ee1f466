"""Those who use the deployed stack: the ERP, whoever reads the mail, members who sign in."""

import base64
import hashlib
import hmac
import html
import json
import re
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from cloud import ENDPOINT, client, good, http, mails, setting, until
from stack import Stack


class People:
    """Everybody at one stack."""

    def __init__(self, base_url: str, stack: Stack) -> None:
        self.base_url = base_url
        self.stack = stack
        self.client_id = stack.environment("PortalFunction")["OPENID_CLIENT_ID"]
        self.tokens: dict[str, str] = {}

    def erp(self, path: str, document: dict[str, Any], key: bytes | None = None) -> requests.Response:
        """The ERP sends a document, signed to the Standard Webhooks specification."""
        body = json.dumps(document).encode()
        message, now = f"msg_{secrets.token_hex(13)}", str(int(time.time()))
        signed = b".".join([message.encode(), now.encode(), body])
        proof = base64.b64encode(hmac.digest(key or erp_key(), signed, hashlib.sha256)).decode()
        headers = {"content-type": "application/json", "webhook-id": message, "webhook-timestamp": now}
        headers["webhook-signature"] = f"v1,{proof}"
        return http.post(f"{self.base_url}{path}", data=body, headers=headers)

    def press(self, link: str, button: str) -> requests.Response:
        """Presses a button of an order's page as a browser does that tells of the person."""
        address = f"{self.base_url}/unlock/{link}"
        page = good(http.get(address)).text
        forms = (form.partition("</form>")[0] for form in page.split("<form")[1:])
        form = next(form for form in forms if f'value="{button}"' in form)
        headers = {"sec-fetch-user": "?1"}
        fields = hidden(form) | {"press": button}
        return http.post(address, data=fields, headers=headers, allow_redirects=False)

    def portal(self, address: str, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """A request of somebody who has signed in."""
        token = self.tokens.get(address) or self.sign_in(address)
        headers |= {"authorization": f"Bearer {token}", "idempotency-key": secrets.token_hex(16)}
        return http.request(method, self.base_url + path, json=body, headers=headers)

    def sign_in(self, address: str) -> str:
        """Signs up and in at the pool's own pages, with the code that its mail brings."""
        self.sign_up(address)
        back, verifier = self.way_back(), secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {"response_type": "code", "client_id": self.client_id, "redirect_uri": back, "scope": "openid email"}
        asked |= {"state": "s", "nonce": "n", "code_challenge": challenge, "code_challenge_method": "S256"}
        page = good(http.get(f"{ENDPOINT}/oauth2/authorize", params=asked))
        seen = len(mails())
        page = submit(page, username=address)
        page = submit(page, challenge="EMAIL_OTP")
        code = until(f"a code for {address}", lambda: code_to(address, seen))
        arrived = submit(page, code=code).headers["location"]
        proof = {"grant_type": "authorization_code", "client_id": self.client_id, "redirect_uri": back}
        proof |= {"code": parse_qs(urlsplit(arrived).query)["code"][0], "code_verifier": verifier}
        token: str = good(http.post(f"{ENDPOINT}/oauth2/token", data=proof)).json()["id_token"]
        self.tokens[address] = token
        return token

    def way_back(self) -> str:
        """Where the pool sends people who have signed in."""
        pool = self.stack.physical("UserPool")
        described = client("cognito-idp").describe_user_pool_client(UserPoolId=pool, ClientId=self.client_id)
        back: str = described["UserPoolClient"]["CallbackURLs"][0]
        return back

    def sign_up(self, address: str) -> None:
        pool = client("cognito-idp")
        seen = len(mails())
        # The emulator wants a password, which Cognito leaves out where a code is enough.
        attributes = [{"Name": "email", "Value": address}]
        password = f"Aa1!{secrets.token_hex(16)}"
        pool.sign_up(ClientId=self.client_id, Username=address, Password=password, UserAttributes=attributes)
        code = until(f"a code for {address}", lambda: code_to(address, seen))
        pool.confirm_sign_up(ClientId=self.client_id, Username=address, ConfirmationCode=code)


def submit(page: requests.Response, **typed: str) -> requests.Response:
    """Sends the form of a sign-in page."""
    fields = hidden(page.text) | typed
    answer = http.post(f"{ENDPOINT}/login", data=fields, allow_redirects=False)
    assert answer.status_code < 400, answer.text
    return answer


def hidden(form: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def erp_key() -> bytes:
    return base64.b64decode(erp_key_text().removeprefix("whsec_"))


def erp_key_text() -> str:
    """What the ERP is given."""
    ring = json.loads((Path(setting("KEYS_FOLDER")) / "erp-keys.json").read_text(encoding="utf-8"))
    key: str = ring["keys"][str(ring["current"])]
    return key


def link_to(address: str) -> str:
    """The unlock link that a mail to an address carries: what follows `/unlock/`."""
    return until(f"a mail to {address}", lambda: find(address, r"/unlock/([A-Za-z0-9_-]+)", 0))


def code_to(address: str, seen: int) -> str | None:
    return find(address, r"\b(\d{6})\b", seen)


def find(address: str, pattern: str, seen: int) -> str | None:
    """What the newest mail to an address says, of those that came after the first `seen`."""
    for mail in reversed(mails()[seen:]):
        to_them = any(address in to for to in mail["To"])
        found = re.search(pattern, f"{mail['Subject']}\n{mail['BodyText']}\n{mail['BodyHtml']}") if to_them else None
        if found:
            return found[1]
    return None
