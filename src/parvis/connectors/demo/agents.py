"""Two shopping agents of the demo: three weeks of requests, checkouts and orders, all marked as simulated.

What they do follows a fixed table: how many checkouts an agent opens on a day, and how far each of them comes. The
second agent hands every other one over to the shopper, who finishes some of them on the shop's own pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from parvis.connectors.agents.journal import PastCall, remember
from parvis.connectors.demo.assortment import pieces
from parvis.connectors.demo.cast import movements
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.shop import Ids
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as shelf
from parvis.domains.catalog.contracts import Variant
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout.contracts import (
    Address,
    AgentCartState,
    Door,
    OrderState,
    PastCheckout,
    PastLine,
    PastOrder,
)
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Agent

_DAY = timedelta(days=1)
_DAYS = 21
_HOME = Address(line1="Simulated address", postcode="75003", city="Paris", country="FR")


@dataclass(frozen=True, slots=True)
class _Habit:
    """How an agent of the demo behaves: checkouts on each day of a week, and what becomes of them in turn."""

    name: str
    door: Door
    locale: str
    a_day: tuple[int, ...]
    ends: tuple[str, ...]


# "paid", "declined" then paid, "missing" (never ready), "handed" (over, left), "handed paid", "cancelled", "left"
_HABITS = (
    _Habit(
        "Shopping Pal (demo)",
        Door.ACP,
        "en",
        (2, 3, 1, 2, 4, 5, 3),
        ("paid", "left", "missing", "declined", "cancelled", "left", "paid", "missing", "left"),
    ),
    _Habit(
        "Panier Malin (démo)",
        Door.UCP,
        "fr",
        (1, 1, 2, 1, 2, 3, 2),
        ("handed", "paid", "left", "handed paid", "missing", "handed", "left"),
    ),
)
_SOLD = frozenset({"paid", "declined", "handed paid"})


@dataclass(frozen=True, slots=True)
class _Plan:
    agent: Agent
    habit: _Habit
    end: str
    opened: datetime
    variant: Variant
    name: str


def shop(*, ids: Ids, at: datetime) -> None:
    """Register the agents and let their weeks have been. Call once."""
    plans = [plan for habit in _HABITS for plan in _plans(habit, ids=ids, at=at)]
    sold = [plan for plan in plans if plan.end in _SOLD]
    past = [_order(plan, at=at) for plan in sold]
    written = checkout.record_history(past, at=at)
    catalog.record_movements(
        row
        for order_id, order, plan in zip(written, past, sold, strict=True)
        for row in movements(checkout.number_of(order_id), order, [plan.variant])
    )
    orders = {id(plan): order_id for plan, order_id in zip(sold, written, strict=True)}
    tokens = checkout.record_agent_checkouts([_checkout(plan, orders.get(id(plan))) for plan in plans])
    remember(call for plan, token in zip(plans, tokens, strict=True) for call in _calls(plan, token))
    remember(_looking(plans, at=at))


def _plans(habit: _Habit, *, ids: Ids, at: datetime) -> Iterator[_Plan]:
    agent = people.register_agent(name=habit.name, provenance={"agent": SIMULATED}, at=at - (_DAYS + 1) * _DAY)
    most = sorted(range(len(pieces())), key=lambda index: -pieces()[index].reviews)[:8]
    variants = shelf.variants_of([ids.products[index] for index in most], locale=habit.locale)
    number = 0
    for back in range(_DAYS, 0, -1):
        for turn in range(habit.a_day[back % len(habit.a_day)]):
            index = most[number % len(most)]
            named = pieces()[index]
            yield _Plan(
                agent=agent,
                habit=habit,
                end=habit.ends[number % len(habit.ends)],
                opened=at - back * _DAY + timedelta(hours=turn * 2, minutes=number * 7 % 50),
                variant=variants[ids.products[index]][0],
                name=named.name_fr if habit.locale == "fr" else named.name_en,
            )
            number += 1


def _order(plan: _Plan, *, at: datetime) -> PastOrder:
    placed = plan.opened + timedelta(minutes=4)
    shipped, delivered = placed + _DAY, placed + 4 * _DAY
    state = OrderState.DELIVERED if delivered <= at else OrderState.SHIPPED if shipped < at else OrderState.PAID
    line = PastLine(
        variant_id=plan.variant.id,
        product_id=plan.variant.product_id,
        name=plan.name,
        size=plan.variant.size,
        colour=plan.variant.colour,
        sku=plan.variant.sku,
        unit_minor=plan.variant.price.amount_minor,
    )
    return PastOrder(
        customer_id=None,
        email="simulated-buyer@parvis.example",
        name="Simulated shopper",
        locale=plan.habit.locale,
        currency=settings.CURRENCY,
        placed_at=placed,
        paid_at=placed + timedelta(minutes=1),
        shipped_at=shipped if state is not OrderState.PAID else None,
        delivered_at=delivered if state is OrderState.DELIVERED else None,
        lines=(line,),
        state=state,
        address=_HOME,
        provenance={"order": SIMULATED},
    )


def _checkout(plan: _Plan, order_id: int | None) -> PastCheckout:
    ended = {"cancelled": AgentCartState.CANCELLED, "left": AgentCartState.EXPIRED, "missing": AgentCartState.EXPIRED}
    unit = plan.variant.price.amount_minor
    handed = plan.end.startswith("handed")
    return PastCheckout(
        agent_id=plan.agent.id,
        door=plan.habit.door,
        locale=plan.habit.locale,
        currency=settings.CURRENCY,
        opened_at=plan.opened,
        lines=((plan.variant.id, 1, unit),),
        told_minor=unit,
        ready_at=plan.opened + timedelta(minutes=2) if plan.end != "missing" else None,
        handed_over_at=plan.opened + timedelta(minutes=3) if handed else None,
        order_id=order_id,
        ended=ended.get(plan.end),
    )


def _calls(plan: _Plan, token: str) -> Iterator[PastCall]:
    """What the agent asked for one checkout."""
    steps = [("create_session", 201, "", "")]
    if plan.end == "missing":
        steps += [("update_session", 200, "missing", "$.buyer.email")] * 2
    else:
        steps += [("update_session", 200, "", "")]
    if plan.end == "declined":
        steps += [("complete_session", 200, "payment_declined", "$.payment")]
    if plan.end in ("paid", "declined"):
        steps += [("complete_session", 200, "", ""), ("get_order", 200, "", "")]
    if plan.end == "cancelled":
        steps += [("cancel_session", 200, "", "")]
    for number, (operation, status, error, where) in enumerate(steps):
        yield PastCall(
            agent_id=plan.agent.id,
            protocol=plan.habit.door.value,
            operation=operation,
            session=token,
            status=status,
            error=error,
            where=where,
            milliseconds=30 + 17 * number + len(plan.name) % 13,
            at=plan.opened + timedelta(minutes=number + 1),
        )


def _looking(plans: list[_Plan], *, at: datetime) -> Iterator[PastCall]:
    """Searches before each checkout, unknown readers, and one morning of too many requests."""
    for plan in plans:
        for number in range(3):
            yield PastCall(
                agent_id=plan.agent.id,
                protocol=plan.habit.door.value,
                operation="search_products" if number < 2 else "get_product",
                status=200,
                milliseconds=12 + 5 * number,
                at=plan.opened - timedelta(minutes=4 - number),
            )
    for back in range(_DAYS, 0, -1):
        for number in range(4 + back % 3):
            moment = at - back * _DAY + timedelta(minutes=40 * number)
            yield PastCall(
                agent_id=None, protocol="mcp", operation="search_products", status=200, milliseconds=21, at=moment
            )
    yield PastCall(
        agent_id=plans[0].agent.id,
        protocol=plans[0].habit.door.value,
        operation="search_products",
        status=429,
        error="too_many_requests",
        milliseconds=2,
        times=46,
        at=at - 6 * _DAY,
    )
