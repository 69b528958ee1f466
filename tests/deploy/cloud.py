"""The emulator's services, for its administrator."""

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
import requests

# A schedule may need a minute and a tick.
SECONDS_MAX = 90.0
POLL_SECONDS = 0.05

T = TypeVar("T")


def setting(name: str) -> str:
    value = os.environ.get(name)
    assert value, f"{name} is not set: `cargo xtask deploy-test` starts an emulator and sets it"
    return value


ENDPOINT = setting("AWS_ENDPOINT_URL")
REGION = setting("AWS_DEFAULT_REGION")
http = requests.Session()
# Nothing here passes a proxy or takes a password from the machine.
http.trust_env = False


def client(service: str) -> Any:
    return boto3.client(service)


def until(what: str, look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + SECONDS_MAX
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(POLL_SECONDS)
    return found


def good(answer: requests.Response) -> requests.Response:
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    return answer


def mails() -> list[dict[str, Any]]:
    """What SES was given to send, oldest first."""
    accounts = good(http.get(f"{ENDPOINT}/_ministack/ses/messages")).json()["messages"]
    return [mail for account in accounts.values() for mail in account]
