"""What the ERP sends."""

from datetime import UTC, datetime, timedelta
from typing import Any


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def purchase(own: str, start: str | None = None, term: str | None = None) -> dict[str, Any]:
    """An order for a subscription, of a year from today on unless dates are given."""
    dates = {"start": start or day(0), "term": term or day(364)}

    def person(role: str) -> dict[str, str]:
        return {"name": "Bernardo Federigi", "email": f"{role}-{own}@example.com", "language": "en"}

    line = {"sku": "IM120-4L", "licenseCode": f"A-{own}", "licenseType": "subscription", "quantity": 5}
    line |= dates | {"care": {"level": "gold"} | dates}
    return {
        "type": "purchase",
        "number": f"order-{own}",
        "revision": 1,
        "purchaseOrder": "Hotel pack",
        "recipient": person("recipient"),
        "reseller": {"number": f"R-{own}", "name": "Reseller", "contact": person("reseller")},
        "customer": {"number": f"C-{own}", "name": "Customer", "country": "IT", "contact": person("customer")},
        "lines": [line],
    }
