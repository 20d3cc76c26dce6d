"""Where goods go and how."""

from dataclasses import dataclass

from parvis.domains.checkout.contracts.words import ShippingKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A postal address. ``country`` is an ISO 3166 code; ``region`` a state where the country needs one;
    ``point`` the key of a pick-up point when the goods are collected (the other fields are then its address)."""

    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = "FR"
    phone: str = ""
    point: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PickupPoint:
    """A place where goods are collected."""

    key: str
    name: str
    line1: str
    postcode: str
    city: str
    country: str
    hours_en: str = ""
    hours_fr: str = ""

    def hours(self, locale: str) -> str:
        """When it is open, as the brand has written it."""
        return self.hours_fr if locale == "fr" else self.hours_en


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneRate:
    """What a method costs in a zone of countries. ``bands`` are (value of goods, price) steps: from that value on the
    price is this one; below the first of them it is ``price_minor``. From ``free_from_minor`` on it costs nothing."""

    name: str
    countries: tuple[str, ...]
    price_minor: int
    free_from_minor: int | None = None
    bands: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippingMethod:
    """A way to get the goods. ``free_from`` is the value of goods from which it costs nothing (None: never);
    ``days`` the usual delay in working days (low, high); no ``countries`` means everywhere we ship. Countries in none
    of the zones of ``rates`` pay ``price_minor``: ask rules.shipping.price, not these numbers."""

    key: str
    kind: ShippingKind
    name_en: str
    name_fr: str
    price_minor: int
    free_from_minor: int | None
    countries: tuple[str, ...] = ()
    days: tuple[int, int] = (2, 4)
    points: tuple[PickupPoint, ...] = ()
    rates: tuple[ZoneRate, ...] = ()
    active: bool = True

    def name(self, locale: str) -> str:
        return self.name_fr if locale == "fr" else self.name_en
