"""One stack for all tests, deployed as it is named in the environment."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud import client, good, setting
from engineer import Engineer
from front import Front
from people import People
from receiver import Receiver
from stack import MAIL_FROM, Stack


@pytest.fixture(scope="session")
def stack() -> Stack:
    client("ses").verify_domain_identity(Domain=MAIL_FROM.partition("@")[2])
    made = Stack("licensing")
    made.deploy()
    made.fill_secrets()
    return made


@pytest.fixture(scope="session")
def front(stack: Stack) -> Iterator[Front]:
    served = stack.front()
    yield served
    served.close()


@pytest.fixture(scope="session")
def people(stack: Stack, front: Front) -> People:
    everybody = People(front.url, stack)
    send_catalogue(everybody)
    return everybody


@pytest.fixture(scope="session")
def domain(stack: Stack, people: People) -> str:
    """The second deployment, which gives the stack a domain, a door for check-ins, and more of the vendor."""
    del people  # There is something to keep.
    name = "licenses.example.com"
    certificate = client("acm").request_certificate(DomainName=name)["CertificateArn"]
    brand = json.dumps({"vendorName": "Northwind"})
    stack.deploy(DomainName=name, CertificateArn=certificate, CheckInDoor="function-url", Brand=brand)
    return f"https://{name}"


@pytest.fixture
def engineer(stack: Stack, tmp_path: Path) -> Engineer:
    folder = tmp_path / "engineer"
    folder.mkdir()
    return Engineer(stack, folder)


@pytest.fixture(scope="session")
def receiver(stack: Stack, people: People) -> Iterator[Receiver]:
    """Where the stack sends events from now on."""
    del people  # Whose stack it was until now.
    served = Receiver()
    stack.deploy(EventsUrl=served.url)
    yield served
    served.close()


def send_catalogue(people: People) -> None:
    catalogue = json.loads(Path(setting("CATALOGUE")).read_text(encoding="utf-8"))
    good(people.erp("/v1/products", catalogue))
