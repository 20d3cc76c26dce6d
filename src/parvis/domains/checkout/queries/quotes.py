"""What a cart costs now."""

from datetime import datetime

from parvis.domains.checkout.contracts import Cart, Quote
from parvis.domains.checkout.queries.carts import shipping_methods
from parvis.domains.checkout.rules import quoting

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
    """The quote of a cart sent to ``country``. ``customer_id`` and ``email`` decide on codes that are for members or
    once a customer. The same function serves every door; :func:`actions.place` charges nothing else."""
    return quoting.quote(
        cart=cart, country=country, methods=shipping_methods(), chosen=shipping_method, today=at.date()
    )
