"""Account and consent: one's own things, nobody else's, to take away or to forget."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.test import Client

from parvis.core.clock import now
from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.testing import paid_order
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import Ground
from parvis.domains.people import actions as people_actions
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Purpose
from parvis.interfaces.storefront.tests.conftest import Shop, deliver
from parvis.interfaces.storefront.tests.test_buying import fill, put_in_cart, token_of
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


def signed_in(email: str = "lea@mail.example", name: str = "Lea Petit") -> tuple[Client, Any]:
    """A browser of somebody with a confirmed address."""
    account = get_user_model().objects.create_user(email=email, name=name, locale="en", password="long-enough-word")
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
    client = Client(headers={"user-agent": "Mozilla/5.0 Firefox/130.0", "accept-language": "en"})
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, account


PLACES = ("account", "account_orders", "account_voices", "account_details", "account_consents", "account_erase")


def test_strangers_sign_in_first(shop: Shop, visitor: Client) -> None:
    for place in (*PLACES, "account_export"):
        answer = visitor.get(address(place))
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]


def test_own_pages_open_and_show_own_orders_only(shop: Shop) -> None:
    client, _account = signed_in()
    theirs = paid_order({"SW-S": 1})
    put_in_cart(client, shop)
    sent = fill(client.get(address("checkout")).content.decode(), email="lea@mail.example", name="Lea Petit")
    mine = checkout.order_by_token(token_of(client.post(address("checkout"), sent)))
    for place in PLACES:
        assert client.get(address(place)).status_code == 200, place
    html = client.get(address("account_orders")).content.decode()
    assert mine.number in html
    assert theirs.number not in html


def test_a_guest_cart_is_kept_at_sign_in(shop: Shop) -> None:
    client, account = signed_in()
    client.logout()
    put_in_cart(client, shop, "DR-M")
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Linen dress" in client.get(address("cart")).content.decode()


def test_second_purchase_takes_two_clicks(shop: Shop) -> None:
    client, account = signed_in()
    put_in_cart(client, shop)
    sent = fill(client.get(address("checkout")).content.decode(), keep_address="1", save="on")
    client.post(address("checkout"), sent)
    customer = people.customer_of_account(account.pk)
    assert checkout.saved_cards(customer.id)
    # first click
    assert put_in_cart(client, shop, "SW-S", buy="1")["Location"] == address("checkout")
    html = client.get(address("checkout")).content.decode()
    assert 'value="12 rue des Lilas"' in html
    # second click: everything as it stands on the page
    card = checkout.saved_cards(customer.id)[0]
    sent = fill(html, saved=str(card.id), number="", expiry="", cvc="")
    answer = client.post(address("checkout"), sent)
    assert checkout.order_by_token(token_of(answer)).payment.card_last4 == "4242"
    client.post(address("forget_card", card_id=card.id))
    assert not checkout.saved_cards(customer.id)


def test_details_and_language(shop: Shop) -> None:
    client, account = signed_in()
    answer = client.post(address("account_details"), {"name": "Léa P.", "language": "fr"})
    assert answer["Location"] == address("account_details", "fr")
    customer = people.customer_of_account(account.pk)
    assert (customer.name, customer.locale) == ("Léa P.", "fr")


def test_export_and_erasure(shop: Shop) -> None:
    client, account = signed_in()
    client.get(address("account"))
    customer = people.customer_of_account(account.pk)
    held = client.get(address("account_export"))
    assert held.headers["Content-Disposition"].startswith("attachment")
    assert held.json()["customer"]["email"] == "lea@mail.example"
    client.get(address("account_erase"))
    assert people.customer(customer.id).email == "lea@mail.example", "looking erases nothing"
    client.post(address("account_erase"), {"sure": "yes"})
    deliver()
    assert people.customer(customer.id).erased
    assert "/accounts/login/" in client.get(address("account"))["Location"]


def test_somebody_elses_card_and_address_cannot_be_touched(shop: Shop) -> None:
    client, _account = signed_in()
    other = people_actions.ensure_customer(email="other@mail.example", name="Other", at=now())
    kept = people_actions.save_address(
        customer_id=other.id, name="Other", line1="1 rue A", postcode="75001", city="Paris", country="FR"
    )
    client.post(address("forget_address", address_id=kept.id))
    assert people.addresses(other.id)
    assert client.post(address("forget_card", card_id=12345)).status_code == 404


@pytest.mark.parametrize(("answer", "cookie"), [("yes", "analytics"), ("no", "none")])
def test_consent_is_one_click_either_way(shop: Shop, visitor: Client, answer: str, cookie: str) -> None:
    assert 'class="consent"' in visitor.get(address("home")).content.decode()
    given = visitor.post(address("consent"), {"answer": answer, "next": address("cart")})
    assert given["Location"] == address("cart")
    assert given.cookies["parvis_consent"].value == cookie
    assert ("parvis_visitor" in given.cookies and bool(given.cookies["parvis_visitor"].value)) == (answer == "yes")
    assert 'class="consent"' not in visitor.get(address("home")).content.decode()


def test_a_signal_of_the_browser_is_an_answer(shop: Shop) -> None:
    html = Client(headers={"sec-gpc": "1"}).get(address("home")).content.decode()
    assert 'class="consent"' not in html


def test_consent_never_leads_elsewhere(shop: Shop, visitor: Client) -> None:
    given = visitor.post(address("consent"), {"answer": "no", "next": "https://evil.example/"})
    assert given["Location"] == address("home")


def test_consents_of_a_customer_have_a_history(shop: Shop) -> None:
    client, account = signed_in()
    client.post(address("account_consents"), {"purpose": ["marketing"]})
    customer = people.customer_of_account(account.pk)
    assert people.consent(purpose=Purpose.MARKETING, customer_id=customer.id) is True
    assert people.consent(purpose=Purpose.ANALYTICS, customer_id=customer.id) is False
    client.post(address("account_consents"), {})
    assert people.consent(purpose=Purpose.MARKETING, customer_id=customer.id) is False
    assert len(people.consents(customer.id)) == 3


def test_who_does_not_want_to_be_asked_says_so_in_the_account(shop: Shop) -> None:
    client, _account = signed_in()
    mine = people_actions.ensure_customer(email="lea@mail.example", at=now(), account_id=_account.pk)
    here = address("account_consents")
    assert 'name="asking"' in client.get(here).content.decode()
    client.post(here, {"purpose": "analytics"})
    assert mails.asking_refused(mine.id, mine.email) is Ground.UNSUBSCRIBED
    assert people.consent(purpose=Purpose.ANALYTICS, customer_id=mine.id) is True
    client.post(here, {"asking": "yes"})
    assert mails.asking_refused(mine.id, mine.email) is None
