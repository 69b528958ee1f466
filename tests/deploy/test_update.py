"""A second deployment changes what it should and keeps everything else."""

import json
import secrets

from cloud import good, http
from orders import purchase
from people import People, link_to
from stack import Stack


def test_an_update_keeps_orders_links_and_people(stack: Stack, people: People) -> None:
    own = secrets.token_hex(4)
    order = purchase(own)
    first = good(people.erp("/v1/orders", order)).json()
    link = link_to(f"recipient-{own}@example.com")

    stack.deploy(Brand=json.dumps({"vendorName": "Northwind"}))

    assert good(http.get(f"{people.base_url}/config.json")).json()["vendorName"] == "Northwind"
    assert good(people.erp("/v1/orders", order)).json() == first
    assert people.press(link, "unlock").status_code == 303
    [account] = good(people.portal(f"customer-{own}@example.com", "GET", "/v1/accounts")).json()["accounts"]
    assert account
