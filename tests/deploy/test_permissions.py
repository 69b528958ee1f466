"""Nobody gets in without the proof that a route asks for, and a role allows exactly what its function needs."""

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud import client, good, http
from orders import purchase
from people import People
from stack import STAFF, Stack

DOCUMENT = Path(__file__).parents[2] / "openapi.json"


def test_an_order_needs_the_key_of_the_erp(people: People) -> None:
    assert people.erp("/v1/orders", purchase(secrets.token_hex(4)), key=secrets.token_bytes(32)).status_code == 401


def test_the_portal_needs_a_token_of_its_own_issuer(people: People) -> None:
    address = f"{people.base_url}/v1/accounts"
    assert http.get(address).status_code == 401
    token = people.sign_in(f"somebody-{secrets.token_hex(4)}@example.com")
    head, body, proof = token.split(".")
    changed = f"{head}.{body}.{'A' * len(proof)}"
    assert http.get(address, headers={"authorization": f"Bearer {changed}"}).status_code == 401


def test_every_route_of_the_portal_is_closed_to_those_who_have_not_signed_in(stack: Stack, people: People) -> None:
    closed = [route for route in stack.routes() if route.authorizer]
    for route in closed:
        path = re.sub(r"\{\w+\}", "x", route.path)
        answer = http.request(route.method, people.base_url + path, json={})
        assert answer.status_code == 401, f"{route.method} {route.path}"
    # They are those of the document; every other has a check of its own, or is for everybody.
    operations = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"].items()
    documented = {
        f"{method.upper()} {path}"
        for path, methods in operations
        for method, operation in methods.items()
        if {"portal": []} in operation.get("security", [])
    }
    assert {f"{route.method} {route.path}" for route in closed} == documented


def test_somebody_whom_nobody_knows_signs_in_and_sees_nothing(people: People) -> None:
    stranger = f"stranger-{secrets.token_hex(4)}@example.com"
    assert good(people.portal(stranger, "GET", "/v1/accounts")).json()["accounts"] == []


def test_a_link_and_a_token_that_nobody_gave_out_open_nothing(people: People) -> None:
    assert http.get(f"{people.base_url}/unlock/{secrets.token_urlsafe(40)}").status_code == 404
    body = {"attempt": secrets.token_hex(16), "traits": ["a-trait"], "publicKey": secrets.token_urlsafe(32)}
    headers = {"authorization": f"Bearer b123456789|{'0' * 32}"}
    assert http.post(f"{people.base_url}/v1/check-in", json=body, headers=headers).status_code == 401


@pytest.fixture
def account_without_query(stack: Stack) -> Iterator[None]:
    """The account function, while its role lacks one action."""
    iam, role = client("iam"), stack.physical("AccountFunctionRole")
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    before = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    after = {**before, "Statement": [without(statement, "dynamodb:Query") for statement in before["Statement"]]}
    stack.put_policy(role, name, after)
    yield
    stack.put_policy(role, name, before)


def without(statement: dict[str, Any], action: str) -> dict[str, Any]:
    actions = statement["Action"]
    actions = [actions] if isinstance(actions, str) else actions
    # A statement without actions is none; reading an item that every other statement reads changes nothing.
    return {**statement, "Action": [one for one in actions if one != action] or ["dynamodb:GetItem"]}


@pytest.mark.usefixtures("account_without_query")
def test_without_one_action_exactly_its_function_fails(people: People) -> None:
    assert people.portal(STAFF, "GET", "/v1/accounts").status_code == 500
    good(people.erp("/v1/orders", purchase(secrets.token_hex(4))))
    good(http.get(f"{people.base_url}/.well-known/jwks.json"))
    good(http.get(f"{people.base_url}/config.json"))
