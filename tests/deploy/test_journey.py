"""From the ERP's order to a telephone system that runs, through everything that is deployed."""

from pathlib import Path

from cloud import good, http
from customers import Customer, Suite
from people import People


def test_an_order_becomes_a_running_telephone_system(people: People, tmp_path: Path) -> None:
    customer = Customer(people)
    customer.unlock()
    token = customer.token(customer.server(4))

    suite = Suite(people.base_url, tmp_path)
    assert "Checked in: lease" in suite.says("activate", "--token", token)
    assert "IP Fax server" in suite.says("status")
    suite.says("check-in")


def test_people_get_the_portal_and_what_it_needs_to_sign_them_in(people: People) -> None:
    page = good(http.get(f"{people.base_url}/"))
    assert page.headers["content-type"].startswith("text/html")
    config = good(http.get(f"{people.base_url}/config.json")).json()
    assert config["clientId"] == people.client_id
    assert ".amazoncognito.com" in page.headers["content-security-policy"]
