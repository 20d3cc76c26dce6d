"""Orders that came and what is sent back of them, for tests of returns."""

from datetime import datetime, timedelta

from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import (
    AskedLine,
    Order,
    ReceivedLine,
    Return,
    ReturnKind,
    ReturnReason,
)
from parvis.domains.checkout.testing import AT

DAY = timedelta(days=1)
CAME = AT + 3 * DAY  # Saturday 7 March 2026


def arrived(order: Order) -> Order:
    actions.ship(order_id=order.id, at=AT + DAY)
    return actions.deliver(order_id=order.id, at=CAME)


def ask(order: Order, pieces: dict[int, int], *, key: str = "k1", at: datetime = CAME + DAY, **more) -> Return:
    reason = more.pop("reason", ReturnReason.TOO_SMALL)
    sealed = more.pop("sealed", False)
    lines = [AskedLine(line_id=line, quantity=n, reason=reason, sealed=sealed) for line, n in pieces.items()]
    kind = more.pop("kind", ReturnKind.WITHDRAWAL)
    return actions.request_return(order_token=order.token, kind=kind, lines=lines, key=key, at=at, **more)


def receive(back: Return, at: datetime = CAME + 5 * DAY, **more) -> Return:
    lines = [ReceivedLine(line_id=line.line_id, quantity=line.quantity, **more) for line in back.lines]
    return actions.receive_return(return_id=back.id, lines=lines, at=at)
