"""A crowd of real processes doing things at the same moment. Start it with :data:`PROGRAM`: it must be a fresh process,
since a fork of one with open connections would share them.

Each line of its input is a JSON object, ``{"database": name, "jobs": [{"do": …, …}, …]}``. For each it forks a process
a job, lets all of them connect to the database, starts them together, and prints one line: the JSON list of their
answers in order, ``{"said": …, "seconds": …}``. A process that dies or takes longer than ``limit`` seconds says so.
"""

import json
import os
import select
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client

from parvis.core.clock import now
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import AskedLine, ReturnKind
from parvis.domains.checkout.ports import IntentState, ProviderEvent
from parvis.domains.checkout.rules.money import OverRefund
from parvis.domains.checkout.rules.returns import ReturnNotPossible
from parvis.domains.checkout.testing import HOME, card

LIMIT_SECONDS = 60.0
PROGRAM = "import django; django.setup(); from parvis.domains.checkout.testing.crowd import main; main()"


def run_crowd(database: str, jobs: Sequence[dict[str, Any]], *, limit: float = LIMIT_SECONDS) -> list[dict[str, Any]]:
    """Fork a process for each job and collect the answers. No connection may be open when this is called."""
    gate, opened = os.pipe()
    children = [_fork(database, job, gate, opened) for job in jobs]
    os.close(gate)
    for _, answers in children:
        if not select.select([answers], [], [], limit)[0] or os.read(answers, 1) != b".":
            break  # it died before it began: its answer below says so
    os.close(opened)  # the shared start: every waiting read ends at once
    begun = time.monotonic()
    return [_collect(pid, answers, begun, limit) for pid, answers in children]


def _fork(database: str, job: dict[str, Any], gate: int, opened: int) -> tuple[int, int]:
    answers, say = os.pipe()
    pid = os.fork()
    if pid:
        os.close(say)
        return pid, answers
    os.close(opened)
    os.close(answers)
    code = 1
    try:
        os.write(say, b".") if _connect(database) else None
        os.read(gate, 1)
        begun = time.monotonic()
        said = _do(job)
        os.write(say, json.dumps({"said": said, "seconds": round(time.monotonic() - begun, 3)}).encode())
        code = 0
    finally:
        os._exit(code)


def _connect(database: str) -> bool:
    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    return True


def _do(job: dict[str, Any]) -> str:
    try:
        return JOBS[job.pop("do")](**job)
    except Exception as error:  # noqa: BLE001 - whatever happens to one of the crowd is its answer
        return f"error {type(error).__name__}: {error}"


def _collect(pid: int, answers: int, begun: float, limit: float) -> dict[str, Any]:
    text = b""
    while True:
        left = max(0.0, limit - (time.monotonic() - begun))
        if not select.select([answers], [], [], left)[0]:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            return {"said": "hangs", "seconds": limit}
        chunk = os.read(answers, 65536)
        if not chunk:
            break
        text += chunk
    os.close(answers)
    os.waitpid(pid, 0)
    answer: dict[str, Any] = json.loads(text.lstrip(b".") or b'{"said": "died", "seconds": 0}')
    return answer


# -- what people in a crowd do --------------------------------------------------------------------------------


def buy(*, token: str, email: str, key: str, number: str, expected: int | None = None) -> str:
    """Order a filled cart and pay it; says "paid", or what the shopper is told. ``expected`` is the total they saw."""
    try:
        order = actions.place(
            cart_token=token,
            email=email,
            name="One of many",
            address=HOME,
            shipping_method="home",
            locale="en",
            key=key,
            expected_total_minor=expected,
            at=now(),
        ).order
    except actions.OutOfStock as error:
        return "told " + ", ".join(f"{line.wanted} wanted {line.available} left" for line in error.shortages)
    except actions.LinesBlocked as error:
        return "told " + ", ".join(f"{line.quantity} wanted {line.available} left" for line in error.lines)
    except actions.TotalMoved as error:
        return f"told total {error.params['total']}"
    except actions.AlreadyPlaced as error:
        return f"already {error.params['number']}"
    return f"{_pay(order.token, number)} {order.number}"


def pay(*, order_token: str, number: str) -> str:
    """Pay an order; says the step's state."""
    return _pay(order_token, number)


def _pay(order_token: str, number: str) -> str:

    return actions.pay(order_token=order_token, card=card(number), at=now()).state.value


def expire() -> str:
    """Run the minute's expiry."""
    return str(actions.expire(at=now()))


def cancel(*, order_id: int) -> str:
    """Cancel an order."""
    return actions.cancel(order_id=order_id, at=now()).state.value


def refund(*, order_id: int, amount_minor: int, key: str) -> str:
    """Give an amount back; says the refund's state, or what is left."""
    try:
        made = actions.refund(order_id=order_id, lines={}, amount_minor=amount_minor, reason="crowd", key=key, at=now())
    except OverRefund as error:
        return f"left {error.params['left']}"
    return f"{made.state.value} {made.id}"


def event(*, message: dict[str, Any]) -> str:
    """Take a provider's message in, as the webhook's door does."""
    moment = datetime.fromisoformat(message["occurred_at"])
    state = IntentState(message["state"])
    actions.apply_provider_event(ProviderEvent(**{**message, "occurred_at": moment, "state": state}), now())
    return "taken"


def post(*, path: str, body: str, headers: dict[str, str]) -> str:
    """Post to one of our own addresses; says the status."""
    answer = Client().post(path, body, content_type="application/json", headers=headers)
    return str(answer.status_code)


def invoice(*, order_id: int) -> str:
    """Ask for the invoice of an order; says its number."""
    return actions.issue_invoice(order_id=order_id, at=now()).number


def credit(*, refund_id: int) -> str:
    """Ask for the credit note of a refund; says its number."""
    return actions.issue_credit(refund_id=refund_id, at=now()).number


def send_back(*, order_token: str, line_id: int, key: str) -> str:
    """Ask to send one piece back; says the number of the return, or why not."""
    try:
        made = actions.request_return(
            order_token=order_token,
            kind=ReturnKind.WITHDRAWAL,
            lines=[AskedLine(line_id=line_id, quantity=1)],
            key=key,
            at=now(),
        )
    except ReturnNotPossible as error:
        return f"told {error.params['problem']}"
    return made.number


JOBS: dict[str, Callable[..., str]] = {
    "buy": buy,
    "pay": pay,
    "expire": expire,
    "cancel": cancel,
    "refund": refund,
    "invoice": invoice,
    "credit": credit,
    "send_back": send_back,
    "event": event,
    "post": post,
}


def main() -> None:
    """Run a crowd for each line of the input and print its answers as a line."""
    for line in sys.stdin:
        wanted = json.loads(line)
        answers = run_crowd(wanted["database"], wanted["jobs"], limit=wanted.get("limit", LIMIT_SECONDS))
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()
