"""What the law of consumers asks of a checkout: told before, said on the button, kept after."""

from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import LegalKind, OrderState
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import MessageFilters
from parvis.interfaces.storefront.tests.conftest import Shop, deliver
from parvis.interfaces.storefront.tests.test_buying import field, fill, put_in_cart, token_of
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


def _publish(words: str) -> int:
    actions.publish_legal(kind=LegalKind.TERMS, text_en=words, text_fr=f"{words} FR", actor_id=None, at=now())
    return actions.legal_in_force(LegalKind.TERMS, at=now()).version


@pytest.mark.parametrize(
    ("language", "button"), [("en", "Order with obligation to pay"), ("fr", "obligation de paiement")]
)
def test_all_is_told_before_the_button(shop: Shop, visitor: Client, language: str, button: str) -> None:
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout").replace("/en/", f"/{language}/")).content.decode()
    desk = html[html.index('id="checkout"') :]
    assert button in desk
    for kind in ("notice", "withdrawal", "terms", "privacy"):
        assert desk.index(f"/legal/{kind}/") < desk.index(button, desk.index("lock")), kind


def test_the_versions_shown_are_kept_with_the_order(shop: Shop, visitor: Client) -> None:
    version = _publish("# Sale\n\nThe first words.")
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout")).content.decode()
    token = token_of(visitor.post(address("checkout"), fill(html, agreed=field(html, "agreed"))))
    _publish("# Sale\n\nOther words.")
    order = queries.order_by_token(token)
    agreed: Any = next(entry.detail for entry in order.trail if entry.kind == "agreed")
    assert agreed["versions"]["terms"] == version
    assert agreed["shown"] is True
    assert agreed["button"] == "Order with obligation to pay"
    old = visitor.get(address("legal_version", kind="terms", number=version)).content.decode()
    assert "The first words." in old
    assert "an earlier version" in old
    assert "Other words." in visitor.get(address("legal_text", kind="terms")).content.decode()
    deliver()
    (mail,) = mails.messages(MessageFilters(text=order.number)).items
    assert "The first words." in mail.text, "the durable medium holds the text itself"
    assert "Model form" in mail.text


def test_what_a_form_does_not_carry_was_not_shown(shop: Shop, visitor: Client) -> None:
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout")).content.decode()
    order = queries.order_by_token(token_of(visitor.post(address("checkout"), fill(html))))
    agreed: Any = next(entry.detail for entry in order.trail if entry.kind == "agreed")
    assert agreed["shown"] is False


def test_terms_that_changed_are_read_first(shop: Shop, visitor: Client) -> None:
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout")).content.decode()
    _publish("New rules.")
    answer = visitor.post(address("checkout"), fill(html, agreed=field(html, "agreed")))
    page = answer.content.decode()
    assert (answer.status_code, "Our terms have changed" in page) == (422, True)
    again = visitor.post(address("checkout"), fill(page, agreed=field(page, "agreed")))
    assert queries.order_by_token(token_of(again)).state is OrderState.PAID


def test_the_starting_texts_are_versions_too(shop: Shop, visitor: Client) -> None:
    first = actions.legal_in_force(LegalKind.WITHDRAWAL, at=now())
    assert actions.legal_in_force(LegalKind.WITHDRAWAL, at=now()) == first
    assert "14 days" in first.text_en
    assert "14 jours" in first.text_fr
    for kind in LegalKind:
        assert visitor.get(address("legal_text", kind=kind.value)).status_code == 200
    assert visitor.get(address("legal_text", kind="nonsense")).status_code == 404
    assert visitor.get(address("legal_version", kind="terms", number=999)).status_code == 404


def test_a_text_of_strangers_is_no_markup(shop: Shop, visitor: Client) -> None:
    _publish("# <b>Sale</b>\n\n<script>x</script>")
    html = visitor.get(address("legal_text", kind="terms")).content.decode()
    assert "<script>x" not in html
    assert "<b>Sale" not in html
