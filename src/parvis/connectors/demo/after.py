"""After the order in the demo: an invented seller, parcels in every state, returns on their way, invoices."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import (
    AskedLine,
    Condition,
    Exempt,
    Order,
    OrderFilter,
    OrderState,
    ParcelState,
    ReceivedLine,
    ReturnKind,
    ReturnPolicy,
    ReturnReason,
    Seller,
)
from parvis.domains.people.contracts import Customer

_OF_THE_CAST = 3
SELLER = Seller(
    name="Maison Parvis (démonstration)",
    form="Société imaginaire au capital de 10 000 €",
    address="12 rue du Parvis\n75011 Paris",
    registration="RCS Paris 000 000 000 (fictif)",
    vat_number="FR00000000000",
    email="bonjour@parvis.example",
    mediator="Médiateur imaginaire, 1 place du Marché, 75001 Paris",
    fictitious=True,
)
POLICY = ReturnPolicy(
    days=30,
    address="Maison Parvis (démonstration)\nService des retours\n12 rue du Parvis\n75011 Paris",
    instructions_fr="Adresse imaginaire : n’envoyez rien, ceci est une démonstration.",
    instructions_en="An invented address: send nothing, this is a demonstration.",
    categories={"face-serums": Exempt.HYGIENE, "face-creams": Exempt.HYGIENE},
)
S = ParcelState
_JOURNEYS: Sequence[tuple[str, Sequence[tuple[ParcelState, str]]]] = (
    ("colissimo", ()),
    ("chronopost", ((S.HANDED_OVER, ""), (S.IN_TRANSIT, "Roissy"))),
    ("mondial-relay", ((S.HANDED_OVER, ""), (S.IN_TRANSIT, "Lyon"), (S.READY_FOR_COLLECTION, "Lyon 3e"))),
    ("dpd", ((S.HANDED_OVER, ""), (S.OUT_FOR_DELIVERY, "Lille"), (S.FAILED, "Lille"))),
    ("ups", ((S.HANDED_OVER, ""), (S.IN_TRANSIT, "Nantes"), (S.OUT_FOR_DELIVERY, "Nantes"))),
    ("dhl", ((S.HANDED_OVER, ""), (S.RETURNED, "Marseille"))),
)
"""Carrier and what is told of the parcel, for one order each."""


def act(cast: Mapping[str, Customer], *, at: datetime) -> None:
    """Do all of it once."""
    actions.save_seller(SELLER, at=at)
    actions.save_return_policy(POLICY, at=at)
    waiting = queries.orders(OrderFilter(states=(OrderState.PAID,), simulated=True), limit=len(_JOURNEYS))
    for row, (carrier, told) in zip(waiting.items, _JOURNEYS, strict=False):
        _send(queries.order(row.id), carrier, told, at=at)
    _come_back(at=at)
    for who in cast.values():
        for row in queries.orders_of(who.id, limit=_OF_THE_CAST):
            if row.state not in (OrderState.AWAITING_PAYMENT, OrderState.CANCELLED):
                actions.issue_invoice(order_id=row.id, at=at)


def _send(order: Order, carrier: str, told: Sequence[tuple[ParcelState, str]], *, at: datetime) -> None:
    """The order leaves in one parcel, or the first piece of several in one of its own that has arrived."""
    number = f"DEMO{order.id:08d}"
    first, paid = order.lines[0], order.paid_at or order.placed_at
    if len(order.lines) > 1 and told:
        ahead = actions.pack(order_id=order.id, lines={first.id: first.quantity}, carrier=carrier, at=paid)
        steps = ((S.HANDED_OVER, ""), (S.DELIVERED, ""))
        _tell(ahead.id, steps, order=order, at=at)
    parcel = actions.pack(order_id=order.id, carrier=carrier, tracking=number, at=paid)
    _tell(parcel.id, told, order=order, at=at)


def _tell(parcel_id: int, told: Sequence[tuple[ParcelState, str]], *, order: Order, at: datetime) -> None:
    paid = order.paid_at or order.placed_at
    pause = (at - paid) / (len(told) + 1)
    for place, (state, where) in enumerate(told, start=1):
        happened = paid + place * pause
        actions.parcel_news(
            parcel_id=parcel_id, state=state, key=f"demo-{place}", happened_at=happened, place=where, at=at
        )


def _come_back(*, at: datetime) -> None:
    """The latest deliveries come back: one asked for, one claimed, one here already, one refused."""
    latest = queries.orders(OrderFilter(states=(OrderState.DELIVERED,), simulated=True), limit=4)
    for place, row in enumerate(latest.items):
        order = queries.order(row.id)
        line = order.lines[0]
        fault = place in {1, 3}
        made = actions.request_return(
            order_token=order.token,
            kind=ReturnKind.GUARANTEE if fault else ReturnKind.WITHDRAWAL,
            lines=[
                AskedLine(
                    line_id=line.id,
                    quantity=1,
                    reason=ReturnReason.DEFECT if fault else ReturnReason.TOO_SMALL,
                    sealed=True,
                )
            ],
            note="Une couture s’est défaite. (Écrit pour la démonstration.)" if fault else "",
            key="demo",
            at=at,
        )
        if place == 2:  # worn: it is looked at, and not put back on the shelf
            back = ReceivedLine(line_id=line.id, quantity=1, condition=Condition.USED, restock=False)
            actions.receive_return(return_id=made.id, lines=[back], at=at)
        if place == 3:
            words = "La couture a été coupée aux ciseaux. (Écrit pour la démonstration.)"
            actions.refuse_return(return_id=made.id, answer=words, at=at)
