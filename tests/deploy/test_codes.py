"""The codes that people sign in with come in both languages, once the command of infra/README.md was given."""

import json
import secrets
from pathlib import Path

from cloud import client
from people import People
from stack import Stack

TEXT = Path(__file__).parents[2] / "infra" / "sign-in-code.json"


def test_codes_get_their_text_and_nobody_is_asked_for_a_second_factor(stack: Stack, people: People) -> None:
    cognito = client("cognito-idp")
    pool = {"UserPoolId": stack.outputs["UserPoolId"]}
    text = json.loads(TEXT.read_text(encoding="utf-8"))
    cognito.set_user_pool_mfa_config(**pool, MfaConfiguration="OPTIONAL", EmailMfaConfiguration=text)
    told = cognito.get_user_pool_mfa_config(**pool)
    assert told["MfaConfiguration"] == "OPTIONAL"
    assert told["EmailMfaConfiguration"] == text
    assert people.sign_in(f"newcomer-{secrets.token_hex(4)}@example.com")
