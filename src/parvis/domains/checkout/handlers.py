"""What checkout does when others change."""

from collections.abc import Sequence
from datetime import date

from parvis.core.clock import now
from parvis.core.events import Listener
from parvis.domains.catalog.contracts import PreorderMoved, StockChanged
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import OrderPaid, OrderPlaced
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import CustomerErased, CustomersMerged, CustomersSplit


def forget(events: Sequence[CustomerErased]) -> None:
    """Erased customers leave nothing personal: see actions.forgetting."""
    at = now()
    for event in events:
        # First what is found by the addresses of orders, then those addresses.
        actions.forget_alerts(customer_id=event.customer_id, address_digest=event.address_digest)
        actions.forget_reminders(customer_id=event.customer_id, address_digest=event.address_digest)
        actions.forget_customer(customer_id=event.customer_id, address_digest=event.address_digest, at=at)


def follow(events: Sequence[CustomersMerged | CustomersSplit]) -> None:
    """Orders and cards follow a person's records: together when they are merged, apart when they are split."""
    at = now()
    for event in events:
        merged = isinstance(event, CustomersMerged)
        if merged and people.merge(event.merge_id).undone_at is not None:
            continue  # taken apart before it was heard of
        move = actions.move_customer if merged else actions.move_back
        move(kept_id=event.kept_id, gone_id=event.gone_id, merge_id=event.merge_id, at=at)


def compare(events: Sequence[OrderPlaced]) -> None:
    """An order placed by one customer with the address of another: perhaps they are one person."""
    actions.note_likenesses(order_ids=[event.order_id for event in events], at=now())


def tell(events: Sequence[StockChanged]) -> None:
    """What sold out is there again: those who asked are told."""
    actions.tell_waiting(variant_ids={event.variant_id for event in events if event.available > 0}, at=now())


def move_day(events: Sequence[PreorderMoved]) -> None:
    """What was ordered ahead comes on another day: its buyers are told."""
    for event in events:
        actions.tell_moved(variant_id=event.variant_id, day=date.fromisoformat(event.new), at=now())


def confirm(events: Sequence[OrderPaid]) -> None:
    """What was paid is confirmed to the buyer in writing."""
    actions.confirm_orders(order_ids=[event.order_id for event in events], at=now())


def agree(events: Sequence[OrderPaid]) -> None:
    """What buyers agreed to where an agent shopped for them."""
    actions.carry_consents(order_ids=[event.order_id for event in events], at=now())


def credit(events: Sequence[OrderPaid]) -> None:
    """Who was reminded of a cart has bought."""
    actions.credit_reminders(order_ids=[event.order_id for event in events])


LISTENERS = (
    Listener(name="checkout.forget", events=(CustomerErased,), handler=forget),
    Listener(name="checkout.follow", events=(CustomersMerged, CustomersSplit), handler=follow, batch=20),
    Listener(name="checkout.compare", events=(OrderPlaced,), handler=compare, batch=500),
    Listener(name="checkout.agree", events=(OrderPaid,), handler=agree, batch=200),
    Listener(name="checkout.credit", events=(OrderPaid,), handler=credit, batch=200),
    Listener(name="checkout.tell", events=(StockChanged,), handler=tell, batch=500),
    Listener(name="checkout.move_day", events=(PreorderMoved,), handler=move_day, batch=5),
    Listener(name="checkout.confirm", events=(OrderPaid,), handler=confirm, batch=50),
)
