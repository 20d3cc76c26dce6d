"""Papers are made when they are first wanted, numbered without gaps, and kept as they are for good."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.actions import moves
from parvis.domains.checkout.actions.papers import content as contents
from parvis.domains.checkout.actions.papers import drawing
from parvis.domains.checkout.contracts import Billing, PaperKind, RefundState
from parvis.domains.checkout.queries.papers import to_paper
from parvis.domains.checkout.rules import orders as order_rules

_LETTER = {PaperKind.INVOICE: "F", PaperKind.CREDIT: "A"}


class SellerUnknown(Conflict):
    """The brand has not said who sells: its name, address and registration."""

    code = "seller_unknown"
    template = "No invoice can be made before the seller's identity is set."


@transaction.atomic
def issue_invoice(*, order_id: int, billing: Billing | None = None, at: datetime) -> contracts.Paper:
    """The invoice of an order, made now if it was not before; ``billing`` counts only then. However often, and by
    however many at once, it is asked for: there is one, and its bytes never change.

    Raises NotFound, rules.orders.NotPossible for an order that was never paid, :class:`SellerUnknown`, Invalid.
    """
    order = moves.locked(order_id)
    known = order.papers.filter(kind=PaperKind.INVOICE.value).first()
    if known is not None:
        return to_paper(known)
    if order.paid_at is None:
        raise order_rules.NotPossible(state=order.state, verb="invoice")
    return to_paper(_invoice(order, _checked(billing or Billing()), at=at))


def _checked(billing: Billing) -> Billing:
    company, number = " ".join(billing.company.split()), "".join(billing.vat_number.split()).upper()
    if len(company) > 120:
        raise Invalid(field="company", problem="it is too long")
    if number and (not company or not 4 <= len(number) <= 16 or not number.isalnum() or not number[:2].isalpha()):
        raise Invalid(field="vat_number", problem="such as FR12345678901, with the name of the company")
    return Billing(company=company, vat_number=number)


def _invoice(order: models.Order, billing: Billing, *, at: datetime) -> models.Paper:
    seller = queries.seller()
    if not seller.complete:
        raise SellerUnknown(reason="the seller is not known")
    content = contents.of_invoice(order, seller=seller, billing=billing, issued=queries.day(at))
    return _write(PaperKind.INVOICE, order, None, content, at=at)


@transaction.atomic
def issue_credit(*, refund_id: int, at: datetime) -> contracts.Paper:
    """The credit note of a refund that was carried out, made now if it was not before, after the invoice that it
    corrects. Raises NotFound (also for a refund that has not succeeded, or of money for an order that was never sold),
    :class:`SellerUnknown`."""
    found = models.Refund.objects.filter(id=refund_id).values_list("payment__order_id", flat=True).first()
    if found is None:
        raise NotFound(kind="refund", key=refund_id)
    order = moves.locked(found)
    refund = models.Refund.objects.get(id=refund_id)
    known = models.Paper.objects.filter(refund=refund).first()
    if known is not None:
        return to_paper(known)
    if refund.state != RefundState.SUCCEEDED or order.paid_at is None:  # what was never sold has no invoice to correct
        raise NotFound(kind="refund", key=refund_id)
    invoice = order.papers.filter(kind=PaperKind.INVOICE.value).first() or _invoice(order, Billing(), at=at)
    content = contents.of_credit(order, refund, invoice=invoice, issued=queries.day(at))
    return to_paper(_write(PaperKind.CREDIT, order, refund, content, at=at))


def _write(
    kind: PaperKind, order: models.Order, refund: models.Refund | None, content: dict[str, Any], *, at: datetime
) -> models.Paper:
    year = queries.day(at).year
    position = _next(kind, year)
    number = f"{_LETTER[kind]}{year}-{position:06d}"
    locale = "fr" if order.locale == "fr" else "en"
    made = drawing.pdf(content, number=number, locale=locale, currency=order.currency)
    row = models.Paper.objects.create(
        kind=kind.value,
        year=year,
        position=position,
        number=number,
        order=order,
        refund=refund,
        locale=locale,
        currency=order.currency,
        total_minor=content["total"],
        content=content,
        pdf=made,
        sha256=hashlib.sha256(made).hexdigest(),
        issued_at=at,
    )
    moves.trail(order.id, f"{kind.value}_issued", at=at, detail={"number": number})
    return row


def _next(kind: PaperKind, year: int) -> int:
    """The next number of a sequence. Its row stays locked until the paper is written or the transaction undone."""
    models.PaperSequence.objects.bulk_create([models.PaperSequence(kind=kind.value, year=year)], ignore_conflicts=True)
    rows = models.PaperSequence.objects.filter(kind=kind.value, year=year)
    rows.update(last=F("last") + 1)
    return rows.get().last
