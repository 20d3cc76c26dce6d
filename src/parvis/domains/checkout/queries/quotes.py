"""What a cart costs now."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from parvis.domains.checkout.contracts import Cart, Promotion, Quote, Terms
from parvis.domains.checkout.queries import offers
from parvis.domains.checkout.queries.carts import shipping_methods
from parvis.domains.checkout.rules import codes, quoting
from parvis.domains.checkout.rules.promotions import Buyer

HOME_COUNTRY = "FR"


def quote(
    cart: Cart,
    *,
    country: str = HOME_COUNTRY,
    shipping_method: str = "",
    customer_id: int | None = None,
    email: str = "",
    at: datetime,
) -> Quote:
    """The quote of a cart sent to ``country``. The same function serves every door; :func:`actions.place` charges
    nothing else. ``customer_id`` is who has signed in: only they get what members get. ``email``, as typed by a
    guest, decides on codes that are for once a customer."""
    typed = [code for code in cart.codes if not code.startswith(codes.GIFT)]
    promotions = offers.promotions_for(typed, at=at)
    return quoting.quote(
        cart=cart,
        country=country,
        methods=shipping_methods(),
        chosen=shipping_method,
        known=quoting.Known(
            promotions=promotions,
            cards=offers.cards_of(cart.codes),
            buyer=_buyer(promotions, customer_id, email, at),
            taxes=offers.tax_table(),
        ),
        at=timezone.localtime(at),
    )


def _buyer(promotions: tuple[Promotion, ...], customer_id: int | None, email: str, at: datetime) -> Buyer:
    """What counts of the buyer; nothing is read that no promotion asks for."""
    limited = [each.id for each in promotions if each.terms.max_per_customer is not None]
    members = any(each.terms.status for each in promotions)
    return Buyer(
        signed_in=customer_id is not None,
        statuses=offers.statuses(customer_id, at=at) if members and customer_id is not None else frozenset(),
        used=offers.uses_by(limited, customer_id=customer_id, email=email),
    )


def preview(
    terms: Terms, cart: Cart, *, instead_of: int | None = None, country: str = HOME_COUNTRY, at: datetime
) -> Quote:
    """What a buyer would see who may have a promotion with these ``terms``, on a sample cart, beside the promotions
    that run (``instead_of`` the one that is being changed): its dates and limits are left out. Nothing is kept."""
    open_terms = replace(terms, starts_at=None, ends_at=None, max_uses=None, max_per_customer=None)
    tried = Promotion(id=2**62, key="preview", terms=open_terms, currency=cart.currency)
    every = offers.promotions_for((), at=at)
    running = [each for each in every if not each.terms.status and each.id != instead_of]
    return quoting.quote(
        cart=replace(cart, codes=(terms.code,) if terms.code else ()),
        country=country,
        methods=shipping_methods(),
        known=quoting.Known(
            promotions=(*running, tried),
            buyer=Buyer(signed_in=True, statuses=frozenset({terms.status} - {""})),
            taxes=offers.tax_table(),
        ),
        at=timezone.localtime(at),
    )
