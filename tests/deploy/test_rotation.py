"""Keys change by the commands of infra/README.md, and nothing that was given out becomes void."""

import base64
import json
import re
from pathlib import Path

from cloud import good, http, setting
from customers import Customer, Suite
from engineer import Engineer
from orders import purchase
from people import People, erp_key
from stack import Stack

KEYS = Path(setting("KEYS_FOLDER"))


def test_tokens_links_and_leases_from_before_hold(
    stack: Stack, people: People, engineer: Engineer, tmp_path: Path
) -> None:
    running, waiting = Customer(people), Customer(people)
    running.unlock()
    server = running.server(4)
    token = running.token(server)
    suite, again = Suite(people.base_url, tmp_path / "suite"), Suite(people.base_url, tmp_path / "again")
    suite.says("activate", "--token", token)
    before = signer(tmp_path / "suite")
    old_erp_key = erp_key()

    engineer.rotate("token-keys", "ring")
    engineer.rotate("link-keys", "ring")
    said = engineer.root("sign", str(KEYS / "root" / "root.key"), "lease-keys.json")
    following = next(kid for kid in re.findall(r"^  (\S+) from ", said, re.MULTILINE) if kid != before)
    engineer.root("sign", str(KEYS / "root" / "root.key"), "lease-keys.json", "--current", following)
    engineer.put("lease-keys")
    engineer.rotate("erp-keys", "erp")
    stack.start_anew()

    # What was given out goes on: the token, the link in a mail, what an installation holds, the ERP's key.
    assert running.token(server) == token
    suite.says("check-in")
    waiting.unlock()
    good(people.erp("/v1/orders", purchase(waiting.own + "-old"), key=old_erp_key))
    # What is made now is made with the new keys, and the client takes it by the set that the root signed.
    running.assign(server, 3)
    assert "Checked in: lease" in suite.says("check-in")
    assert signer(tmp_path / "suite") == following
    published = good(http.get(f"{people.base_url}/.well-known/jwks.json")).json()["keys"]
    assert following in {key["kid"] for key in published}
    fresh = waiting.token(waiting.server(2))
    assert "Checked in: lease" in again.says("activate", "--token", fresh)
    assert (key_of(waiting.link), key_of(Customer(people).link)) == (1, 2)
    good(people.erp("/v1/orders", purchase(waiting.own + "-new"), key=newest(engineer.folder / "erp-keys.json")))


def signer(folder: Path) -> str:
    """The key that signed the lease that an installation holds."""
    for path in folder.rglob("*.json"):
        for head in re.findall(r'"(eyJ[\w-]+)\.[\w-]+\.[\w-]+"', path.read_text(encoding="utf-8")):
            header = json.loads(base64.urlsafe_b64decode(head + "=="))
            if header["typ"] == "lease+jwt":
                kid: str = header["kid"]
                return kid
    raise AssertionError(f"no lease in {folder}")


def key_of(link: str) -> int:
    """The key id in a link: what follows the order and the generation."""
    return base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))[20]


def newest(ring: Path) -> bytes:
    keys = json.loads(ring.read_text(encoding="utf-8"))
    text: str = keys["keys"][str(keys["current"])]
    return base64.b64decode(text.removeprefix("whsec_"))
