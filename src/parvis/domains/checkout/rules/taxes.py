"""The tax that prices hold. Prices shown are what is paid, wherever the goods go: only its tax part changes.

Within the Union goods sold to consumers are taxed at the rate of the country they arrive in (directive 2006/112/EC,
articles 33 and 369a: the one-stop shop); goods that leave it hold none of our tax.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parvis.core.money import Money, split_minor
from parvis.domains.checkout.contracts import TaxShare, TaxTable

# Standard rates in basis points, November 2026. The brand corrects them in its settings when a country changes its own.
STANDARD_RATES: Mapping[str, int] = {
    "AT": 2000,
    "BE": 2100,
    "BG": 2000,
    "CY": 1900,
    "CZ": 2100,
    "DE": 1900,
    "DK": 2500,
    "EE": 2400,
    "ES": 2100,
    "FI": 2550,
    "FR": 2000,
    "GR": 2400,
    "HR": 2500,
    "HU": 2700,
    "IE": 2300,
    "IT": 2200,
    "LT": 2100,
    "LU": 1700,
    "LV": 2100,
    "MT": 1800,
    "NL": 2100,
    "PL": 2300,
    "PT": 2300,
    "RO": 2100,
    "SE": 2500,
    "SI": 2200,
    "SK": 2300,
}

# Places that count as another country for this tax (directive 2006/112/EC, article 7).
AS_IN: Mapping[str, str] = {"MC": "FR"}


def rate(country: str) -> int:
    """The rate in basis points that goods sent to a country are taxed at; zero outside the Union."""
    return STANDARD_RATES.get(country, 0)


def taxed_in(table: TaxTable, country: str) -> str:
    """Whose tax the goods sent to a country hold: its own with the one-stop shop, else that of where the brand is
    registered; empty outside the Union."""
    where = AS_IN.get(country, country)
    if where not in STANDARD_RATES:
        return ""
    return where if table.oss else table.home


def rate_for(table: TaxTable, country: str, *, category: str = "", department: str = "") -> int:
    """The rate in basis points for goods of a category sent to a country, as the brand has set it: zero outside the
    Union; the country's own rate with the one-stop shop; without it the rate of where the brand is registered. A
    reduced rate of the category counts before one of its department, and that before the standard rate."""
    taxed = taxed_in(table, country)
    if not taxed:
        return 0
    for key in (category, department):
        reduced = table.reduced.get(key, {}).get(taxed)
        if key and reduced is not None:
            return reduced
    return table.rates.get(taxed, STANDARD_RATES.get(taxed, 0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Taxed:
    """The tax in each line, in the shipping, and in all of it by rate (highest first)."""

    lines: tuple[int, ...]
    shipping: int
    shares: tuple[TaxShare, ...]

    @property
    def total(self) -> int:
        return sum(share.tax.amount_minor for share in self.shares)


def taxed(
    lines: Sequence[tuple[int, int]], shipping_minor: int, *, standard: int, country: str = "", currency: str
) -> Taxed:
    """The tax inside ``lines`` (amount, basis points) and the shipping, which is that of ``country``.

    Shipping goes with the goods: it is taxed at their rates, in proportion to what is paid for them (at ``standard``
    when nothing is paid for the goods). The tax of a rate is worked out once, on all that is paid at it, and shared
    over the lines and the shipping: so the lines sum exactly to the order's tax by rate."""
    rates = sorted({points for amount, points in lines if amount} or {standard}, reverse=True)
    goods = [sum(amount for amount, points in lines if points == rate) for rate in rates]
    shipped = split_minor(shipping_minor, goods)
    tax = [0] * len(lines)
    shares, of_shipping = [], 0
    for rate, worth, part in zip(rates, goods, shipped, strict=True):
        gross = worth + part
        whole = included(gross, rate)
        mine = [index for index, (_amount, points) in enumerate(lines) if points == rate]
        split = split_minor(whole, [*(lines[index][0] for index in mine), part]) if gross else [0] * (len(mine) + 1)
        for index, share in zip(mine, split, strict=False):
            tax[index] = share
        of_shipping += split[-1]
        net, sum_tax = Money(gross - whole, currency), Money(whole, currency)
        shares.append(TaxShare(basis_points=rate, net=net, tax=sum_tax, country=country))
    return Taxed(lines=tuple(tax), shipping=of_shipping, shares=tuple(shares))


def main_rate(shares: Sequence[TaxShare], otherwise: int) -> int:
    """The rate at which most is paid."""
    paid = [(share.net.amount_minor + share.tax.amount_minor, share.basis_points) for share in shares]
    return max(paid)[1] if paid else otherwise


def included(amount_minor: int, basis_points: int) -> int:
    """The tax inside an amount that includes it, rounded half up: 12000 at 2000 gives 2000."""
    whole = 10_000 + basis_points
    return (2 * amount_minor * basis_points + whole) // (2 * whole)


def given_back(
    paid: Sequence[TaxShare], before: Mapping[int, int], *, goods: Mapping[int, int], amount_minor: int
) -> tuple[TaxShare, ...]:
    """The tax inside a refund of ``amount_minor`` of an order whose tax is ``paid``, where ``before`` was given back
    already (rate in basis points -> amount).

    Pieces go back at their own rate: ``goods`` (rate -> what they are worth). What is more than their worth (shipping,
    a gesture) is shared over all rates by what is left of each, what is less over theirs. The tax of each rate is the
    difference of two running totals, so that all refunds of an order sum exactly to its tax."""
    left = [_gross(share) - before.get(share.basis_points, 0) for share in paid]
    mine = [min(goods.get(share.basis_points, 0), most) for share, most in zip(paid, left, strict=True)]
    rest = amount_minor - sum(mine)
    free = [most - part for most, part in zip(left, mine, strict=True)]
    more = split_minor(rest, free if rest > 0 else mine)
    return tuple(
        _part(share, before.get(share.basis_points, 0), part + extra)
        for share, part, extra in zip(paid, mine, more, strict=True)
        if part + extra
    )


def _gross(share: TaxShare) -> int:
    return (share.net + share.tax).amount_minor


def _part(share: TaxShare, before: int, part: int) -> TaxShare:
    """``part`` of a share of which ``before`` was taken."""
    gross, whole, currency = _gross(share), share.tax.amount_minor, share.tax.currency

    def until(amount: int) -> int:
        return (2 * whole * amount + gross) // (2 * gross)

    tax = until(before + part) - until(before)
    return TaxShare(
        basis_points=share.basis_points,
        net=Money(part - tax, currency),
        tax=Money(tax, currency),
        country=share.country,
    )
