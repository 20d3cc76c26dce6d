"""A new checkout, with a cart of its own."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from parvis.core import prepared
from parvis.domains.checkout import contracts, models
from parvis.domains.checkout.actions.codes import kept as kept_codes
from parvis.domains.checkout.actions.sessions.contents import fill, stored, summed, texts, told
from parvis.domains.checkout.contracts import SESSION_LIFE, Details, Door, Wanted
from parvis.domains.checkout.queries.unchanged import steady

_MAX_PROOFS = 50


@steady()
@transaction.atomic
def open_session(  # noqa: PLR0913 - all that a door may know at the beginning
    *,
    door: Door,
    lines: Sequence[Wanted],
    details: Details | None = None,
    codes: Sequence[str] = (),
    locale: str,
    agent_id: int | None = None,
    customer_id: int | None = None,
    attribution: Mapping[str, str] | None = None,
    consents: Mapping[str, bool] | None = None,
    proofs: Sequence[int] = (),
    visit: str | None = None,
    basket: bool = False,
    at: datetime,
) -> contracts.Session:
    """A new checkout with a cart of its own. What is sold out or missing is told in the answer's messages. A
    ``basket`` is a mere cart: it counts as a checkout of the agent's only if the shopper takes it over.

    Raises NotFound for a variant that never was, Invalid for quantities out of bounds and texts that are too long.
    """
    wanted = summed(lines)
    cart = models.Cart(
        token=secrets.token_urlsafe(24),
        currency=settings.CURRENCY,
        visit=visit,
        codes=kept_codes(codes),
        created_at=at,
        updated_at=at,
    )
    prepared.insert(cart)
    row = models.Session(
        token=secrets.token_urlsafe(24),
        door=door.value,
        basket=basket,
        agent_id=agent_id,
        customer_id=customer_id,
        cart=cart,
        locale=locale,
        details=stored(details or Details()),
        attribution=texts(attribution),
        consents={key[:40]: bool(given) for key, given in (consents or {}).items()},
        proofs=list(dict.fromkeys(proofs))[:_MAX_PROOFS],
        visit=visit,
        created_at=at,
        updated_at=at,
        expires_at=at + SESSION_LIFE,
    )
    prepared.insert(row)
    fill(cart, wanted, visit=visit, at=at)
    return told(row, at=at)
