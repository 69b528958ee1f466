"""Other ways in than the API's own address: a domain of the vendor's, and the second door for check-ins."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cloud import client, good, http
from customers import Customer, Suite
from front import Front
from people import People
from stack import Stack


@pytest.fixture
def named(domain: str) -> Iterator[Front]:
    """The deployed API as the vendor's domain leads to it."""
    served = Front(urlsplit(domain).netloc)
    yield served
    served.close()


@pytest.fixture
def check_in_door(stack: Stack, domain: str) -> Iterator[Front]:
    """The Function URL of the outputs."""
    del domain  # It comes with the second deployment.
    served = Front(urlsplit(stack.outputs["CheckInUrl"]).netloc)
    yield served
    served.close()


def test_a_domain_leads_to_portal_and_api_and_sign_in_leads_back(stack: Stack, named: Front, domain: str) -> None:
    assert good(http.get(f"{named.url}/")).headers["content-type"].startswith("text/html")
    assert http.get(f"{named.url}/v1/me").status_code == 401
    assert stack.environment("UnlockFunction")["BASE_URL"] == domain
    assert stack.environment("AdvanceFunction")["BASE_URL"] == domain
    assert stack.outputs["DomainTarget"] and stack.outputs["DomainTargetZone"]
    asked = {"UserPoolId": stack.physical("UserPool"), "ClientId": stack.physical("PortalClient")}
    told = client("cognito-idp").describe_user_pool_client(**asked)["UserPoolClient"]
    assert (told["CallbackURLs"], told["LogoutURLs"]) == ([f"{domain}/"], [f"{domain}/?signed-out"])


def test_an_installation_lives_behind_the_door_for_check_ins(
    people: People, check_in_door: Front, tmp_path: Path
) -> None:
    customer = Customer(people)
    customer.unlock()
    server = customer.server(4)
    suite = Suite(check_in_door.url, tmp_path)
    assert "Checked in: lease" in suite.says("activate", "--token", customer.token(server))
    customer.assign(server, 3)
    assert "Checked in: lease" in suite.says("check-in")


def test_the_door_for_check_ins_lets_nobody_in_who_wants_to_sign_in(
    people: People, check_in_door: Front, domain: str
) -> None:
    token = people.sign_in("somebody-else@example.com")
    headers = {"authorization": f"Bearer {token}"}
    answer = http.get(f"{check_in_door.url}/v1/servers/b123456789/offline", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (421, "misdirected")
    assert domain in answer.json()["detail"]
    assert http.get(f"{check_in_door.url}/v1/accounts", headers=headers).status_code == 404
    good(http.get(f"{check_in_door.url}/.well-known/jwks.json"))
