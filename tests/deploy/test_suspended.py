"""The switch that lets check-in refuse nobody is thrown by a parameter of the stack, and back."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from cloud import good, http, until
from customers import Customer
from people import People
from stack import Stack


@contextmanager
def suspended(stack: Stack) -> Iterator[None]:
    stack.suspend_refusals(True)
    try:
        yield
    finally:
        stack.suspend_refusals(False)


def test_a_refusal_is_a_503_while_it_is_suspended(stack: Stack, people: People) -> None:
    customer = Customer(people)
    customer.unlock()
    server = customer.server(4)
    old = customer.token(server)
    customer.asks("POST", f"/v1/servers/{server}/token", {})
    assert check_in(people, old).status_code == 200, "a signed refusal"
    with suspended(stack):
        answer = check_in(people, old)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
        assert until("its number", lambda: stack.measured("CheckIns", Answer="suspended"))
        assert good(check_in(people, customer.token(server))).json()["document"], "who is not refused"
    assert check_in(people, old).status_code == 200


def check_in(people: People, token: str) -> requests.Response:
    body = {"attempt": secrets.token_hex(16), "traits": ["a-trait"], "publicKey": secrets.token_urlsafe(32)}
    body |= {"appSuiteVersion": "1", "clock": "2026-11-24T09:00:00Z", "keySet": 0}
    headers = {"authorization": f"Bearer {token}"}
    return http.post(f"{people.base_url}/v1/check-in", json=body, headers=headers)
