"""The numbers that alarms watch are told by the functions that run."""

from cloud import good, http, until
from people import People
from stack import Stack

# Below this LastKeyAlarm goes off.
LAST_KEY_DAYS_MIN = 183


def test_a_new_set_of_signing_keys_is_far_from_its_last(stack: Stack, people: People) -> None:
    good(http.get(f"{people.base_url}/.well-known/jwks.json"))
    assert until("the number of days", lambda: stack.measured("LastKeyDays")) > LAST_KEY_DAYS_MIN
