"""What a refund gives back of an order in detail: the worth of its pieces and the tax inside it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from parvis.core.money import Money
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import RefundState, TaxShare
from parvis.domains.checkout.queries import kept
from parvis.domains.checkout.rules import taxes
from parvis.domains.checkout.rules.money import RefundableLine, line_refund


def line_worths(order: models.Order, refund: models.Refund) -> dict[int, int]:
    """Order line id -> what its pieces in a refund that was carried out are worth, after those that went back before
    it."""
    settled = refund.settled_at
    earlier = [
        each
        for each in _others(order, refund)
        if settled is not None and each.settled_at is not None and (each.settled_at, each.id) < (settled, refund.id)
    ]
    return _worths(order, refund, earlier)


def _worths(order: models.Order, refund: models.Refund, earlier: Iterable[models.Refund]) -> dict[int, int]:
    gone: Counter[str] = Counter()
    for each in earlier:
        gone.update(each.lines)
    return {
        line.id: line_refund(_bare(line, gone[str(line.id)]), quantity)
        for line in order.lines.all()
        if (quantity := int(refund.lines.get(str(line.id), 0)))
    }


def tax_inside(order: models.Order, refund: models.Refund) -> list[dict[str, Any]]:
    """The tax inside a refund that is being settled, as it is kept with it; the order is locked."""
    if order.paid_at is None:
        return []
    others = _others(order, refund)
    before: Counter[int] = Counter()
    for earlier in others:
        before.update({each["basis_points"]: each["net"] + each["tax"] for each in earlier.taxes})
    worths = _worths(order, refund, others)
    goods: Counter[int] = Counter()
    for line in order.lines.all():
        goods[rate_of(line, order)] += worths.get(line.id, 0)
    found = taxes.given_back(paid(order), before, goods=goods, amount_minor=refund.amount_minor)
    return [kept.tax_share_to_json(each) for each in found]


def paid(order: models.Order) -> list[TaxShare]:
    """The tax of an order by rate; of one without rates of its own, all at the one it has."""
    if order.taxes:
        return [kept.tax_share(each, order.currency) for each in order.taxes]
    net, tax = Money(order.total_minor - order.tax_minor, order.currency), Money(order.tax_minor, order.currency)
    return [TaxShare(basis_points=order.tax_basis_points, net=net, tax=tax)]


def rate_of(line: models.OrderLine, order: models.Order) -> int:
    """The rate that a line was taxed at, in basis points."""
    return line.tax_basis_points if order.taxes else order.tax_basis_points


def _others(order: models.Order, refund: models.Refund) -> list[models.Refund]:
    """The other refunds of the order that were carried out."""
    done = models.Refund.objects.filter(payment__order=order, state=RefundState.SUCCEEDED.value)
    return list(done.exclude(id=refund.id))


def _bare(line: models.OrderLine, refunded: int) -> RefundableLine:
    return RefundableLine(
        id=line.id,
        unit_minor=line.unit_minor,
        quantity=line.quantity,
        refunded_quantity=refunded,
        discount_minor=line.discount_minor,
    )
