"""Reminded of a cart: only who agreed, twice at most, never of what was bought or is gone."""

from datetime import timedelta
from typing import Any

import pytest

from parvis.core import outbox
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import Cart, ReminderConsent, ReminderState
from parvis.domains.checkout.testing import AT, TOKEN, filled_cart, pay, placed_order
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import MessageFilters, MessageState
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Purpose

pytestmark = pytest.mark.database

LATER, MUCH_LATER = AT + timedelta(hours=5), AT + timedelta(days=4)
ADA = "ada@mail.example"


@pytest.fixture
def shop(db: Any) -> SmallCatalogue:
    return small_catalogue()


def _left(**more: Any) -> models.CartReminder:
    filled_cart({"DR-S": 1, "SW-S": 2})
    actions.note_reminder(**{"cart_token": TOKEN, "email": ADA, "locale": "en", "at": AT, **more})
    return models.CartReminder.objects.get()


def _sent(address: str = ADA) -> list[str]:
    return [each.text for each in mails.messages(MessageFilters(text=address)).items if each.template.endswith("told")]


def test_two_mails_at_most_and_then_none(shop: SmallCatalogue) -> None:
    _left()
    assert actions.send_reminders(at=AT + timedelta(hours=1)) == 0
    assert actions.send_reminders(at=LATER) == 1
    assert actions.send_reminders(at=LATER) == 0
    assert actions.send_reminders(at=MUCH_LATER) == 1
    assert actions.send_reminders(at=MUCH_LATER + timedelta(days=30)) == 0
    assert len(_sent()) == 2
    assert "2 × Wool sweater, S" in _sent()[0]
    assert models.CartReminder.objects.get().state == ReminderState.DONE


def test_nobody_is_reminded_without_having_agreed(shop: SmallCatalogue) -> None:
    filled_cart({"DR-S": 1})
    assert actions.send_reminders(at=MUCH_LATER) == 0
    _left()
    actions.drop_reminder(cart_token=TOKEN)
    assert not models.CartReminder.objects.exists()


def test_not_of_what_was_bought_meanwhile(shop: SmallCatalogue) -> None:
    row = _left(email="claire@mail.example")
    order = placed_order({"DR-S": 1}, at=AT + timedelta(hours=1))
    assert order.email != "claire@mail.example" or actions.send_reminders(at=LATER) == 0
    pay(order, at=AT + timedelta(hours=1))
    actions.credit_reminders(order_ids=[order.id])
    row.refresh_from_db()
    assert (row.state, row.email) == (ReminderState.DROPPED, "")
    assert actions.send_reminders(at=LATER) == 0


def test_not_of_what_is_gone(shop: SmallCatalogue) -> None:
    filled_cart({"DR-M": 1})
    actions.note_reminder(cart_token=TOKEN, email=ADA, locale="en", at=AT)
    catalog.adjust_stock(variant_id=shop.variants["DR-M"], quantity=-4, reason="lost", at=AT)
    assert actions.send_reminders(at=LATER) == 0
    assert models.CartReminder.objects.get().state == ReminderState.DROPPED


def test_one_click_ends_it_and_the_address_goes(shop: SmallCatalogue) -> None:
    row = _left()
    actions.send_reminders(at=LATER)
    assert f"/cart/back/{row.token}/?stop=1" in _sent()[0]
    actions.stop_reminders(token=row.token)
    assert actions.send_reminders(at=MUCH_LATER) == 0
    row.refresh_from_db()
    assert (row.state, row.email) == (ReminderState.STOPPED, "")
    actions.note_reminder(cart_token=TOKEN, email=ADA, locale="en", at=MUCH_LATER)
    assert models.CartReminder.objects.get().state == ReminderState.STOPPED, "no is no"


def test_the_limit_of_mails_counts(shop: SmallCatalogue) -> None:
    _left()
    for number in range(2):
        token = f"another-cart-of-somebody-{number}"
        cart: Cart = filled_cart({"SW-M": 1}, token=token)
        actions.note_reminder(cart_token=cart.token, email=ADA, locale="en", at=AT)
    assert actions.send_reminders(at=LATER) == 2
    waiting = models.CartReminder.objects.filter(sent=0).get()
    assert waiting.due_at > LATER, "put off, not forgotten"


def test_consent_to_news_counts_while_it_stands(shop: SmallCatalogue) -> None:
    ada = people.ensure_customer(email=ADA, name="Ada", locale="en", at=AT)
    people.record_consent(purpose=Purpose.MARKETING, granted=True, source="account", customer_id=ada.id, at=AT)
    _left(customer_id=ada.id, consent=ReminderConsent.MARKETING)
    people.record_consent(purpose=Purpose.MARKETING, granted=False, source="account", customer_id=ada.id, at=LATER)
    assert actions.send_reminders(at=LATER) == 0
    assert not [each for each in mails.messages().items if each.state is MessageState.WAITING]


def test_coming_back_restores_and_is_counted(shop: SmallCatalogue) -> None:
    row = _left()
    actions.send_reminders(at=LATER)
    own = filled_cart({"SW-M": 1}, token="own-cart-of-somebody-else")
    both = actions.come_back(token=row.token, cart_token=own.token, at=LATER, locale="en")
    assert (both.token, both.count) == (own.token, 4)
    assert actions.come_back(token=row.token, cart_token=own.token, at=LATER, locale="en").count == 4
    figures = queries.reminder_figures(since=AT - timedelta(days=1), until=MUCH_LATER)
    assert (figures.agreed, figures.sent, figures.back, figures.bought) == (1, 1, 1, 0)


def test_coming_back_never_shares_the_cart_of_another_browser(shop: SmallCatalogue) -> None:
    row = _left()
    cart = actions.come_back(token=row.token, cart_token=None, at=LATER, locale="en")
    assert (cart.token != TOKEN, cart.count) == (True, 3)
    order = placed_order({"SW-M": 1}, token=cart.token, at=LATER)
    assert queries.unfinished(TOKEN) is None, "who typed the address does not find the order"
    assert order.email != ADA
    assert actions.send_reminders(at=MUCH_LATER) == 0, "bought, with whatever address"


def test_who_is_still_here_is_not_reminded_yet(shop: SmallCatalogue) -> None:
    _left()
    actions.note_reminder(cart_token=TOKEN, email=ADA, locale="en", at=AT + timedelta(hours=3, minutes=50))
    assert actions.send_reminders(at=LATER) == 0


def test_a_no_counts_for_carts_to_come_too(shop: SmallCatalogue) -> None:
    actions.stop_reminders(token=_left().token)
    filled_cart({"SW-M": 1}, token="another-cart-of-somebody")
    again = {"cart_token": "another-cart-of-somebody", "email": ADA, "locale": "en", "at": LATER}
    actions.note_reminder(**again)
    assert models.CartReminder.objects.count() == 1, "anybody can type any address"
    ada = people.ensure_customer(email=ADA, name="Ada", locale="en", at=AT)
    actions.note_reminder(**again, customer_id=ada.id)
    assert models.CartReminder.objects.filter(state=ReminderState.WAITING).count() == 1


def test_what_was_unticked_stays_unticked(shop: SmallCatalogue) -> None:
    ada = people.ensure_customer(email=ADA, name="Ada", locale="en", at=AT)
    people.record_consent(purpose=Purpose.MARKETING, granted=True, source="account", customer_id=ada.id, at=AT)
    news: dict[str, Any] = {"customer_id": ada.id, "consent": ReminderConsent.MARKETING}
    _left(**news)
    actions.drop_reminder(cart_token=TOKEN)
    actions.note_reminder(cart_token=TOKEN, email=ADA, locale="en", at=AT, **news)
    assert actions.send_reminders(at=LATER) == 0
    actions.note_reminder(cart_token=TOKEN, email=ADA, locale="en", customer_id=ada.id, at=LATER)
    row = models.CartReminder.objects.get()
    assert (row.consent, row.consent_text, row.agreed_at) == ("box", "reminder-2026-11", LATER)
    assert actions.send_reminders(at=LATER + timedelta(hours=1)) == 0
    assert actions.send_reminders(at=LATER + timedelta(hours=5)) == 1
    actions.drop_reminder(cart_token=TOKEN)
    assert actions.send_reminders(at=LATER + timedelta(days=9)) == 0


def test_an_erased_customer_is_forgotten_here_too(shop: SmallCatalogue) -> None:
    order = placed_order({"DR-S": 1}, at=AT)
    filled_cart({"SW-S": 1}, token="later-cart-of-a-guest")
    actions.note_reminder(cart_token="later-cart-of-a-guest", email=order.email, locale="en", at=AT)
    models.CartReminder.objects.update(customer=None)
    assert order.customer_id is not None
    actions.forget_reminders(customer_id=order.customer_id)
    assert not models.CartReminder.objects.exists()


def test_a_sale_is_credited(shop: SmallCatalogue) -> None:
    row = _left(email="claire@mail.example")
    models.CartReminder.objects.filter(id=row.id).update(sent=1, sent_at=AT, back_at=AT)
    order = placed_order({"DR-S": 1}, at=AT + timedelta(hours=1))
    pay(order, at=AT + timedelta(hours=1))
    while outbox.deliver(at=now()):
        pass
    figures = queries.reminder_figures(since=AT - timedelta(days=1), until=MUCH_LATER)
    assert (figures.sent, figures.bought, figures.revenue) == (1, 1, order.totals.total)


def test_addresses_are_kept_for_a_month(shop: SmallCatalogue) -> None:
    _left()
    actions.tidy_reminders(at=AT + timedelta(days=31))
    row = models.CartReminder.objects.get()
    assert (row.email, row.state) == ("", ReminderState.DROPPED)
    actions.tidy_reminders(at=AT + timedelta(days=401))
    assert not models.CartReminder.objects.exists()


def test_nonsense_is_refused(shop: SmallCatalogue) -> None:
    with pytest.raises(NotFound):
        actions.note_reminder(cart_token="no-such-cart-anywhere", email=ADA, locale="en", at=AT)
    filled_cart({"DR-S": 1})
    with pytest.raises(Invalid):
        actions.note_reminder(cart_token=TOKEN, email="ada", locale="en", at=AT)
    with pytest.raises(NotFound):
        actions.come_back(token="x" * 30, cart_token=None, at=AT, locale="en")
