"""The vendor's ERP or CRM is told what happens, with signatures that its key fits."""

import json
from pathlib import Path

from cloud import client, setting
from customers import Customer, Suite
from engineer import Engineer
from orders import day
from people import People
from receiver import Receiver
from stack import Stack

KEY = "event-keys"


def key_in(folder: Path) -> str:
    """The key that `cargo xtask root events` printed last."""
    ring = json.loads((folder / f"{KEY}.json").read_text(encoding="utf-8"))
    key: str = ring["keys"][str(ring["current"])]
    return key


def test_an_unlock_and_an_activation_reach_the_receiver(people: People, receiver: Receiver, tmp_path: Path) -> None:
    key = key_in(Path(setting("KEYS_FOLDER")))
    customer = Customer(people)
    customer.unlock()
    unlocked = receiver.told("order.unlocked", orderNumber=customer.order["number"])
    assert unlocked.is_signed_with(key)
    assert unlocked.event["data"]["orderId"] == customer.receipt["orderId"]

    server = customer.server(4)
    Suite(people.base_url, tmp_path).says("activate", "--token", customer.token(server))
    assert receiver.told("server.activated", serverId=server).is_signed_with(key)


def test_a_rotation_leaves_the_receiver_time_to_change_its_key(
    stack: Stack, people: People, receiver: Receiver, engineer: Engineer
) -> None:
    def told() -> list[bool]:
        """Which of the keys fit what is sent now."""
        customer = Customer(people)
        customer.unlock()
        message = receiver.told("order.unlocked", orderNumber=customer.order["number"])
        return [message.is_signed_with(key) for key in keys]

    keys = [key_in(engineer.folder)]
    for fits in ([True, True], [False, True, True]):
        said = engineer.rotate(KEY, "events")
        keys.append(key_in(engineer.folder))
        assert keys[-1] in said
        stack.start_anew()
        assert told() == fits


def test_the_schedule_of_advance_tells_what_ends_soon(stack: Stack, people: People, receiver: Receiver) -> None:
    customer = Customer(people, start=day(-60), term=day(30))
    customer.unlock()
    account = customer.account().rpartition("/")[2]
    yesterday(stack, account)
    with stack.every_minute("AdvanceFunctionHourly"):
        told = receiver.told("ending.soon", accountId=account).event["data"]
    assert [(ending["stage"], ending["lastDay"]) for ending in told["endings"]] == [("thirty", day(30))]


def yesterday(stack: Stack, account: str) -> None:
    """Leaves an account as it was a day ago: what fell due today is still to be done."""
    client("dynamodb").update_item(
        TableName=stack.physical("Table"),
        Key={"pk": {"S": f"ACCOUNT#{account}"}, "sk": {"S": "PORTAL#ACCOUNT"}},
        UpdateExpression="SET advanced.#through = :yesterday, dueAt = :today",
        ConditionExpression="attribute_exists(dueShard)",
        ExpressionAttributeNames={"#through": "through"},
        ExpressionAttributeValues={":yesterday": {"S": day(-1)}, ":today": {"S": f"{day(0)}T00:00:00Z"}},
    )
