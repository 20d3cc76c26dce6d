"""Told when it is back: asked, confirmed, told once, in turn; never a newsletter by the back door."""

from datetime import timedelta
from typing import Any

import pytest

from parvis.core import outbox
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import AlertState
from parvis.domains.checkout.testing import AT
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import MessageFilters, Purpose
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people.contracts import Purpose as Consent

pytestmark = pytest.mark.database


@pytest.fixture
def large(db: Any) -> int:
    """The dress in L: sold out."""
    return small_catalogue().variants["DR-L"]


def _wait(variant: int, *addresses: str) -> list[str]:
    """These addresses wait, in this order; their tokens."""
    tokens = []
    for minute, address in enumerate(addresses):
        at = AT + timedelta(minutes=minute)
        actions.ask_for_alert(variant_id=variant, email=address, locale="en", at=at)
        row = models.StockAlert.objects.get(variant_id=variant, email=address)
        actions.confirm_alert(token=row.token, at=at)
        tokens.append(row.token)
    return tokens


def _mails(address: str) -> list[str]:
    found = mails.messages(MessageFilters(text=address)).items
    return [each.subject for each in reversed(found)]


def _receive(variant: int, pieces: int, *, at: Any = AT + timedelta(hours=2)) -> None:
    catalog.receive_stock(variant_id=variant, quantity=pieces, at=at)
    while outbox.deliver(at=now()):
        pass


def test_an_address_is_asked_first_and_told_once(large: int) -> None:
    state = actions.ask_for_alert(variant_id=large, email="Ada@Mail.example", locale="en", at=AT)
    assert state is AlertState.ASKED
    assert _mails("ada@mail.example") == ["Shall we tell you when Linen dress (L, Navy) is back?"]
    assert queries.waiting([large]) == {}
    row = models.StockAlert.objects.get()
    actions.confirm_alert(token=row.token, at=AT)
    actions.confirm_alert(token=row.token, at=AT)
    assert queries.waiting([large]) == {large: 1}
    _receive(large, 2)
    _receive(large, 2)
    assert _mails("ada@mail.example")[1:] == ["Linen dress (L, Navy) is back"]
    assert queries.alert(row.token).state is AlertState.TOLD
    assert queries.alert(row.token).email == "", "the address is kept no longer than the wish"


def test_who_never_said_yes_is_not_told(large: int) -> None:
    actions.ask_for_alert(variant_id=large, email="ada@mail.example", locale="en", at=AT)
    _receive(large, 5)
    assert len(_mails("ada@mail.example")) == 1
    actions.tidy_alerts(at=AT + timedelta(days=8))
    assert not models.StockAlert.objects.exists()


def test_three_are_told_for_a_piece_the_first_who_asked_first(large: int) -> None:
    names = [f"shopper{number}@mail.example" for number in range(1, 6)]
    _wait(large, *names)
    _receive(large, 1)
    assert [len(_mails(name)) for name in names] == [2, 2, 2, 1, 1]
    actions.tell_next(at=now() + timedelta(hours=3))
    assert queries.waiting([large]) == {large: 2}, "their turn has not come"
    actions.tell_next(at=now() + timedelta(hours=27))
    assert [len(_mails(name)) for name in names] == [2, 2, 2, 2, 2]


def test_nobody_is_told_of_what_is_gone_again(large: int) -> None:
    _wait(large, "ada@mail.example")
    catalog.receive_stock(variant_id=large, quantity=1, at=AT)
    catalog.adjust_stock(variant_id=large, quantity=-1, reason="broken", at=AT)
    while outbox.deliver(at=now()):
        pass
    assert queries.waiting([large]) == {large: 1}


def test_one_click_ends_all_wishes_of_an_address(large: int) -> None:
    other = small_catalogue().variants["JE-S"]
    (first,) = _wait(large, "ada@mail.example")
    _wait(other, "ada@mail.example")
    actions.stop_alert(token=first, at=AT)
    assert queries.waiting([large, other]) == {}
    assert not models.StockAlert.objects.exclude(email="").exists()
    with pytest.raises(NotFound):
        actions.stop_alert(token="x" * 30, at=AT)


def test_a_signed_in_customer_waits_at_once_at_the_own_address_only(large: int) -> None:
    ada = people.ensure_customer(email="ada@mail.example", name="Ada", locale="en", at=AT)
    mine = actions.ask_for_alert(variant_id=large, email=ada.email, customer_id=ada.id, locale="en", at=AT)
    other = actions.ask_for_alert(variant_id=large, email="eve@mail.example", customer_id=ada.id, locale="en", at=AT)
    assert (mine, other) == (AlertState.WAITING, AlertState.ASKED)
    assert not _mails("ada@mail.example")


def test_it_is_no_marketing(large: int) -> None:
    ada = people.ensure_customer(email="ada@mail.example", name="Ada", locale="en", at=AT)
    _wait(large, ada.email)
    _receive(large, 1)
    assert people_queries.consent(purpose=Consent.MARKETING, customer_id=ada.id) is None
    sent = mails.messages(MessageFilters(text=ada.email)).items
    assert {each.purpose for each in sent} == {Purpose.SERVICE}


def test_an_address_is_not_flooded(large: int) -> None:
    for _ in range(3):
        actions.ask_for_alert(variant_id=large, email="ada@mail.example", locale="en", at=AT + timedelta(minutes=1))
    assert len(_mails("ada@mail.example")) == 1
    shop = small_catalogue()
    for sku in ("JE-S", "JE-M", "JE-L"):
        actions.ask_for_alert(variant_id=shop.variants[sku], email="ada@mail.example", locale="en", at=AT)
    assert len(_mails("ada@mail.example")) == 4
    models.StockAlert.objects.update(created_at=AT)
    actions.ask_for_alert(variant_id=large, email="ada@mail.example", locale="en", at=AT + timedelta(days=2))
    assert len(_mails("ada@mail.example")) == 5, "who asks again another day is asked again"


def test_an_address_that_said_no_is_left_alone(large: int) -> None:
    (token,) = _wait(large, "ada@mail.example")
    actions.stop_alert(token=token, at=AT)
    for hour in (1, 2, 25):
        at = AT + timedelta(hours=hour)
        actions.ask_for_alert(variant_id=large, email="ada@mail.example", locale="en", at=at)
    assert len(_mails("ada@mail.example")) == 1
    actions.ask_for_alert(variant_id=large, email="ada@mail.example", locale="en", at=AT + timedelta(days=10))
    assert len(_mails("ada@mail.example")) == 2


def test_an_erased_customer_waits_for_nothing(large: int) -> None:
    ada = people.ensure_customer(email="ada@mail.example", name="Ada", locale="en", at=AT)
    _wait(large, ada.email)
    people.erase_customer(customer_id=ada.id, at=AT)
    while outbox.deliver(at=now()):
        pass
    assert not models.StockAlert.objects.exists()


def test_what_cannot_be_waited_for(large: int) -> None:
    shop = small_catalogue()
    with pytest.raises(actions.InStock):
        actions.ask_for_alert(variant_id=shop.variants["DR-S"], email="ada@mail.example", locale="en", at=AT)
    with pytest.raises(Invalid):
        actions.ask_for_alert(variant_id=large, email="ada", locale="en", at=AT)
    with pytest.raises(NotFound):
        actions.ask_for_alert(variant_id=99_999_999, email="ada@mail.example", locale="en", at=AT)
