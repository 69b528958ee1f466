"""From the ERP's order to a telephone system that runs, through everything that is deployed."""

import secrets
import subprocess
from pathlib import Path

from cloud import good, http, setting
from orders import purchase
from people import People, link_to

ROW = {"application": "IP Fax server", "redundancy": False, "licenseType": "subscription"}


def appsuite(base_url: str, folder: Path, *words: str) -> str:
    """Runs the reference client."""
    roots = Path(setting("KEYS_FOLDER")) / "root" / "roots.json"
    command = [setting("APPSUITE"), "--url", base_url, "--state-dir", str(folder), "--root-file", str(roots), *words]
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_an_order_becomes_a_running_telephone_system(people: People, tmp_path: Path) -> None:
    own = secrets.token_hex(4)
    order = purchase(own)
    good(people.erp("/v1/orders", order))

    link = link_to(f"recipient-{own}@example.com")
    assert people.press(link, "unlock").status_code == 303

    manager = f"customer-{own}@example.com"
    [account] = good(people.portal(manager, "GET", "/v1/accounts")).json()["accounts"]
    path = f"/v1/accounts/{account['accountId']}"
    server = good(people.portal(manager, "POST", f"{path}/servers", {})).json()["serverId"]
    version = {"if-match": good(people.portal(manager, "GET", path)).headers["etag"]}
    saved = {"assignments": [ROW | {"serverId": server, "capacity": 4}]}
    good(people.portal(manager, "PUT", f"{path}/assignments", saved, **version))
    token = good(people.portal(manager, "GET", f"/v1/servers/{server}/token")).json()["token"]

    assert "Checked in: lease" in appsuite(people.base_url, tmp_path, "activate", "--token", token)
    assert "IP Fax server" in appsuite(people.base_url, tmp_path, "status")
    appsuite(people.base_url, tmp_path, "check-in")


def test_people_get_the_portal_and_what_it_needs_to_sign_them_in(people: People) -> None:
    page = good(http.get(f"{people.base_url}/"))
    assert page.headers["content-type"].startswith("text/html")
    config = good(http.get(f"{people.base_url}/config.json")).json()
    assert config["clientId"] == people.client_id
    assert ".amazoncognito.com" in page.headers["content-security-policy"]
