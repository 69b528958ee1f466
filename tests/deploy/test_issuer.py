"""With an OpenID provider of the vendor's own, nothing of Cognito is made and nothing else changes."""

import os
import secrets
import subprocess
from collections.abc import Iterator

import pytest

from cloud import ENDPOINT, good, http, setting
from conftest import send_catalogue
from customers import Customer
from issuer import Issuer
from people import People
from stack import Stack

CLIENT = "portal-of-the-vendor"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    served = Issuer()
    yield served
    served.close()


class Known(People):
    """Those whom the provider knows."""

    issuer: Issuer

    def sign_in(self, address: str) -> str:
        self.tokens[address] = self.issuer.token(address, self.client_id)
        return self.tokens[address]


@pytest.fixture(scope="module")
def outside(issuer: Issuer) -> Iterator[tuple[Stack, Known]]:
    stack = Stack("licensing-outside")
    stack.deploy(OpenIdIssuer=issuer.url, OpenIdClientId=CLIENT)
    stack.fill_secrets()
    front = stack.front()
    everybody = Known(front.url, stack)
    everybody.issuer = issuer
    send_catalogue(everybody)
    yield stack, everybody
    front.close()


def test_no_pool_is_made(outside: tuple[Stack, Known]) -> None:
    stack, _ = outside
    types = {resource["ResourceType"] for resource in stack.resources()}
    assert "AWS::Lambda::Function" in types
    assert not [one for one in types if "Cognito" in one]


def test_people_of_the_provider_manage_their_licences(outside: tuple[Stack, Known]) -> None:
    _, people = outside
    customer = Customer(people)
    customer.unlock()
    assert customer.token(customer.server(4))


def test_the_portal_sends_people_there(outside: tuple[Stack, Known], issuer: Issuer) -> None:
    _, people = outside
    config = good(http.get(f"{people.base_url}/config.json")).json()
    assert (config["issuer"], config["clientId"]) == (issuer.url, CLIENT)
    policy = good(http.get(f"{people.base_url}/")).headers["content-security-policy"]
    assert issuer.url in policy
    assert "cognito" not in policy


def test_tokens_of_others_open_nothing(outside: tuple[Stack, Known], issuer: Issuer, people: People) -> None:
    _, known = outside
    address = f"somebody-{secrets.token_hex(4)}@example.com"
    refused = {
        "the pool of another stack": people.sign_in(address),
        "another client": issuer.token(address, "another-client"),
        "another issuer": issuer.token(address, CLIENT, iss="https://issuer.example.com"),
        "a token that is over": issuer.token(address, CLIENT, exp=1_700_000_000),
    }
    for whose, token in refused.items():
        answer = http.get(f"{known.base_url}/v1/me", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401, whose
    # Whoever has not proved the address is nobody.
    unproved = issuer.token(address, CLIENT, email_verified=False)
    answer = http.get(f"{known.base_url}/v1/me", headers={"authorization": f"Bearer {unproved}"})
    assert answer.status_code == 403


def test_the_engineer_is_told_whether_it_is_well(outside: tuple[Stack, Known]) -> None:
    _, people = outside
    well = smoke(people.base_url)
    assert well.returncode == 0, well.stdout + well.stderr
    assert well.stdout.count("ok ") == 7
    # Something else answers at this address.
    wrong = smoke(ENDPOINT)
    assert wrong.returncode == 1
    assert "ok " not in wrong.stdout


def smoke(url: str) -> subprocess.CompletedProcess[str]:
    """`cargo xtask smoke`, on a machine that trusts the provider."""
    environment = os.environ | {"CURL_CA_BUNDLE": setting("TRUSTED")}
    command = [setting("XTASK"), "smoke", "--url", url]
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
