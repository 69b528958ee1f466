"""Whatever is sent, the answer is one that openapi.json documents."""

from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, settings
from schemathesis import Case, Response
from schemathesis.core.parameters import ParameterLocation

import likely
from contract import CHECKS, answers, schema
from world import World, seeded


#: Nothing goes wrong with the mails and events of a local stack, so none waits for the staff.
WAITS_FOR_STAFF = {"dismissMail", "retryMail", "dismissEvent", "replayEvent"}
#: Only a mail of what ends has such a link, and nothing ends soon after the stack has started.
HAS_NO_LINK = {"probeSubscription", "showSubscription", "changeSubscription"}
#: An offline server's AppSuite signs these strings; the journeys have one.
HAS_NO_STRING = {"answerOfflineRequest", "takeOfflineReturn", "declareOfflineLost"}
NOTHING_TO_DO = WAITS_FOR_STAFF | HAS_NO_LINK | HAS_NO_STRING


@pytest.fixture
def world() -> World:
    return seeded()


def call_arguments(case: Case) -> dict[str, Any]:
    # A redirect is an answer as any other.
    return {"auth": likely.proof_of(case), "allow_redirects": False}


def check(case: Case, response: Response) -> None:
    answers[likely.operation_of(case)][response.status_code] += 1
    case.validate_response(response, checks=CHECKS)


# One world serves all cases of an operation: what one of them takes away, the next one misses, as in life.
@schema.parametrize()
@settings(suppress_health_check=list(HealthCheck))
def test_every_answer_is_a_documented_one(world: World, case: Case) -> None:
    likely.prepare(world, case)
    check(case, case.call(**call_arguments(case)))


class Histories(schema.as_state_machine()):
    """Operations that follow each other, each with the ids that the ones before it answered."""

    world: World
    linked: frozenset[str] = frozenset()

    def setup(self) -> None:
        self.world = seeded()

    def step(self, input: Any) -> Any:
        taken = input.applied_parameters
        self.linked = frozenset(name for place, name in taken if place == ParameterLocation.PATH and name)
        return super().step(input)

    def before_call(self, case: Case) -> None:
        likely.prepare(self.world, case, self.linked)

    def get_call_kwargs(self, case: Case) -> dict[str, Any]:
        return call_arguments(case)

    def validate_response(self, response: Response, case: Case, *_: Any, **__: Any) -> None:
        check(case, response)


def test_every_answer_of_a_history_is_a_documented_one(pytestconfig: pytest.Config) -> None:
    hypothesis.seed(pytestconfig.getoption("--seed"))(Histories)
    Histories.run(
        settings=settings(
            max_examples=pytestconfig.getoption("--histories"),
            stateful_step_count=10,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
    )


def test_every_operation_that_was_tried_did_its_work_at_least_once() -> None:
    refused = {operation for operation, statuses in answers.items() if min(statuses) >= 400}
    assert refused <= NOTHING_TO_DO
