"""/agentic_commerce/delegate_payment: a card becomes a token that pays once, within an allowance.

Served only where the bound payment provider has a vault of its own (the test provider has one). With a real provider
agents get their tokens from it; no card number ever comes here.
"""

import hashlib
import re
from datetime import datetime
from typing import Any

from django.conf import settings

from parvis.core.errors import Invalid, NotFound
from parvis.core.idempotency import Answer
from parvis.core.money import Money
from parvis.domains.checkout import ports, queries
from parvis.domains.checkout.ports import BadCard, CardDetails, TokenAllowance
from parvis.interfaces.agents.acp import told
from parvis.interfaces.agents.acp.manners import Call, Operation, address
from parvis.interfaces.agents.acp.moments import moment
from parvis.interfaces.agents.acp.schemas import PAYMENT, Refused

HIGHEST = 2_000_000_000
_MONTH, _YEAR = re.compile(r"0[1-9]|1[0-2]"), re.compile(r"20\d\d")
_PLACES = {"number": "number", "expiry": "exp_month", "cvc": "cvc"}


def _bad(problem: str, param: str) -> Refused:
    return Refused(problem=problem, param=param, word="invalid_card", status=422)


def delegate(call: Call) -> Answer:
    vault = ports.delegates()
    if vault is None:
        raise NotFound(kind="service", key="delegate_payment")
    body = call.body
    card, allowance = _card(body["payment_method"]), _allowance(call, body["allowance"])
    if any(signal["action"] == "blocked" for signal in body["risk_signals"]):
        raise _bad("the risk signals of this card say that it is blocked", "$.risk_signals")
    key = hashlib.sha256(f"acp {call.agent.id} {call.key}".encode()).hexdigest()
    try:
        token = vault.delegate(card=card, allowance=allowance, key=key)
    except BadCard as bad:
        field = _PLACES.get(str(bad.params["field"]), "number")
        raise _bad(f"{field} {bad.params['problem']}", f"$.payment_method.{field}") from bad
    except Invalid as bad:
        raise _bad(str(bad.params["problem"]), f"$.allowance.{bad.params['field']}") from bad
    correlation = {"merchant_id": told.merchant_id(), "idempotency_key": call.key}
    return Answer(
        status=201,
        body={
            "id": token.token,
            "created": moment(token.created_at),
            "metadata": {**body["metadata"], **correlation},
        },
    )


def _card(given: dict[str, Any]) -> CardDetails:
    place = "$.payment_method"
    if given["card_number_type"] != "fpan":
        raise _bad("only card numbers are taken", f"{place}.card_number_type")
    if not _MONTH.fullmatch(given.get("exp_month", "")):
        raise _bad("exp_month must be 01 to 12", f"{place}.exp_month")
    if not _YEAR.fullmatch(given.get("exp_year", "")):
        raise _bad("exp_year must have four digits", f"{place}.exp_year")
    return CardDetails(
        number=given["number"],
        exp_month=int(given["exp_month"]),
        exp_year=int(given["exp_year"]),
        cvc=given.get("cvc", ""),
        holder=given.get("name", "")[:120],
    )


def _allowance(call: Call, given: dict[str, Any]) -> TokenAllowance:
    place = "$.allowance"
    if given["currency"].upper() != settings.CURRENCY:
        raise _bad(f"this shop sells in {settings.CURRENCY.lower()}", f"{place}.currency")
    if not 0 < given["max_amount"] <= HIGHEST:
        raise _bad("max_amount must be more than nothing, and no fortune", f"{place}.max_amount")
    if given["merchant_id"] != told.merchant_id():
        raise _bad("the allowance is for another merchant", f"{place}.merchant_id")
    ends = datetime.fromisoformat(given["expires_at"])
    if ends <= call.at:
        raise _bad("the allowance is over already", f"{place}.expires_at")
    try:
        session = queries.session(given["checkout_session_id"], agent_id=call.agent.id, at=call.at)
    except NotFound:
        raise _bad("this checkout session is not known", f"{place}.checkout_session_id") from None
    call.met(session.token)
    return TokenAllowance(
        max_amount=Money(given["max_amount"], settings.CURRENCY),
        expires_at=ends,
        merchant=given["merchant_id"],
        session=session.token,
    )


delegation = address(
    {
        "POST": Operation(
            name="delegate_payment",
            act=delegate,
            asks=(PAYMENT, "DelegatePaymentRequest"),
            outside=True,
            secret=True,
        )
    }
)
