"""Money as integer minor units with a currency: nothing is lost to floats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from parvis.core.errors import ParvisError


class CurrencyMismatch(ParvisError):
    """``left`` and ``right`` are the two currencies."""

    code = "currency_mismatch"
    status = 422
    template = "Amounts in %(left)s and %(right)s cannot be combined."


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``amount_minor`` in the smallest unit (cents for EUR), ``currency`` as ISO 4217 letters."""

    amount_minor: int
    currency: str

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.amount_minor * quantity, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount_minor < other.amount_minor

    def __bool__(self) -> bool:
        return self.amount_minor != 0

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    def split(self, weights: Sequence[int]) -> "list[Money]":
        """Shares in proportion to ``weights``; the shares sum to the whole exactly."""
        return [Money(share, self.currency) for share in split_minor(self.amount_minor, weights)]


def split_minor(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split an integer amount by non-negative integer weights, by the largest-remainder rule.

    Ties go to the earlier share, so that the same input always gives the same split. All-zero weights count as equal.
    """
    if not weights:
        raise ValueError("split_minor needs at least one weight")
    if min(weights) < 0:
        raise ValueError("weights must not be negative")
    parts = list(weights) if any(weights) else [1] * len(weights)
    total = sum(parts)
    sign = -1 if amount_minor < 0 else 1
    whole = abs(amount_minor)
    shares = [whole * part // total for part in parts]
    remainders = [whole * part % total for part in parts]
    left = whole - sum(shares)
    for index in sorted(range(len(parts)), key=lambda i: (-remainders[i], i))[:left]:
        shares[index] += 1
    return [sign * share for share in shares]
