"""Stripe's objects in our words. Whatever is missing in an object (older versions, emulators) counts as not told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from parvis.core.money import Money
from parvis.domains.checkout.ports import (
    CardSummary,
    DisputeNews,
    DisputeState,
    Intent,
    IntentState,
    Movement,
    MovementKind,
    ProviderEvent,
    RefundNews,
)

NAME = "stripe"
S = IntentState
_STATES: Mapping[str, IntentState] = {
    "requires_payment_method": S.CREATED,
    "requires_confirmation": S.CREATED,
    "requires_action": S.ACTION_REQUIRED,
    "processing": S.AUTHORISED,
    "requires_capture": S.AUTHORISED,
    "canceled": S.CANCELLED,
    "succeeded": S.CAPTURED,
}
_DISPUTES: Mapping[str, DisputeState] = {
    "warning_needs_response": DisputeState.WARNING,
    "warning_under_review": DisputeState.WARNING,  # answered; it may become a dispute still
    "warning_closed": DisputeState.WON,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}
# The brands as we name them elsewhere.
_BRANDS = {"american_express": "amex"}


def moment(value: Any) -> datetime:
    """Unix seconds as a moment."""
    return datetime.fromtimestamp(int(value), tz=UTC)


def money(amount: Any, currency: Any) -> Money:
    return Money(int(amount), str(currency).upper())


def reference(value: Any) -> str:
    """An id, whether the object was expanded or not."""
    if isinstance(value, Mapping):
        return str(value.get("id") or "")
    return str(value or "")


def intent(pi: Mapping[str, Any]) -> Intent:
    """A PaymentIntent. Expanded ``latest_charge`` and ``payment_method`` say more. Raises KeyError, ValueError or
    TypeError for what is none."""
    state, amount = _STATES[str(pi["status"])], money(pi["amount"], pi["currency"])
    latest = pi.get("latest_charge")
    charge: Mapping[str, Any] = latest if isinstance(latest, Mapping) else {}
    failure = pi.get("last_payment_error") or {}
    code = str(failure.get("decline_code") or failure.get("code") or "")
    if state is S.CREATED and code:
        state = S.DECLINED
    captured = int(pi.get("amount_received", amount.amount_minor)) if state is S.CAPTURED else 0
    promised = int(pi.get("amount_capturable", amount.amount_minor)) if state is S.AUTHORISED else 0
    if pi["status"] == "processing":
        promised = amount.amount_minor
    seen = card(pi, charge)
    customer, method = reference(pi.get("customer")), reference(pi.get("payment_method"))
    kept = pi.get("setup_future_usage") and customer and method and state in (S.AUTHORISED, S.CAPTURED)
    action = pi.get("next_action") or {}
    return Intent(
        reference=str(pi["id"]),
        client_token=str(pi.get("client_secret") or ""),
        state=state,
        amount=amount,
        authorised_minor=max(promised, captured),
        captured_minor=captured,
        refunded_minor=int(charge.get("amount_refunded") or 0),
        next_url=(action.get("redirect_to_url") or {}).get("url") if state is S.ACTION_REQUIRED else None,
        decline_code=_code(code) if state is S.DECLINED else "",
        capturing=pi["status"] == "processing",
        card=seen,
        saved_token=f"{customer}/{method}" if kept and seen is not None else None,
    )


def _code(code: str) -> str:
    """The few codes that have a word of their own here; the others are told as Stripe tells them."""
    words = {"payment_intent_authentication_failure": "authentication_failed", "generic_decline": "card_declined"}
    return words.get(code, code)[:60]


def card(pi: Mapping[str, Any], charge: Mapping[str, Any]) -> CardSummary | None:
    """What may be kept of the card that was used; None where something else was (or nothing yet)."""
    details = charge.get("payment_method_details") or {}
    method = pi.get("payment_method")
    found = details.get("card") or (method.get("card") if isinstance(method, Mapping) else None)
    if not isinstance(found, Mapping) or not found.get("last4"):
        return None
    brand = str(found.get("brand") or "card")
    return CardSummary(
        brand=_BRANDS.get(brand, brand)[:20],
        last4=str(found["last4"])[-4:],
        exp_month=int(found.get("exp_month") or 0),
        exp_year=int(found.get("exp_year") or 0),
    )


def dispute(row: Mapping[str, Any]) -> DisputeNews:
    """A Dispute."""
    due = (row.get("evidence_details") or {}).get("due_by")
    fees = sum(int(each.get("fee") or 0) for each in row.get("balance_transactions") or [])
    return DisputeNews(
        reference=str(row["id"]),
        payment_reference=reference(row.get("payment_intent")),
        amount=money(row["amount"], row["currency"]),
        reason=str(row.get("reason") or "general")[:40],
        state=_DISPUTES[str(row["status"])],
        opened_at=moment(row["created"]),
        evidence_due_at=moment(due) if due else None,
        fee_minor=max(0, fees),
    )


def event(body: Mapping[str, Any]) -> ProviderEvent | None:
    """A webhook's event, or None for one that says nothing to us: other kinds, and payments that are not of this shop.
    Raises KeyError, ValueError or TypeError for what is none."""
    kind, thing = str(body["type"]), body["data"]["object"]
    if not isinstance(thing, Mapping):
        raise TypeError("the event has no object")
    told = {"id": str(body["id"]), "provider": NAME, "kind": kind, "occurred_at": moment(body["created"])}
    if kind == "payment_intent.created":
        return None  # nothing has happened yet, and our own call may not have its answer
    if kind.startswith("payment_intent."):
        return _of_intent(told, thing)
    if kind in ("charge.refunded", "charge.captured", "charge.succeeded", "charge.updated"):
        return _of_charge(told, thing)
    if kind.startswith("charge.dispute.") and thing.get("payment_intent"):
        news = dispute(thing)
        return _nothing(told, news.payment_reference, dispute=news)
    if kind in ("refund.failed", "refund.updated", "charge.refund.updated") and thing.get("payment_intent"):
        return _of_refund(told, thing)
    return None


def _of_intent(told: Mapping[str, Any], thing: Mapping[str, Any]) -> ProviderEvent | None:
    if not (thing.get("metadata") or {}).get("order_number"):
        return None
    seen = intent(thing)
    return ProviderEvent(
        **told,
        reference=seen.reference,
        state=seen.state,
        authorised_minor=seen.authorised_minor,
        captured_minor=seen.captured_minor,
        refunded_minor=seen.refunded_minor,
        currency=seen.amount.currency,
        decline_code=seen.decline_code,
        card=seen.card,
    )


def _of_charge(told: Mapping[str, Any], thing: Mapping[str, Any]) -> ProviderEvent | None:
    paid = reference(thing.get("payment_intent"))
    if not paid or not (thing.get("metadata") or {}).get("order_number"):
        return None
    captured = int(thing.get("amount_captured", thing["amount"])) if thing.get("captured") else 0
    return ProviderEvent(
        **told,
        reference=paid,
        state=S.CAPTURED if captured else None,
        authorised_minor=captured,
        captured_minor=captured,
        refunded_minor=int(thing.get("amount_refunded") or 0),
        currency=str(thing["currency"]).upper(),
        card=card({}, thing),
    )


def _of_refund(told: Mapping[str, Any], thing: Mapping[str, Any]) -> ProviderEvent | None:
    state = str(thing.get("status") or "")
    if state not in ("succeeded", "failed", "canceled"):
        return None
    news = RefundNews(
        reference=str(thing["id"]),
        amount_minor=int(thing["amount"]),
        succeeded=state == "succeeded",
        key=str((thing.get("metadata") or {}).get("key") or ""),
        failure="" if state == "succeeded" else str(thing.get("failure_reason") or state)[:60],
    )
    return _nothing(told, reference(thing["payment_intent"]), refund=news)


def _nothing(
    told: Mapping[str, Any], paid: str, *, dispute: DisputeNews | None = None, refund: RefundNews | None = None
) -> ProviderEvent:
    """News of a dispute or of one refund says nothing of the payment itself."""
    return ProviderEvent(
        **told,
        reference=paid,
        state=None,
        authorised_minor=0,
        captured_minor=0,
        refunded_minor=0,
        dispute=dispute,
        refund=refund,
    )


# -- the books ------------------------------------------------------------------------------------------------


def charge_movement(row: Mapping[str, Any]) -> Movement | None:
    """A Charge that took money, with its fee when ``balance_transaction`` is expanded."""
    if not row.get("captured") or row.get("status") != "succeeded":
        return None
    booked = row.get("balance_transaction")
    return Movement(
        kind=MovementKind.CHARGE,
        reference=str(row["id"]),
        payment_reference=reference(row.get("payment_intent")) or str(row["id"]),
        amount=money(row.get("amount_captured", row["amount"]), row["currency"]),
        at=moment(row["created"]),
        fee_minor=int(booked.get("fee") or 0) if isinstance(booked, Mapping) else 0,
        order_number=str((row.get("metadata") or {}).get("order_number") or ""),
    )


def refund_movement(row: Mapping[str, Any]) -> Movement:
    """A Refund; "canceled" counts as failed."""
    state = str(row.get("status") or "succeeded")
    return Movement(
        kind=MovementKind.REFUND,
        reference=str(row["id"]),
        payment_reference=reference(row.get("payment_intent")) or reference(row.get("charge")),
        amount=money(row["amount"], row["currency"]),
        at=moment(row["created"]),
        state={"canceled": "failed", "requires_action": "pending"}.get(state, state),
    )


def dispute_movement(row: Mapping[str, Any]) -> Movement:
    """A Dispute."""
    news = dispute(row)
    return Movement(
        kind=MovementKind.DISPUTE,
        reference=news.reference,
        payment_reference=news.payment_reference or reference(row.get("charge")),
        amount=news.amount,
        at=news.opened_at,
        state=news.state.value,
        fee_minor=news.fee_minor,
        dispute=news,
    )


def as_declined(stands: Intent, error: Mapping[str, Any]) -> Intent:
    """A payment whose attempt was refused by this error; one that went through all the same stays as it stands."""
    if stands.state in (S.AUTHORISED, S.CAPTURED, S.CANCELLED):
        return stands
    code = str(error.get("decline_code") or error.get("code") or "card_declined")
    return replace(stands, state=S.DECLINED, decline_code=_code(code), next_url=None)


def as_capture_failed(stands: Intent, error: Mapping[str, Any]) -> Intent:
    """An authorised payment whose money cannot be had any more."""
    code = str(error.get("decline_code") or error.get("code") or "capture_refused")
    return replace(stands, state=S.CAPTURE_FAILED, decline_code=_code(code), retry=False)
