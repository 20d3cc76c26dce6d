"""How goods reach people: the methods of a fresh shop, which of them serve an address, and checks of a choice.

The brand changes them in its settings (table ShippingMethod); these are used as long as it has not.
"""

from collections.abc import Sequence

from parvis.core.errors import Invalid
from parvis.domains.checkout.contracts import PickupPoint, ShippingKind, ShippingMethod

COUNTRIES = ("FR", "BE", "CH", "LU", "DE", "AT", "ES", "IT", "NL", "PT", "IE", "GB", "US", "CA")
NEAR = ("FR", "BE", "LU")

# Invented places: they belong to the demo, and a shop replaces them in its settings.
POINTS = tuple(
    PickupPoint(key=key, name=name, line1=line1, postcode=postcode, city=city, country=country)
    for key, name, line1, postcode, city, country in (
        ("paris-11", "Atelier Parvis, Paris", "12 rue du Parvis", "75011", "Paris", "FR"),
        ("lyon-2", "Atelier Parvis, Lyon", "3 place du Parvis", "69002", "Lyon", "FR"),
        ("bruxelles", "Atelier Parvis, Bruxelles", "8 rue du Marché", "1000", "Bruxelles", "BE"),
    )
)

DEFAULT_METHODS = (
    ShippingMethod(
        key="home",
        kind=ShippingKind.HOME,
        name_en="Home delivery",
        name_fr="Livraison à domicile",
        price_minor=490,
        free_from_minor=8000,
        countries=NEAR,
        days=(2, 4),
    ),
    ShippingMethod(
        key="pickup",
        kind=ShippingKind.PICKUP,
        name_en="Pick-up point",
        name_fr="Point de retrait",
        price_minor=290,
        free_from_minor=5000,
        countries=NEAR,
        days=(2, 3),
        points=POINTS,
    ),
    ShippingMethod(
        key="abroad",
        kind=ShippingKind.HOME,
        name_en="International delivery",
        name_fr="Livraison internationale",
        price_minor=1490,
        free_from_minor=20000,
        countries=tuple(country for country in COUNTRIES if country not in NEAR),
        days=(4, 9),
    ),
)


def serving(methods: Sequence[ShippingMethod], country: str) -> tuple[ShippingMethod, ...]:
    """The methods that reach a country."""
    return tuple(method for method in methods if not method.countries or country in method.countries)


def choose(methods: Sequence[ShippingMethod], key: str, country: str) -> ShippingMethod:
    """The method called ``key``, if it serves the country; raises :class:`core.errors.Invalid`."""
    for method in methods:
        if method.key == key:
            if method.countries and country not in method.countries:
                raise Invalid(field="shipping_method", problem=f"it does not serve {country}")
            return method
    raise Invalid(field="shipping_method", problem="it is not known")


def pickup_point(method: ShippingMethod, key: str) -> PickupPoint:
    """The point called ``key``; raises :class:`core.errors.Invalid`."""
    for point in method.points:
        if point.key == key:
            return point
    raise Invalid(field="point", problem="choose one of the pick-up points")
