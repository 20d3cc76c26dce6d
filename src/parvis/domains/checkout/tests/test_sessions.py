"""One checkout behind every door: what is told, what is ordered, and what can never happen twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core.errors import Invalid, NotFound
from parvis.domains.catalog import actions as catalog_actions
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.actions import HandedOver, SessionClosed
from parvis.domains.checkout.contracts import (
    SESSION_LIFE,
    Address,
    AgentCartState,
    Details,
    Door,
    OrderState,
    Session,
    SessionState,
    Severity,
    Wanted,
)
from parvis.domains.checkout.testing import AT, CHALLENGED, DECLINED, HOME, card, session_of
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Purpose
from parvis.domains.people.testing import agent

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
LATER = AT + timedelta(minutes=1)


@pytest.fixture
def shop() -> SmallCatalogue:
    """The small catalogue with three dresses left."""
    shop = small_catalogue()
    catalog_actions.count_stock(variant_id=shop.variants["DR-S"], counted=3, at=AT)
    return shop


def codes(session: Session) -> list[tuple[str, str]]:
    return [(message.code, message.at) for message in session.messages]


def complete(session: Session, number: str = "4242424242424242", **more):
    given = {"token": session.token, "instrument": card(number), "return_url": "/back/", "at": LATER}
    return actions.complete_session(**{**given, **more})


def test_a_cart_alone_says_what_is_missing(shop: SmallCatalogue) -> None:
    dress = shop.variants["DR-S"]
    session = actions.open_session(
        door=Door.MCP, lines=[Wanted(variant_id=dress, quantity=1)], locale="en", at=AT, codes=[" ete ", "ETE"]
    )
    assert session.state is SessionState.INCOMPLETE
    assert codes(session) == [
        ("missing", "details.email"),
        ("missing", "details.name"),
        ("missing", "details.address"),
        ("code_refused", "codes.ETE"),
    ]
    assert session.total.amount_minor == 8900
    assert session.expires_at == AT + SESSION_LIFE


def test_a_session_is_bought_once_however_often_it_is_completed(shop: SmallCatalogue) -> None:
    session = session_of({"DR-S": 2}, catalogue=shop)
    assert (session.state, codes(session)) == (SessionState.READY, [])
    first, second = complete(session), complete(session)
    assert first.state is second.state is SessionState.COMPLETED
    assert first.order is not None
    assert first.order.id == second.order.id
    assert first.order.state is OrderState.PAID
    assert first.order.totals.due == session.total
    assert models.Order.objects.count() == models.Payment.objects.count() == 1
    assert models.Order.objects.get().door == "acp"
    assert catalog.variant(shop.variants["DR-S"]).on_hand == 1


def test_a_declined_card_leaves_the_order_to_be_paid_with_another_one(shop: SmallCatalogue) -> None:
    session = session_of(catalogue=shop)
    refused = complete(session, DECLINED)
    assert refused.state is SessionState.READY
    assert [code for code, _at in codes(refused)] == ["payment_declined"]
    paid = complete(session)
    assert paid.state is SessionState.COMPLETED
    assert models.Order.objects.count() == 1


def test_the_bank_asks_the_shopper(shop: SmallCatalogue) -> None:
    asked = complete(session_of(catalogue=shop), CHALLENGED)
    assert asked.state is SessionState.NEEDS_SHOPPER
    assert asked.next_url
    assert queries.session(asked.token, at=LATER).state is SessionState.NEEDS_SHOPPER


def test_a_card_that_cannot_be_read_is_told_in_the_session(shop: SmallCatalogue) -> None:
    told = complete(session_of(catalogue=shop), "42")
    assert [code for code, _at in codes(told)] == ["payment_unreadable"]
    assert told.state is SessionState.READY


def test_nobody_pays_a_price_that_was_not_told(shop: SmallCatalogue) -> None:
    session = session_of(catalogue=shop)
    dress = shop.variants["DR-S"]
    catalog_actions.set_price(variant_id=dress, amount_minor=9900, reason="new", at=AT)
    stopped = complete(session)
    assert stopped.order is None
    assert set(codes(stopped)) == {("price_moved", f"lines.{dress}"), ("total_moved", "total")}
    assert all(message.severity is Severity.WARNING for message in stopped.messages)
    assert stopped.total.amount_minor == 9900
    assert complete(session).state is SessionState.COMPLETED
    assert models.Order.objects.get().total_minor == 9900


def test_a_total_that_the_caller_did_not_agree_to_is_not_charged(shop: SmallCatalogue) -> None:
    session = session_of(catalogue=shop)
    stopped = complete(session, expected_total_minor=1)
    assert (stopped.order, codes(stopped)) == (None, [("total_moved", "total")])
    assert stopped.messages[0].detail == {"before": 1, "now": 8900}


def test_what_is_told_with_the_completion_changes_nothing_that_was_agreed(shop: SmallCatalogue) -> None:
    """A name that comes with the completion must not make a price count as told that nobody has seen."""
    session = session_of(catalogue=shop)
    catalog_actions.set_price(variant_id=shop.variants["DR-S"], amount_minor=9900, reason="new", at=AT)
    late = actions.update_session(
        token=session.token, details=replace(session.details, name="Claire M."), shown=False, at=AT
    )
    assert late.details.name == "Claire M."
    stopped = complete(session)
    assert (stopped.order, stopped.total.amount_minor) == (None, 9900)
    assert ("total_moved", "total") in codes(stopped)


def test_sold_out_between_the_last_answer_and_the_order(shop: SmallCatalogue) -> None:
    session = session_of({"DR-S": 2}, catalogue=shop)
    other = session_of({"DR-S": 2}, who="emma", catalogue=shop)
    assert complete(other).state is SessionState.COMPLETED
    late = complete(session)
    assert late.state is SessionState.INCOMPLETE
    assert codes(late) == [("not_enough", f"lines.{shop.variants['DR-S']}")]
    assert late.messages[0].detail == {"wanted": 2, "available": 1}
    fewer = actions.update_session(
        token=session.token, lines=[Wanted(variant_id=shop.variants["DR-S"], quantity=1)], at=LATER
    )
    assert fewer.state is SessionState.READY
    assert complete(session).state is SessionState.COMPLETED


def test_who_comes_too_late_is_told_without_waiting_for_anybody(shop: SmallCatalogue) -> None:
    session = session_of({"DR-S": 2}, catalogue=shop)
    assert complete(session_of({"DR-S": 2}, who="emma", catalogue=shop)).state is SessionState.COMPLETED
    with CaptureQueriesContext(connection) as asked:
        assert complete(session).state is SessionState.INCOMPLETE
    written = [each["sql"] for each in asked if "FOR UPDATE" in each["sql"] or not each["sql"].startswith("SELECT")]
    assert written == []
    assert len(asked) <= 8


def test_an_article_that_is_no_longer_sold_is_told(shop: SmallCatalogue) -> None:
    session = session_of(catalogue=shop)
    catalog_actions.archive_variant(variant_ids=[shop.variants["DR-S"]], at=AT)
    assert codes(queries.session(session.token, at=AT)) == [("not_sold", f"lines.{shop.variants['DR-S']}")]
    assert complete(session).order is None


def test_a_change_after_a_declined_card_frees_the_goods_and_starts_anew(shop: SmallCatalogue) -> None:
    session = session_of({"DR-S": 3}, catalogue=shop)
    complete(session, DECLINED)
    assert catalog.variant(shop.variants["DR-S"]).available == 0
    changed = actions.update_session(
        token=session.token, lines=[Wanted(variant_id=shop.variants["DR-S"], quantity=1)], at=LATER
    )
    assert changed.state is SessionState.READY
    assert catalog.variant(shop.variants["DR-S"]).available == 3
    assert complete(session).order.totals.total.amount_minor == 8900
    states = sorted(models.Order.objects.values_list("state", flat=True))
    assert states == ["cancelled", "paid"]


def test_a_hold_that_ended_is_told_and_can_be_tried_again(shop: SmallCatalogue) -> None:
    session = session_of(catalogue=shop)
    complete(session, DECLINED)
    late = AT + timedelta(hours=2)
    assert actions.expire(at=late) == 1
    told = queries.session(session.token, at=late)
    assert codes(told) == [("hold_expired", "payment")]
    assert told.state is SessionState.READY
    assert complete(session, at=late).state is SessionState.COMPLETED


def test_agents_see_their_own_sessions_only(shop: SmallCatalogue) -> None:
    mine, theirs = (agent(key, at=AT) for key in ("mine", "theirs"))
    session = session_of(catalogue=shop, agent_id=mine)
    for agent_id in (theirs, None):
        with pytest.raises(NotFound):
            queries.session(session.token, agent_id=agent_id, at=AT)
        with pytest.raises(NotFound):
            actions.update_session(token=session.token, agent_id=agent_id, lines=[], at=AT)
        with pytest.raises(NotFound):
            complete(session, agent_id=agent_id)
        with pytest.raises(NotFound):
            actions.cancel_session(token=session.token, agent_id=agent_id, at=AT)
    assert complete(session, agent_id=mine).order is not None
    assert models.Order.objects.get().agent_id == mine


def test_once_the_shopper_has_it_the_agent_may_only_look(shop: SmallCatalogue) -> None:
    mine = agent("mine", at=AT)
    session = session_of(catalogue=shop, agent_id=mine)
    taken = actions.hand_over(token=session.token, at=LATER)
    assert actions.hand_over(token=session.token, at=LATER).version == taken.version
    with pytest.raises(HandedOver):
        actions.update_session(token=session.token, agent_id=mine, lines=[], at=LATER)
    with pytest.raises(HandedOver):
        complete(session, agent_id=mine)
    order = actions.place(
        cart_token=taken.cart.token,
        email="claire@parvis.example",
        name="Claire",
        address=HOME,
        shipping_method="home",
        locale="fr",
        key="site",
        at=LATER,
    ).order
    seen = queries.session(session.token, agent_id=mine, at=LATER)
    assert seen.order is not None
    assert seen.order.id == order.id
    row = models.Order.objects.get()
    assert (row.agent_id, row.door) == (mine, "acp")
    with pytest.raises(HandedOver):
        actions.cancel_session(token=session.token, agent_id=mine, at=LATER)
    with pytest.raises(HandedOver):
        actions.update_session(token=session.token, agent_id=mine, codes=["X"], at=LATER)
    assert models.Order.objects.get().state == OrderState.AWAITING_PAYMENT, "the shopper's order stands"


def test_closed_is_closed(shop: SmallCatalogue) -> None:
    session = session_of(catalogue=shop)
    cancelled = actions.cancel_session(token=session.token, reason={"why": "dear"}, at=LATER)
    assert cancelled.state is SessionState.CANCELLED
    assert actions.cancel_session(token=session.token, at=LATER).state is SessionState.CANCELLED
    with pytest.raises(SessionClosed):
        complete(session)
    other = session_of(catalogue=shop)
    late = AT + SESSION_LIFE
    assert queries.session(other.token, at=late).state is SessionState.EXPIRED
    with pytest.raises(SessionClosed):
        complete(other, at=late)
    assert actions.expire_sessions(at=late) == 1
    assert models.Order.objects.count() == 0


def test_the_team_sees_an_agents_checkout_end_with_its_time_and_not_with_the_round_after_it(
    shop: SmallCatalogue,
) -> None:
    buyer = agent(at=AT)
    session_of(catalogue=shop, agent_id=buyer)

    def standing(at) -> list[AgentCartState]:
        return [each.state for each in queries.agent_carts(buyer, locale="en", at=at).items]

    assert standing(LATER) == [AgentCartState.READY]
    assert standing(AT + SESSION_LIFE) == [AgentCartState.EXPIRED]
    actions.expire_sessions(at=AT + SESSION_LIFE)
    assert standing(AT + SESSION_LIFE) == [AgentCartState.EXPIRED]
    bought = complete(session_of(catalogue=shop))
    with pytest.raises(SessionClosed):
        actions.cancel_session(token=bought.token, at=LATER)


def test_cancelling_frees_what_was_held(shop: SmallCatalogue) -> None:
    session = session_of({"DR-S": 3}, catalogue=shop)
    complete(session, DECLINED)
    actions.cancel_session(token=session.token, at=LATER)
    assert catalog.variant(shop.variants["DR-S"]).available == 3


@pytest.mark.parametrize("quantity", [0, -1, 21, 10**9])
def test_quantities_out_of_bounds_are_refused_and_nothing_is_kept(shop: SmallCatalogue, quantity: int) -> None:
    with pytest.raises(Invalid):
        session_of({"DR-S": quantity}, catalogue=shop)
    assert models.Session.objects.count() == models.Cart.objects.count() == 0


def test_an_unknown_article_is_refused(shop: SmallCatalogue) -> None:
    with pytest.raises(NotFound):
        actions.open_session(door=Door.API, lines=[Wanted(variant_id=10**9, quantity=1)], locale="en", at=AT)
    assert models.Session.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"email": "claire"}, ("invalid", "details.email")),
        ({"email": ""}, ("missing", "details.email")),
        ({"name": "  "}, ("missing", "details.name")),
        (
            {"address": Address(line1="1 rue", postcode="7", city="Paris", country="FR")},
            ("invalid", "details.address.postcode"),
        ),
        (
            {"address": Address(line1="1", postcode="1", city="Oslo", country="NO")},
            ("country_unserved", "details.address.country"),
        ),
        ({"shipping_method": "abroad"}, ("shipping_unserved", "details.shipping_method")),
        ({"shipping_method": "pickup"}, ("missing", "details.address.point")),
    ],
    ids=["email", "no-email", "name", "postcode", "country", "method", "point"],
)
def test_details_that_do_not_serve_are_named(shop: SmallCatalogue, changes: dict, told: tuple[str, str]) -> None:
    good = {"email": "claire@parvis.example", "name": "Claire", "address": HOME, "shipping_method": "home"}
    session = session_of(catalogue=shop, details=Details(**{**good, **changes}))
    assert codes(session) == [told]
    assert session.state is SessionState.INCOMPLETE
    assert complete(session).order is None


def test_long_and_broken_texts_are_refused(shop: SmallCatalogue) -> None:
    for details in (Details(name="x" * 121), Details(name="a\x00b"), Details(address=Address(line1="x" * 201))):
        with pytest.raises(Invalid):
            session_of(catalogue=shop, details=details)


def test_a_collected_parcel_needs_no_address(shop: SmallCatalogue) -> None:
    details = Details(
        email="claire@parvis.example", name="Claire", address=Address(point="lyon-2"), shipping_method="pickup"
    )
    bought = complete(session_of(catalogue=shop, details=details))
    assert bought.order.address.city == "Lyon"


def test_the_number_of_statements_of_a_session(shop: SmallCatalogue, django_assert_max_num_queries) -> None:
    session = session_of({"DR-S": 1, "SW-S": 1}, catalogue=shop)
    with django_assert_max_num_queries(14):
        queries.session(session.token, at=AT)


def test_what_was_agreed_to_at_an_agent_counts_once_it_was_bought(shop: SmallCatalogue) -> None:
    mine = agent("mine", at=AT)
    bought = []
    for who, asked in (("claire", {"email": True, "sms": True}), ("emma", {"marketing": False})):
        session = session_of(catalogue=shop, agent_id=mine, who=who)
        actions.update_session(token=session.token, agent_id=mine, consents=asked, at=AT)
        bought.append(complete(session, agent_id=mine).order)
    orders = [order.id for order in bought]
    assert actions.carry_consents(order_ids=orders, at=LATER) == 2
    assert actions.carry_consents(order_ids=orders, at=LATER) == 0
    answers = [people.consent(purpose=Purpose.MARKETING, customer_id=order.customer_id) for order in bought]
    assert answers == [True, False]
    # what somebody said themselves stands, whatever an agent says of them later
    again = session_of(catalogue=shop, agent_id=mine, who="emma")
    actions.update_session(token=again.token, agent_id=mine, consents={"marketing": True}, at=AT)
    order = complete(again, agent_id=mine).order
    assert actions.carry_consents(order_ids=[order.id], at=LATER) == 0
    assert people.consent(purpose=Purpose.MARKETING, customer_id=order.customer_id) is False
