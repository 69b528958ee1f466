"""Makes what was generated likely to get somewhere: most ids, bodies and proofs are replaced by real ones.

Whether a value stays as it was generated depends on nothing but the value, so that a case can be told again.
"""

import json
import secrets
import zlib
from typing import Any

from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis import Case

from stack import STAFF, erp_signature, form_of, id_token, public_key
from world import World, care, day

KEPT_OF = 8
SKUS = ["IM120-4L", "IM120-4R", "IM110-250L", "IM162-90L", "IM140-20L", "IM150-1L"]
BUTTONS = {"unlockOrder": "unlock", "forwardOrder": "forward", "withdrawForward": "withdraw"}


def digest(value: Any) -> int:
    return zlib.crc32(json.dumps(value, default=repr, sort_keys=True).encode(errors="replace"))


def kept(value: Any) -> bool:
    """Whether a generated value stays."""
    return digest(value) % KEPT_OF == 0


def one_of(choices: list[str], value: Any) -> str:
    return choices[digest(value) // KEPT_OF % len(choices)]


def operation_of(case: Case) -> str:
    return case.operation.definition.raw["operationId"]


def schemes_of(case: Case) -> list[str]:
    """The one authorization that an operation asks for, where it asks for one."""
    return [scheme for entry in case.operation.definition.raw.get("security", []) for scheme in entry]


def prepare(world: World, case: Case, linked: frozenset[str] = frozenset()) -> None:
    """Puts real ids and content into a case, but leaves the ids that an earlier answer gave."""
    for name, value in (case.path_parameters or {}).items():
        if name not in linked:
            case.path_parameters[name] = real_id(world, operation_of(case), name, value)
    if case.query and "number" in case.query and not kept(case.query["number"]):
        case.query["number"] = one_of(world.numbers, case.query["number"])
    fill(world, case)
    put_headers(world, case)


def real_id(world: World, operation: str, name: str, value: Any) -> Any:
    if kept(value):
        return value
    locked = operation in ("showOrder", "probeOrder", "unlockOrder")
    # Only the first has access, so it alone can be moved away; the second asks for it.
    resellers = {"acceptReseller": world.resellers[1:], "moveReseller": world.resellers[:1]}
    people = world.requests if operation.endswith("Request") else world.members
    real = {
        "accountId": [world.account],
        "serverId": world.servers,
        "personId": people,
        "topic": ["ownEndings", "customersEndings"],
        "resellerNumber": resellers.get(operation, world.resellers),
        "orderId": world.orders,
        "link": [world.locked_link if locked else world.unlocked_link],
    }
    return one_of(real[name], value) if name in real else value


def put_headers(world: World, case: Case) -> None:
    """The bearer that the operation asks for, and the headers that a client takes from earlier answers."""
    given, bearer = case.headers, bearer_of(world, case)
    # One case in eight keeps the bearer that was generated, or none.
    if bearer and not kept(dict(given)):
        given["Authorization"] = f"Bearer {bearer}"
    if "Idempotency-Key" in given and not kept(given["Idempotency-Key"]):
        given["Idempotency-Key"] = secrets.token_hex(16)
    if "If-Match" in given and not kept(given["If-Match"]):
        given["If-Match"] = world.etag()
    if "press" in (case.body if isinstance(case.body, dict) else {}):
        given["Sec-Fetch-User"] = "?1"


def bearer_of(world: World, case: Case) -> str | None:
    """The token that the operation asks for: of an installation, of the vendor's staff where only they may, or of the
    customer's manager, and now and then of the staff instead."""
    schemes = schemes_of(case)
    if "serverToken" in schemes:
        return world.token
    if "portal" not in schemes:
        return None
    staff = "staff_required" in json.dumps(case.operation.definition.raw["responses"])
    return id_token(STAFF if staff or kept([case.query, case.body, dict(case.headers)]) else world.manager)


class ErpProof(AuthBase):
    """Signs a body as the ERP does, when its bytes are known."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body or b""
        request.headers.update(erp_signature(body.encode() if isinstance(body, str) else body))
        return request


def proof_of(case: Case) -> ErpProof | None:
    return ErpProof() if "erpSignature" in schemes_of(case) else None


def fill(world: World, case: Case) -> None:
    """Puts real content into a body."""
    operation = operation_of(case)
    if operation in BUTTONS and isinstance(case.body, dict) and not kept(case.body):
        link = (case.path_parameters or {}).get("link", "")
        case.body = case.body | (form_of(str(link), BUTTONS[operation]) or {})
        if operation == "forwardOrder":
            case.body["address"] = f"forward-{secrets.token_hex(4)}@example.com"
    if isinstance(case.body, dict) and operation in FILLED:
        FILLED[operation](world, case.body)


def fill_order(world: World, order: dict[str, Any]) -> None:
    if not kept(order.get("number")):
        order |= {"type": "purchase", "number": secrets.token_hex(8)}
    for line in order.get("lines") or []:
        if isinstance(line, dict) and not kept(line):
            line["sku"] = one_of(SKUS, line)
            line["licenseCode"] = secrets.token_hex(8)
            line |= {"start": day(0), "care": care()}
            line["term"] = day(364) if line.get("licenseType") == "subscription" else None
    for role in ("recipient", "reseller", "customer"):
        contact = order.get(role)
        contact = contact.get("contact") if isinstance(contact, dict) and role != "recipient" else contact
        if isinstance(contact, dict) and not kept(contact):
            contact["email"] = f"{secrets.token_hex(4)}@example.com"


def fill_assignments(world: World, body: dict[str, Any]) -> None:
    for cell in body.get("assignments") or []:
        if isinstance(cell, dict) and not kept(cell):
            cell["serverId"] = one_of(world.servers, cell)
            cell |= {"application": "IP Fax server", "redundancy": False, "licenseType": "subscription"}
            cell["capacity"] = digest(cell) % 12


def fill_check_in(world: World, body: dict[str, Any]) -> None:
    if not kept(body):
        body |= {"publicKey": public_key(), "attempt": secrets.token_hex(16), "traits": ["a-trait", "b-trait"]}


def fill_question(world: World, body: dict[str, Any]) -> None:
    if not kept(body):
        body["email"] = world.manager


FILLED = {"findPerson": fill_question, "receiveOrder": fill_order, "saveAssignments": fill_assignments, "checkIn": fill_check_in}
