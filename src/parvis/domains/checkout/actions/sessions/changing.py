"""An open checkout is changed: its lines, codes, details, consents."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from parvis.domains.checkout import contracts, models
from parvis.domains.checkout.actions.codes import kept as kept_codes
from parvis.domains.checkout.actions.fulfil import PaymentUnderWay, reopen_cart
from parvis.domains.checkout.actions.sessions.access import locked_session, still_theirs
from parvis.domains.checkout.actions.sessions.contents import acknowledge, fill, stored, summed, texts, told
from parvis.domains.checkout.contracts import Details, OrderState, Wanted
from parvis.domains.checkout.queries.carts import open_cart
from parvis.domains.checkout.queries.sessions import row_of, to_session
from parvis.domains.checkout.queries.unchanged import steady


@steady()
def update_session(
    *,
    token: str,
    agent_id: int | None = None,
    lines: Sequence[Wanted] | None = None,
    details: Details | None = None,
    codes: Sequence[str] | None = None,
    consents: Mapping[str, bool] | None = None,
    attribution: Mapping[str, str] | None = None,
    shown: bool = True,
    at: datetime,
) -> contracts.Session:
    """Change a checkout: a part that is given replaces that part whole, None leaves it. An order that waits for its
    payment is cancelled and its goods are free again, unless only consents or attribution are given; today's prices
    count as told. Not so without ``shown``: the answer goes to nobody, since a completion follows at once, and the
    prices and the total that were told last remain what the buyer has agreed to.

    Raises NotFound, access.SessionClosed, access.HandedOver, fulfil.PaymentUnderWay, Invalid.
    """
    deep = lines is not None or details is not None or codes is not None
    if deep:
        _take_back(token, agent_id=agent_id, at=at)
    with transaction.atomic():
        row = locked_session(token, agent_id=agent_id, at=at)
        if deep and row.order is not None and row.order.state == OrderState.AWAITING_PAYMENT:
            raise PaymentUnderWay(number=row.order.number, reason="ordered at this moment")
        if lines is not None:
            wanted = summed(lines)
            row.cart.lines.all().delete()
            fill(row.cart, wanted, visit=row.visit, at=at)
        if codes is not None:
            models.Cart.objects.filter(id=row.cart_id).update(codes=kept_codes(codes, known=row.cart.codes))
        if details is not None:
            row.details = stored(details)
        if consents is not None:
            row.consents = {key[:40]: bool(given) for key, given in consents.items()}
        if attribution is not None:
            row.attribution = {**row.attribution, **texts(attribution)}
        if shown:
            acknowledge(row.cart)
        if row.order is not None and row.order.state == OrderState.CANCELLED:
            row.order, row.next_url = None, ""
        row.version += 1
        row.updated_at = at
        row.save()
        fresh = models.Session.objects.get(id=row.id)
        return told(fresh, at=at) if shown else to_session(fresh, at=at)


def _take_back(token: str, *, agent_id: int | None, at: datetime) -> None:
    """An order that was placed and not paid ends, so that its checkout can change. Calls the provider, hence before
    any transaction. One that ended by itself leaves its lines in a cart again too."""
    row = row_of(token, agent_id=agent_id)
    if row.order is None:
        return
    still_theirs(row, agent_id)
    if row.order.state == OrderState.AWAITING_PAYMENT:
        reopen_cart(order_token=row.order.token, at=at, locale=row.locale)
    elif row.order.state == OrderState.CANCELLED:
        refill(row, at=at)


@transaction.atomic
def refill(row: models.Session, *, at: datetime) -> None:
    """A cart with the lines of an order that ended unpaid, where there is none yet."""
    locked = models.Session.objects.select_for_update(of=("self",)).get(id=row.id)
    if locked.order is None or open_cart(locked.cart.token) is not None:
        return
    old = locked.cart
    cart = models.Cart.objects.create(
        token=old.token, currency=old.currency, visit=old.visit, codes=old.codes, created_at=at, updated_at=at
    )
    models.CartLine.objects.bulk_create(
        models.CartLine(
            cart=cart, variant_id=line.variant_id, quantity=line.quantity, price_seen_minor=line.unit_minor, added_at=at
        )
        for line in locked.order.lines.all()
    )
    models.Session.objects.filter(id=locked.id).update(cart=cart)
