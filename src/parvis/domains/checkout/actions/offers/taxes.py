"""What the brand charges where: one table, changed as a whole."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from parvis.core.errors import Invalid
from parvis.domains.checkout import models
from parvis.domains.checkout.actions.offers.promotions import EditedMeanwhile
from parvis.domains.checkout.contracts import TaxTable
from parvis.domains.checkout.queries import offers as queries
from parvis.domains.checkout.rules.taxes import STANDARD_RATES

HIGHEST = 3000
MOST_REDUCED = 200


def save_taxes(*, table: TaxTable, at: datetime) -> TaxTable:
    """Replace the brand's tax table from now on; orders keep what they were taxed at. ``table.revision`` is the one
    that was edited. Raises Invalid for a country outside the Union or a rate out of bounds,
    :class:`promotions.EditedMeanwhile`."""
    if table.home not in STANDARD_RATES:
        raise Invalid(field="home", problem="choose a country of the Union")
    _check(table.rates, field="rates")
    if len(table.reduced) > MOST_REDUCED:
        raise Invalid(field="reduced", problem=f"give at most {MOST_REDUCED} categories")
    for rates in table.reduced.values():
        _check(rates, field="reduced")
    columns = {
        "home": table.home,
        "oss": table.oss,
        "rates": {key: rate for key, rate in sorted(table.rates.items()) if rate != STANDARD_RATES[key]},
        "reduced": {key: dict(sorted(rates.items())) for key, rates in sorted(table.reduced.items()) if rates},
        "revision": table.revision + 1,
        "updated_at": at,
    }
    if table.revision == 0:
        try:
            with transaction.atomic():
                models.TaxSetup.objects.create(**columns)
        except IntegrityError as error:
            raise EditedMeanwhile(reason="changed meanwhile") from error
    elif not models.TaxSetup.objects.filter(revision=table.revision).update(**columns):
        raise EditedMeanwhile(reason="changed meanwhile")
    return queries.tax_table()


def _check(rates: Mapping[str, int], *, field: str) -> None:
    for country, points in rates.items():
        if country not in STANDARD_RATES:
            raise Invalid(field=field, problem=f"{country} is not a country of the Union")
        if not 0 <= points <= HIGHEST:
            raise Invalid(field=field, problem=f"{country}: give a rate between 0 and 30 %")
