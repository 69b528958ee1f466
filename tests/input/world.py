"""A customer of its own for each operation that is tested, so that what one takes away no other misses."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from stack import check_in, good, link_to, portal, post_order, press

SERVERS = 3
INVITED = 3


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def care() -> dict[str, str]:
    return {"level": "gold", "start": day(0), "term": day(364)}


@dataclass
class World:
    """Ids of things that are there, and the people who may touch them."""

    own: str = field(default_factory=lambda: secrets.token_hex(5))
    account: str = ""
    servers: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    resellers: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    locked_link: str = ""
    unlocked_link: str = ""
    token: str = ""

    @property
    def manager(self) -> str:
        return f"customer-{self.own}@example.com"

    def etag(self) -> str:
        return good(portal(self.manager, "GET", f"/v1/accounts/{self.account}")).headers["etag"]

    def order(self, name: str, reseller: str) -> dict[str, Any]:
        def person(role: str) -> dict[str, str]:
            return {"name": "Bernardo Federigi", "email": f"{role}-{self.own}@example.com", "language": "en"}

        line = {"quantity": 5, "start": day(0), "care": care()}
        term = {"licenseType": "subscription", "term": day(364)}
        return {
            "type": "purchase",
            "number": f"{name}-{self.own}",
            "revision": 1,
            "purchaseOrder": "Hotel pack",
            "recipient": person(f"recipient-{name}"),
            "reseller": {"number": reseller, "name": "Reseller", "contact": person("reseller")},
            "customer": {"number": f"C-{self.own}", "name": "Customer", "country": "IT", "contact": person("customer")},
            "lines": [
                line | term | {"sku": "IM120-4L", "licenseCode": f"A-{name}-{self.own}"},
                line | {"licenseType": "perpetual", "sku": "IM110-250L", "licenseCode": f"B-{name}-{self.own}"},
            ],
        }

    def take(self, order: dict[str, Any]) -> str:
        """Posts an order; the link that its mail brings."""
        self.orders.append(post_order(order)["orderId"])
        self.numbers.append(order["number"])
        return link_to(order["recipient"]["email"])


def seeded() -> World:
    """Three orders, one of them locked; servers with capacity, one active and one disabled; people who are members or
    ask to be; two resellers."""
    world = World()
    world.resellers = [f"R-{world.own}", f"S-{world.own}"]
    world.unlocked_link = world.take(world.order("first", world.resellers[0]))
    good(press(world.unlocked_link, "", "unlock", {}))
    world.account = good(portal(world.manager, "GET", "/v1/accounts")).json()["accounts"][0]["accountId"]
    # The second reseller asks for access, and its order stays locked for whoever wants to unlock one.
    other = world.take(world.order("second", world.resellers[1]))
    good(press(other, "", "unlock", {}))
    world.locked_link = world.take(world.order("third", world.resellers[0]))
    furnish(world)
    return world


def furnish(world: World) -> None:
    path = f"/v1/accounts/{world.account}"
    for _ in range(SERVERS):
        world.servers.append(good(portal(world.manager, "POST", f"{path}/servers", {})).json()["serverId"])
    for number in range(INVITED):
        body = {"email": f"member{number}-{world.own}@example.com", "role": "viewer"}
        world.members.append(good(portal(world.manager, "POST", f"{path}/members", body)).json()["personId"])
    row = {"application": "IP Fax server", "redundancy": False, "licenseType": "subscription"}
    assigned = [row | {"serverId": server, "capacity": 4} for server in world.servers]
    version = {"if-match": world.etag()}
    good(portal(world.manager, "PUT", f"{path}/assignments", {"assignments": assigned}, **version))
    world.token = good(portal(world.manager, "GET", f"/v1/servers/{world.servers[0]}/token")).json()["token"]
    good(check_in(world.token))
    good(portal(world.manager, "POST", f"{path}/servers/{world.servers[-1]}/disable"))
    # Once somebody has signed in, a forward is a request, which its person confirms by signing in.
    for number in range(2):
        address = f"asks{number}-{world.own}@example.com"
        good(press(world.unlocked_link, "/forward", "forward", {"address": address}))
        portal(address, "GET", "/v1/me")
    listed = good(portal(world.manager, "GET", f"{path}/members")).json()
    world.requests = [request["person"]["personId"] for request in listed["requests"]]
