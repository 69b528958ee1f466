"""Signed documents: leases, answers without one, refusals and key sets."""

from typing import Any

import pytest

from published import Refused, open_answer, open_key_set, published, unbase64url

ANSWERS = {name: published(name) for name in ("leases.json", "refusals.json")}
KEY_SETS = published("key-sets.json")


def answers(kind: str) -> list[Any]:
    return [
        pytest.param(vectors["trust"], vector, id=f"{name} {vector.get('name') or vector['fault']}")
        for name, vectors in ANSWERS.items()
        for vector in vectors.get(kind, [])
    ]


@pytest.mark.parametrize(("trust", "vector"), answers("valid"))
def test_an_answer_is_signed_by_the_key_it_names_and_says_what_is_published(
    trust: dict[str, Any], vector: dict[str, Any]
) -> None:
    opened = open_answer(trust, vector["jws"])
    assert (opened.header, opened.claims) == (vector["header"], vector["claims"])


@pytest.mark.parametrize(("trust", "vector"), answers("refused"))
def test_an_answer_with_a_fault_is_refused_for_that_fault(trust: dict[str, Any], vector: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=f"^{vector['fault']}$"):
        open_answer(trust, vector["jws"])


@pytest.mark.parametrize(("trust", "vector"), answers("valid"))
def test_an_answer_with_another_signature_is_refused(trust: dict[str, Any], vector: dict[str, Any]) -> None:
    signed, _, signature = vector["jws"].rpartition(".")
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    with pytest.raises(Refused, match="^signature$"):
        open_answer(trust, f"{signed}.{other}")


def test_a_root_signs_no_answers_and_a_key_of_the_set_signs_no_key_sets() -> None:
    trust, lease = ANSWERS["leases.json"]["trust"], ANSWERS["leases.json"]["valid"][0]
    with pytest.raises(Refused, match="^unknown_key$"):
        open_answer(trust, trust["keySet"])
    with pytest.raises(Refused, match="^unknown_root$"):
        open_key_set(trust["roots"], lease["jws"])


def test_every_code_of_a_refusal_has_a_vector() -> None:
    codes = [vector["claims"]["code"] for vector in ANSWERS["refusals.json"]["valid"]]
    assert codes == ["server_disabled", "token_superseded", "released", "conflict", "offline"]


@pytest.mark.parametrize("vector", KEY_SETS["valid"], ids=lambda vector: vector["name"])
def test_a_key_set_is_signed_by_a_pinned_root_and_says_what_is_published(vector: dict[str, Any]) -> None:
    opened = open_key_set(KEY_SETS["roots"], vector["jws"])
    assert (opened.header, opened.claims) == (vector["header"], vector["claims"])
    assert all(len(unbase64url(key["x"])) == 32 for key in opened.claims["keys"])


@pytest.mark.parametrize("vector", KEY_SETS["refused"], ids=lambda vector: vector["fault"])
def test_a_key_set_with_a_fault_is_refused_for_that_fault(vector: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=f"^{vector['fault']}$"):
        open_key_set(KEY_SETS["roots"], vector["jws"])


def test_everybody_else_reads_the_same_keys() -> None:
    first = open_key_set(KEY_SETS["roots"], KEY_SETS["valid"][0]["jws"])
    shown = [(key["kid"], key["x"]) for key in KEY_SETS["jwks"]["keys"]]
    assert shown == [(key["kid"], key["x"]) for key in first.claims["keys"]]
    assert all((key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA") for key in KEY_SETS["jwks"]["keys"])
