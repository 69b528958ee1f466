"""A second deployment changes what it should and keeps everything else."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from cloud import ENDPOINT, good, http
from customers import Customer
from front import Front
from people import People
from stack import Stack

DEPLOYED = Path(__file__).parents[1] / "browser" / "deployed.js"


def test_an_update_keeps_orders_links_and_people(people: People, request: pytest.FixtureRequest) -> None:
    customer = Customer(people)
    told = good(http.get(f"{people.base_url}/config.json")).json()
    people.sign_in(customer.address)

    request.getfixturevalue("domain")

    changed = good(http.get(f"{people.base_url}/config.json")).json()
    assert changed == told | {"vendorName": "Northwind"}
    assert good(people.erp("/v1/orders", customer.order)).json() == customer.receipt
    customer.unlock()
    assert customer.account()


def test_people_sign_in_with_a_browser_and_see_their_licences(
    stack: Stack, front: Front, people: People, domain: str
) -> None:
    customer = Customer(people)
    customer.unlock()
    people.sign_up(customer.address)
    variables = stack.environment("PortalFunction")
    issuer = "/".join(variables["OPENID_ISSUER"].split("/")[:3])
    sign_in = variables["PORTAL_CONNECT"].split(",")[-1]
    told = {"PORTAL_URL": domain, "PERSON": customer.address, "MAILBOX_URL": f"{ENDPOINT}/_ministack/ses/messages"}
    told["ORIGINS"] = json.dumps({domain: front.url, issuer: ENDPOINT, sign_in: ENDPOINT})
    done = subprocess.run(["node", DEPLOYED], env=os.environ | told, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
