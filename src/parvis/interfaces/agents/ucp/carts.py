"""/carts: baskets before anybody means to buy, with estimated sums; a checkout is made of one by its id."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from parvis.core.errors import Conflict, Invalid
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import Session
from parvis.interfaces.agents.ucp import asking, checkouts, products, reading, showing, versions
from parvis.interfaces.agents.ucp.envelope import Failed
from parvis.interfaces.agents.ucp.gate import Call
from parvis.interfaces.agents.ucp.problems import BadRequest


def create(call: Call) -> tuple[int, dict[str, Any]]:
    """A new cart."""
    asked = asking.lines(call.body, locale=call.locale)
    session = checkouts.open_from(call, asked, basket=True)
    return 201, _shown(call, session, [*asked.messages, *asking.claims(call.body)])


def read(call: Call) -> tuple[int, dict[str, Any]]:
    """The cart as it stands now."""
    return 200, _shown(call, checkouts.cart_of(call, call.where["cart_id"]))


def update(call: Call) -> tuple[int, dict[str, Any]]:
    """The whole cart anew."""
    before = checkouts.cart_of(call, call.where["cart_id"])
    asked = asking.lines(call.body, locale=call.locale, known=before)
    try:
        session = actions.update_session(
            token=before.token,
            agent_id=call.agent_id,
            lines=asked.lines,
            details=asking.details(call.body, before),
            codes=asking.codes(call.body) or (),
            consents=asking.consents(call.body, call.release) or {},
            attribution=reading.attribution(call.body),
            at=call.at,
        )
    except Invalid as invalid:
        raise BadRequest(path=str(invalid.params.get("field", "$")), reason=str(invalid)) from invalid
    except Conflict as conflict:
        raise Failed("not_found", gettext("There is no such cart, or it has expired."), status=409) from conflict
    return 200, _shown(call, session, [*asked.messages, *asking.claims(call.body)])


def cancel(call: Call) -> tuple[int, dict[str, Any]]:
    """Give the cart up; the answer is the cart as it was."""
    session = checkouts.cart_of(call, call.where["cart_id"])
    shown = _shown(call, session)
    actions.cancel_session(token=session.token, agent_id=call.agent_id, at=call.at)
    return 200, shown


def _shown(call: Call, session: Session, told: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": f"{checkouts.CART}{session.token}",
        **showing.cart_part(session),
        "links": products.links(),
        "continue_url": showing.continue_url(session),
        "expires_at": session.expires_at.isoformat(),
    }
    consenting = call.release if call.release.consents_in_carts and call.can(versions.CONSENT) else None
    if buyer := showing.buyer(session, consenting):
        shown["buyer"] = buyer
    # What a cart lacks for a sale does not matter yet: only what is about its articles and codes is told.
    about = ("$.line_items", "$.discounts")
    own = [
        each
        for each in showing.messages_of(session, asking.codes(call.body) or ())
        if str(each.get("path", "")).startswith(about)
    ]
    if messages := [*own, *told]:
        shown["messages"] = messages
    if call.can(versions.DISCOUNT):
        shown["discounts"] = showing.applied(session, asking.codes(call.body))
    return shown
