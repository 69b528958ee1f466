"""The published contract, and what an answer must be like to keep it."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stack import BASE_URL

schema = schemathesis.openapi.from_path(Path(__file__).parents[2] / "openapi.json")
schema.config.update(base_url=BASE_URL)

#: Statuses by operation, for what is printed at the end.
answers: defaultdict[str, Counter[int]] = defaultdict(Counter)


@schemathesis.check
def documented_problem(ctx: CheckContext, response: Response, case: Case) -> None:
    """A problem says what the document says that its status can mean, and says it in all its places."""
    if not response.headers.get("content-type", [""])[0].startswith("application/problem+json"):
        return
    problem = response.json()
    documented = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    codes = re.findall(r"[a-z_]+", documented.get("description", ""))
    assert problem["code"] in codes, f"{problem['code']} is not among {codes}: {problem}"
    assert problem["status"] == response.status_code, problem
    assert problem["type"] == f"urn:cloud-licensing:problem:{problem['code']}", problem
    assert problem["requestId"], problem


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    documented_problem,
]
