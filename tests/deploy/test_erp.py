"""The examples that the ERP's programmers are given work as they stand."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from orders import purchase
from people import People, erp_key_text, link_to

EXAMPLES = Path(__file__).parents[2] / "infra" / "erp"


@pytest.mark.parametrize("command", [[str(EXAMPLES / "send.sh")], [sys.executable, str(EXAMPLES / "send.py")]])
def test_an_example_sends_an_order(people: People, tmp_path: Path, command: list[str]) -> None:
    own = secrets.token_hex(4)
    order = tmp_path / "order.json"
    order.write_text(json.dumps(purchase(own)), encoding="utf-8")
    words = [*command, f"{people.base_url}/v1/orders", str(order)]
    environment = os.environ | {"ERP_KEY": erp_key_text()}
    done = subprocess.run(words, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["orderId"]
    assert link_to(f"recipient-{own}@example.com")
