"""A customer with licences, and the ApplicationSuite that runs them."""

import secrets
import subprocess
from pathlib import Path
from typing import Any

from cloud import good, setting
from orders import purchase
from people import People, link_to

ROW = {"application": "IP Fax server", "redundancy": False, "licenseType": "subscription"}


class Customer:
    """Somebody new, whom an order was sent for."""

    def __init__(self, people: People, **dates: str) -> None:
        self.people = people
        self.own = secrets.token_hex(4)
        self.address = f"customer-{self.own}@example.com"
        self.order = purchase(self.own, **dates)
        self.receipt = good(people.erp("/v1/orders", self.order)).json()
        self.link = link_to(f"recipient-{self.own}@example.com")

    def unlock(self) -> None:
        assert self.people.press(self.link, "unlock").status_code == 303

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return good(self.people.portal(self.address, method, path, body, **headers)).json()

    def server(self, capacity: int) -> str:
        """A new server that runs so much."""
        server: str = self.asks("POST", f"{self.account()}/servers", {})["serverId"]
        self.assign(server, capacity)
        return server

    def assign(self, server: str, capacity: int) -> None:
        path = self.account()
        seen = good(self.people.portal(self.address, "GET", path)).headers["etag"]
        assignments = [ROW | {"serverId": server, "capacity": capacity}]
        self.asks("PUT", f"{path}/assignments", {"assignments": assignments}, **{"if-match": seen})

    def account(self) -> str:
        [account] = self.asks("GET", "/v1/accounts")["accounts"]
        return f"/v1/accounts/{account['accountId']}"

    def token(self, server: str) -> str:
        token: str = self.asks("GET", f"/v1/servers/{server}/token")["token"]
        return token


class Suite:
    """An ApplicationSuite: the reference client and what it keeps."""

    def __init__(self, base_url: str, folder: Path) -> None:
        roots = Path(setting("KEYS_FOLDER")) / "root" / "roots.json"
        self.command = [setting("APPSUITE"), "--url", base_url, "--state-dir", str(folder), "--root-file", str(roots)]

    def says(self, *words: str) -> str:
        done = subprocess.run(
            [*self.command, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        assert done.returncode == 0, done.stdout
        return done.stdout
