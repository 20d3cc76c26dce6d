"""Parcels: in any order of news, repeated, with wrong clocks; the order follows once."""

from datetime import timedelta
from itertools import permutations

import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.core.idempotency import KeyReused
from parvis.core.models import OutboxEvent
from parvis.domains.catalog.testing import SmallCatalogue, small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import Carrier, Order, OrderState, ParcelState, ParcelStep
from parvis.domains.checkout.rules import parcels as rules
from parvis.domains.checkout.rules.orders import NotPossible
from parvis.domains.checkout.rules.parcels import BadCarrier, NothingToSend, ParcelGone, Pieces
from parvis.domains.checkout.testing import AT, paid_order, placed_order
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import MessageFilters

HOUR = timedelta(hours=1)
P = ParcelState


# -- pure ---------------------------------------------------------------------------------------------------------


def test_any_order_and_repetition_of_news_ends_the_same() -> None:
    steps = [
        ParcelStep(state=state, at=AT + hours * HOUR)
        for state, hours in ((P.PREPARING, 0), (P.IN_TRANSIT, 5), (P.FAILED, 8), (P.READY_FOR_COLLECTION, 9))
    ]
    ends = {rules.standing([*order, *order]) for order in permutations(steps)}
    assert [end.state for end in ends] == [P.READY_FOR_COLLECTION]


@pytest.mark.parametrize(
    ("newer", "known", "ends"),
    [
        (P.HANDED_OVER, P.DELIVERED, P.DELIVERED),
        (P.RETURNED, P.DELIVERED, P.DELIVERED),
        (P.FAILED, P.OUT_FOR_DELIVERY, P.FAILED),
        (P.DELIVERED, P.FAILED, P.DELIVERED),
    ],
)
def test_late_news_never_leads_down_the_ladder(newer: P, known: P, ends: P) -> None:
    found = rules.standing([ParcelStep(state=known, at=AT), ParcelStep(state=newer, at=AT + HOUR)])
    assert found.state is ends


@pytest.mark.parametrize(
    ("pieces", "to_pack", "to_go", "to_arrive", "kept"),
    [
        (Pieces(quantity=3), 3, 3, 3, 0),
        (Pieces(quantity=3, packed=2, gone=1), 1, 2, 3, 0),
        (Pieces(quantity=3, packed=1, gone=1, refunded=2), 0, 0, 1, 0),
        (Pieces(quantity=3, packed=3, gone=3, arrived=3, refunded=1), 0, 0, 0, 2),
        (Pieces(quantity=2, packed=1, gone=1, arrived=1, refunded=1, brought_back=1), 1, 1, 1, 1),
    ],
)
def test_where_the_pieces_are(pieces: Pieces, to_pack: int, to_go: int, to_arrive: int, kept: int) -> None:
    assert (pieces.to_pack, pieces.to_go, pieces.to_arrive, pieces.kept) == (to_pack, to_go, to_arrive, kept)


@pytest.mark.parametrize(
    "pattern",
    ["http://a.example/{number}", "https://a.example/", "https:///{number}", "https://a/{number}/{x}", "{number}"],
)
def test_a_tracking_address_can_be_opened(pattern: str) -> None:
    with pytest.raises(BadCarrier):
        rules.checked([Carrier(key="a", name="A", pattern=pattern)])


def test_a_number_is_quoted_in_the_carriers_address() -> None:
    url = rules.tracking_url(rules.CARRIERS, "ups", "1Z/..?x=<b>")
    assert url == "https://www.ups.com/track?tracknum=1Z%2F..%3Fx%3D%3Cb%3E"
    assert rules.tracking_url(rules.CARRIERS, "own", "1") == rules.tracking_url(rules.CARRIERS, "ups", "") == ""


# -- with orders --------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(db: None) -> SmallCatalogue:
    return small_catalogue()


@pytest.fixture
def order(shop: SmallCatalogue) -> Order:
    """Two dresses and a sweater, paid."""
    return paid_order({"DR-S": 2, "SW-M": 1})


def told(name: str) -> int:
    return OutboxEvent.objects.filter(name=name).count()


def news(parcel_id: int, state: P, key: str, hours: float = 1, **more):
    return actions.parcel_news(
        parcel_id=parcel_id, state=state, key=key, happened_at=AT + hours * HOUR, at=AT + 50 * HOUR, **more
    )


@pytest.mark.database
def test_two_parcels_lead_the_order_once(order: Order) -> None:
    dress, sweater = order.lines
    first = actions.pack(
        order_id=order.id, lines={dress.id: 2}, carrier="colissimo", tracking="6A 123", handed_over=True, at=AT + HOUR
    )
    assert (first.state, first.tracking, first.carrier_name) == (P.HANDED_OVER, "6A 123", "Colissimo")
    assert first.tracking_url.endswith("=6A123")
    assert queries.order(order.id).state is OrderState.PAID
    second = actions.pack(order_id=order.id, at=AT + 2 * HOUR)
    assert second.lines == {sweater.id: 1}
    news(first.id, P.DELIVERED, "d1", 30)
    assert queries.order(order.id).state is OrderState.PAID
    news(second.id, P.IN_TRANSIT, "t2", 31)
    after = queries.order(order.id)
    assert (after.state, after.shipped_at, after.tracking) == (OrderState.SHIPPED, AT + 31 * HOUR, "6A 123")
    news(second.id, P.DELIVERED, "d2", 40)
    news(second.id, P.OUT_FOR_DELIVERY, "o2", 35)
    news(second.id, P.DELIVERED, "again", 45)
    done = queries.order(order.id)
    assert (done.state, done.delivered_at) == (OrderState.DELIVERED, AT + 40 * HOUR)
    assert (told("checkout.order_shipped"), told("checkout.order_delivered")) == (1, 1)
    assert [step.state for step in done.parcels[1].steps] == [
        P.PREPARING, P.IN_TRANSIT, P.OUT_FOR_DELIVERY, P.DELIVERED, P.DELIVERED,
    ]  # fmt: skip


@pytest.mark.database
def test_news_is_taken_once_a_key(order: Order) -> None:
    parcel = actions.pack(order_id=order.id, at=AT)
    assert news(parcel.id, P.IN_TRANSIT, "n1") == news(parcel.id, P.IN_TRANSIT, "n1", 9)
    assert models.ParcelNews.objects.filter(parcel_id=parcel.id).count() == 2
    with pytest.raises(KeyReused):
        news(parcel.id, P.DELIVERED, "n1")
    for key in ("", "x" * 121):
        with pytest.raises(Invalid):
            news(parcel.id, P.DELIVERED, key)
    with pytest.raises(NotFound):
        news(10**9, P.DELIVERED, "n2")


@pytest.mark.database
def test_clocks_of_others_are_kept_within_reason(order: Order) -> None:
    parcel = actions.pack(order_id=order.id, at=AT)
    early = actions.parcel_news(
        parcel_id=parcel.id, state=P.HANDED_OVER, key="a", happened_at=AT - 99 * HOUR, at=AT + HOUR
    )
    assert early.handed_over_at == order.placed_at
    future = actions.parcel_news(
        parcel_id=parcel.id, state=P.DELIVERED, key="b", happened_at=AT + 999 * HOUR, at=AT + 2 * HOUR
    )
    assert future.delivered_at == AT + 2 * HOUR


@pytest.mark.database
def test_the_same_key_packs_once(order: Order) -> None:
    line = order.lines[0].id
    first = actions.pack(order_id=order.id, lines={line: 1}, key="k", at=AT)
    assert actions.pack(order_id=order.id, lines={line: 1}, key="k", at=AT).id == first.id
    with pytest.raises(KeyReused):
        actions.pack(order_id=order.id, lines={line: 2}, key="k", at=AT)


@pytest.mark.database
def test_pieces_that_are_not_there_are_not_packed(order: Order) -> None:
    line = order.lines[0].id
    for lines in ({line: 3}, {line: 0}, {line: -1}, {line: 1000}, {10**9: 1}):
        with pytest.raises(Invalid):
            actions.pack(order_id=order.id, lines=lines, at=AT)
    with pytest.raises(Invalid):
        actions.pack(order_id=order.id, carrier="pigeon", at=AT)
    actions.pack(order_id=order.id, at=AT)
    with pytest.raises(NothingToSend):
        actions.pack(order_id=order.id, at=AT)


@pytest.mark.database
def test_only_what_is_paid_is_sent(shop: SmallCatalogue) -> None:
    waiting = placed_order()
    with pytest.raises(NotPossible):
        actions.pack(order_id=waiting.id, at=AT)


@pytest.mark.database
def test_a_parcel_that_came_back_is_packed_again(order: Order) -> None:
    parcel = actions.pack(order_id=order.id, handed_over=True, at=AT)
    news(parcel.id, P.RETURNED, "back")
    again = actions.pack(order_id=order.id, handed_over=True, at=AT + 60 * HOUR)
    assert again.lines == parcel.lines
    actions.deliver(order_id=order.id, at=AT + 70 * HOUR)
    states = [each.state for each in queries.order(order.id).parcels]
    assert states == [P.RETURNED, P.DELIVERED]
    assert told("checkout.order_shipped") == told("checkout.order_delivered") == 1


@pytest.mark.database
def test_a_parcel_is_taken_apart_only_while_it_is_here(order: Order) -> None:
    parcel = actions.pack(order_id=order.id, at=AT)
    labelled = actions.label(parcel_id=parcel.id, carrier="dpd", tracking="D 1", at=AT)
    assert labelled.tracking_url == "https://trace.dpd.fr/fr/trace/D1"
    actions.unpack(parcel_id=parcel.id, at=AT)
    assert queries.order(order.id).parcels == ()
    gone = actions.pack(order_id=order.id, handed_over=True, at=AT)
    with pytest.raises(ParcelGone):
        actions.unpack(parcel_id=gone.id, at=AT)


@pytest.mark.database
def test_the_simple_way_makes_one_parcel(order: Order) -> None:
    actions.ship(order_id=order.id, tracking="6A1", at=AT)
    (parcel,) = queries.order(order.id).parcels
    assert (parcel.state, parcel.pieces, parcel.tracking) == (P.HANDED_OVER, 3, "6A1")
    actions.deliver(order_id=order.id, at=AT + HOUR)
    assert queries.order(order.id).parcels[0].state is P.DELIVERED


@pytest.mark.database
def test_the_last_open_piece_paid_back_means_that_all_has_left(order: Order) -> None:
    dress, sweater = order.lines
    actions.pack(order_id=order.id, lines={dress.id: 2}, handed_over=True, at=AT)
    actions.refund(order_id=order.id, lines={sweater.id: 1}, reason="missing", key="r", restock=False, at=AT + HOUR)
    after = queries.order(order.id)
    assert (after.state, after.shipped_at) == (OrderState.SHIPPED, AT)
    assert queries.pieces(order.id)[sweater.id].to_pack == 0


@pytest.mark.database
def test_nothing_waits_in_a_parcel_of_an_order_that_is_paid_back(order: Order) -> None:
    actions.pack(order_id=order.id, at=AT)
    every = {line.id: line.quantity for line in order.lines}
    actions.refund(order_id=order.id, lines=every, reason="gone", key="r", at=AT)
    assert queries.order(order.id).parcels == ()
    with pytest.raises(NotPossible):
        actions.pack(order_id=order.id, at=AT)


@pytest.mark.database
def test_the_buyer_is_written_to_once_a_step_in_their_language(order: Order) -> None:
    parcel = actions.pack(order_id=order.id, carrier="ups", tracking="1Z9", handed_over=True, at=AT)
    news(parcel.id, P.IN_TRANSIT, "1", 1)
    news(parcel.id, P.READY_FOR_COLLECTION, "2", 2)
    news(parcel.id, P.DELIVERED, "3", 3)
    news(parcel.id, P.HANDED_OVER, "4", 0)
    found = mails.messages(MessageFilters(template="checkout/mail/letter")).items
    assert [mail.key.rsplit(":", 1)[1] for mail in reversed(found)] == ["shipped", "ready_for_collection", "delivered"]
    shipped = found[-1]
    assert shipped.locale == order.locale
    assert "https://www.ups.com/track?tracknum=1Z9" in shipped.text
    assert f"/{order.locale}/orders/{order.token}/" in shipped.text


@pytest.mark.database
def test_steps_that_were_overtaken_are_not_told(order: Order) -> None:
    parcel = actions.pack(order_id=order.id, at=AT)
    news(parcel.id, P.DELIVERED, "3", 3)
    news(parcel.id, P.IN_TRANSIT, "1", 1)
    found = mails.messages(MessageFilters(template="checkout/mail/letter")).items
    assert [mail.key.rsplit(":", 1)[1] for mail in found] == ["delivered"]


@pytest.mark.database
def test_what_could_not_be_handed_over_is_told(order: Order) -> None:
    parcel = actions.pack(order_id=order.id, handed_over=True, at=AT)
    for number, state in enumerate((P.FAILED, P.FAILED, P.RETURNED)):
        news(parcel.id, state, str(number), number)
    found = mails.messages(MessageFilters(template="checkout/mail/letter")).items
    assert [mail.key.rsplit(":", 1)[1] for mail in reversed(found)] == ["shipped", "failed", "returned"]


@pytest.mark.database
def test_an_order_with_parcels_costs_few_statements(order: Order, django_assert_num_queries) -> None:
    for line in order.lines:
        actions.pack(order_id=order.id, lines={line.id: 1}, at=AT)
    with django_assert_num_queries(9):
        assert len(queries.order(order.id).parcels) == 2
