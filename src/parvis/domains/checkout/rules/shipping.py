"""How goods reach people: the methods of a fresh shop, which of them serve an address, and checks of a choice.

The brand changes them in its settings (table ShippingMethod); these are used as long as it has not.
"""

from collections.abc import Sequence

from parvis.core.errors import Invalid
from parvis.domains.checkout.contracts import PickupPoint, ShippingKind, ShippingMethod, ZoneRate

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


def rate(method: ShippingMethod, country: str) -> ZoneRate | None:
    """The zone of ``method`` that a country is in, if it is in one."""
    return next((zone for zone in method.rates if country in zone.countries), None)


def price(method: ShippingMethod, country: str, goods_minor: int) -> int:
    """What ``method`` costs for goods of this value (what is taken off already taken off) sent to ``country``."""
    zone = rate(method, country)
    free = free_from(method, country)
    if free is not None and goods_minor >= free:
        return 0
    if zone is None:
        return method.price_minor
    reached = [cost for value, cost in sorted(zone.bands) if goods_minor >= value]
    return reached[-1] if reached else zone.price_minor


def free_from(method: ShippingMethod, country: str) -> int | None:
    """The value of goods from which ``method`` costs nothing in ``country``; None: never."""
    zone = rate(method, country)
    return method.free_from_minor if zone is None else zone.free_from_minor


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
