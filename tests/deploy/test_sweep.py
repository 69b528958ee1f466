"""What the stream loses, the schedule finds."""

import secrets
from collections.abc import Iterator

import pytest

from cloud import client, good, until
from orders import purchase
from people import People, link_to
from stack import Stack


@pytest.fixture
def deaf_stream(stack: Stack) -> Iterator[None]:
    """While the table's stream wakes nobody."""
    functions, mapping = client("lambda"), stack.physical("SendMailFunctionOutbox")

    def is_now(state: str) -> bool | None:
        return functions.get_event_source_mapping(UUID=mapping)["State"] == state or None

    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    until("the pause", lambda: is_now("Disabled"))
    yield
    functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    until("the stream", lambda: is_now("Enabled"))


@pytest.mark.usefixtures("deaf_stream")
def test_a_mail_that_the_stream_missed_is_sent_by_the_schedule(stack: Stack, people: People) -> None:
    own = secrets.token_hex(4)
    with stack.every_minute("SendMailFunctionSweep"):
        good(people.erp("/v1/orders", purchase(own)))
        assert link_to(f"recipient-{own}@example.com")
