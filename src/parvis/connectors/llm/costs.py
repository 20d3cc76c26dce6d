"""The budget of a day, shared by all processes."""

from datetime import datetime
from decimal import Decimal

from django.db import connection

from parvis.core.days import day_of
from parvis.core.language_model import BudgetSpent

_RESERVE = """
INSERT INTO llm_spending AS spending (day, spent_minor) SELECT %(day)s, %(most)s WHERE %(most)s <= %(cap)s
ON CONFLICT (day) DO UPDATE SET spent_minor = spending.spent_minor + excluded.spent_minor
WHERE spending.spent_minor + excluded.spent_minor <= %(cap)s
RETURNING spent_minor
"""


def reserve(most: Decimal, *, cap: Decimal, at: datetime) -> None:
    """Set aside what a call may cost at most, in one statement, so that no crowd of workers can pass the cap.

    A worker that is killed leaves its part set aside: the cap errs on the safe side. Raises :class:`BudgetSpent`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, {"day": day_of(at), "most": most, "cap": cap})
        if cursor.fetchone() is None:
            raise BudgetSpent(reason=f"{cap / 100:.2f} a day")


def settle(reserved: Decimal, cost: Decimal, *, at: datetime) -> None:
    """Put the true cost in the place of what :func:`reserve` set aside at the same ``at``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE llm_spending SET spent_minor = greatest(0, spent_minor + %s) WHERE day = %s",
            [cost - reserved, day_of(at)],
        )
