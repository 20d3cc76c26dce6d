"""The shop's paying pages with Stripe bound: the element in the page, no card number, a policy that lets it in."""

import json
import re

import pytest

from parvis.connectors.stripe.tests.bench import SimulatedBench
from parvis.core.clock import now
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.checkout.testing import placed_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def settings_of(page: str) -> dict[str, str]:
    found = re.search(r'<script id="pay-element" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


def test_the_element_is_in_the_page_and_its_policy(client, in_browser: SimulatedBench) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    answer = client.get(f"/en/checkout/pay/{order.token}/")
    page = answer.content.decode()
    told = settings_of(page)
    assert told["key"] == "pk_test_x"
    assert told["secret"].startswith("pi_")
    assert told["returnUrl"].endswith("?back=1")
    assert "stripe/element.js" in page
    assert 'name="number"' not in page
    assert "sk_test" not in page
    policy = answer["Content-Security-Policy"]
    for wanted in (
        "script-src 'self'",
        "https://js.stripe.com",
        "frame-src",
        "connect-src 'self' https://api.stripe.com",
    ):
        assert wanted in policy
    assert "stripe.com" not in client.get("/en/")["Content-Security-Policy"], "no other page reaches Stripe"


def test_who_comes_back_from_the_element_has_paid(client, in_browser: SimulatedBench) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    page = client.get(f"/en/checkout/pay/{order.token}/").content.decode()
    reference = settings_of(page)["secret"].split("_secret_")[0]
    in_browser.account.pay_in_browser(reference, "4242424242424242")
    answer = client.get(f"/en/checkout/pay/{order.token}/?back=1")
    assert answer.status_code == 302
    assert queries.order(order.id).state is OrderState.PAID


def test_a_decline_on_the_element_is_told_and_can_be_tried_again(client, in_browser: SimulatedBench) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    page = client.get(f"/en/checkout/pay/{order.token}/").content.decode()
    reference = settings_of(page)["secret"].split("_secret_")[0]
    in_browser.account.pay_in_browser(reference, "4000000000009995")
    page = client.get(f"/en/checkout/pay/{order.token}/?back=1", follow=True).content.decode()
    assert "not enough money" in page
    assert settings_of(page)["secret"].startswith(reference)


def test_without_an_answer_the_page_says_so(client, in_browser: SimulatedBench) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    in_browser.account.faults = [500, 500, 500]
    page = client.get(f"/en/checkout/pay/{order.token}/").content.decode()
    assert "pay-element" not in page
    assert "Nothing was charged" in page


def test_no_number_is_taken_even_when_one_is_sent(client, in_browser: SimulatedBench) -> None:
    order = placed_order({"DR-S": 1}, at=now())
    form = {"number": "4242424242424242", "expiry": "12/90", "cvc": "123"}
    client.post(f"/en/checkout/pay/{order.token}/", form)
    assert not any(b"4242424242424242" in call.content for call in in_browser.account.calls)
