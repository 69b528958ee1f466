"""Texts with a MAC, made again from what the documentation says of them: tokens, links, nonces, lease ids."""

import re
from datetime import datetime
from typing import Any

import pytest

from published import DIGITS, base36, base64url, check_characters, mac, published

TOKENS = published("tokens.json")
LINKS = published("links.json")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_DIGITS = 32


def token(key_id: int, server: str, version: int) -> str:
    """Server id, bar, 30 digits of one number (key id, version, 16 bytes of MAC), two check characters."""
    fields = (server.encode(), version.to_bytes(2), bytes([key_id]))
    number = bytes([key_id]) + version.to_bytes(2) + mac(TOKENS["ring"], key_id, "server-token/1", *fields)[:16]
    secret = base36(int.from_bytes(number), 30)
    return f"{server}|{secret}{check_characters(server + secret)}"


def key_id_of(text: str) -> int:
    return int(text.partition("|")[2][:30], 36) >> (18 * 8)


def fault(pasted: str) -> str | None:
    """What is wrong with a pasted token before anybody asks whether it is authentic, in the order of the checks."""
    text = mended(pasted)
    server, bar, secret = text.partition("|")
    if not text:
        return "empty"
    if not bar:
        return "no_bar"
    if not re.fullmatch("b[0-9]{9}", server):
        return "server"
    if not set(secret) <= set(DIGITS):
        return "character"
    if len(secret) != SECRET_DIGITS:
        return "length"
    return None if check_characters(server + secret[:-2]) == secret[-2:] else "check"


def mended(pasted: str) -> str:
    return "".join(pasted.split()).lower()


def ulid(text: str) -> bytes:
    number = 0
    for character in text:
        number = number * 32 + CROCKFORD.index(character)
    return number.to_bytes(16)


def test_the_check_characters_are_those_of_the_standard() -> None:
    assert check_characters("iso79") == "3w"


@pytest.mark.parametrize("vector", TOKENS["authentic"], ids=lambda vector: f"{vector['server']} {vector['version']}")
def test_a_token_is_what_its_server_and_version_give(vector: dict[str, Any]) -> None:
    text = vector["token"]
    assert fault(text) is None
    assert token(key_id_of(text), vector["server"], vector["version"]) == text


def test_a_token_of_another_key_is_well_formed_and_not_authentic() -> None:
    assert TOKENS["notAuthentic"]
    for vector in TOKENS["notAuthentic"]:
        text = vector["token"]
        assert fault(text) is None
        assert token(key_id_of(text), vector["server"], vector["version"]) != text


@pytest.mark.parametrize("vector", TOKENS["mended"], ids=lambda vector: repr(vector["pasted"]))
def test_blanks_and_upper_case_of_a_pasted_token_are_mended(vector: dict[str, Any]) -> None:
    assert mended(vector["pasted"]) == vector["token"]


@pytest.mark.parametrize("vector", TOKENS["malformed"], ids=lambda vector: vector["fault"])
def test_a_malformed_token_is_told_by_its_fault(vector: dict[str, Any]) -> None:
    assert fault(vector["pasted"]) == vector["fault"]


def test_every_single_wrong_digit_and_every_swap_of_neighbours_is_told() -> None:
    text = TOKENS["authentic"][0]["token"]
    start = text.index("|") + 1
    for at in range(start, len(text)):
        wrong = [text[:at] + digit + text[at + 1 :] for digit in DIGITS if digit != text[at]]
        swapped = text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
        assert all(fault(other) == "check" for other in [*wrong, swapped] if other != text)


def link(order: str, generation: int) -> str:
    key_id = LINKS["ring"]["current"]
    head = ulid(order) + generation.to_bytes(4)
    proof = mac(LINKS["ring"], key_id, "unlock-link/1", ulid(order), generation.to_bytes(4), bytes([key_id]))
    return base64url(head + bytes([key_id]) + proof[:18])


def test_a_link_is_what_its_order_and_generation_give() -> None:
    vector = LINKS["link"]
    assert link(vector["order"], vector["generation"]) == vector["text"]
    assert link(vector["order"], vector["generation"] + 1) != vector["text"]


def test_a_nonce_is_what_its_page_and_time_give() -> None:
    order, vector, key_id = LINKS["link"], LINKS["nonce"], LINKS["ring"]["current"]
    shown = int(datetime.fromisoformat(vector["shown"]).timestamp()).to_bytes(8)
    fields = (ulid(order["order"]), order["generation"].to_bytes(4), shown, bytes([key_id]))
    proof = mac(LINKS["ring"], key_id, f"{vector['purpose']}-nonce/1", *fields)
    assert base64url(shown + bytes([key_id]) + proof[:18]) == vector["text"]


def test_a_lease_id_is_what_its_server_epoch_and_serial_give() -> None:
    vector, key_id = LINKS["leaseId"], LINKS["ring"]["current"]
    head = (vector["epoch"].to_bytes(4), vector["serial"].to_bytes(8), bytes([key_id]))
    proof = mac(LINKS["ring"], key_id, "lease-id/1", vector["server"].encode(), *head)
    assert base64url(b"".join(head) + proof[:17]) == vector["text"]
