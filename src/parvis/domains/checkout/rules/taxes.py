"""The tax that prices hold. Prices shown are what is paid, wherever the goods go: only its tax part changes.

Within the Union goods sold to consumers are taxed at the rate of the country they arrive in (directive 2006/112/EC,
articles 33 and 369a: the one-stop shop); goods that leave it hold none of our tax.
"""

from collections.abc import Mapping

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


def rate(country: str) -> int:
    """The rate in basis points that goods sent to a country are taxed at; zero outside the Union."""
    return STANDARD_RATES.get(country, 0)


def included(amount_minor: int, basis_points: int) -> int:
    """The tax inside an amount that includes it, rounded half up: 12000 at 2000 gives 2000."""
    whole = 10_000 + basis_points
    return (2 * amount_minor * basis_points + whole) // (2 * whole)
