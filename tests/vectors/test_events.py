"""The example receiver takes what the service signs, and nothing else."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "infra" / "erp"))

from receive import is_authentic  # noqa: E402

KEY = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
OTHER_KEY = "whsec_AgICAgICAgICAgICAgICAgICAgICAgIC"
SENT = 1_795_000_000
# The message and signature that the tests of shared/keys make.
HEADERS = {
    "webhook-id": "evt_1",
    "webhook-timestamp": str(SENT),
    "webhook-signature": "v1,7upzJpUCt2qCig7pq1B8TYqbLW4ZepmeL7vIGVgo3Bo=",
}


def test_a_signed_event_is_taken():
    assert is_authentic(HEADERS, b"{}", KEY, SENT + 60)


def test_one_of_two_signatures_is_enough():
    both = HEADERS | {"webhook-signature": f"v1,AAAA {HEADERS['webhook-signature']}"}
    assert is_authentic(both, b"{}", KEY, SENT)


def test_another_body_key_id_or_time_is_refused():
    assert not is_authentic(HEADERS, b"{ }", KEY, SENT)
    assert not is_authentic(HEADERS, b"{}", OTHER_KEY, SENT)
    assert not is_authentic(HEADERS | {"webhook-id": "evt_2"}, b"{}", KEY, SENT)
    assert not is_authentic(HEADERS, b"{}", KEY, SENT + 301)
    assert not is_authentic({}, b"{}", KEY, SENT)
