"""One checkout for every door: opened, changed, ordered and paid, cancelled, or handed over to the shopper.

A session is what was wanted and told so far; what it costs and whether it can be ordered is worked out anew each time
(queries.sessions). Nothing is held before :func:`completing.complete_session` places the order.
"""

from parvis.domains.checkout.actions.sessions.access import HandedOver, SessionClosed, locked_session
from parvis.domains.checkout.actions.sessions.changing import refill, update_session
from parvis.domains.checkout.actions.sessions.contents import acknowledge, told
from parvis.domains.checkout.actions.sessions.ending import cancel_session, expire_sessions, hand_over
from parvis.domains.checkout.actions.sessions.opening import open_session

__all__ = [
    "HandedOver",
    "SessionClosed",
    "acknowledge",
    "cancel_session",
    "expire_sessions",
    "hand_over",
    "locked_session",
    "open_session",
    "refill",
    "told",
    "update_session",
]
