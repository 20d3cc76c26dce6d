"""Modest checks of a postal address: enough for a parcel to arrive, not so many that real people are refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from parvis.domains.checkout.contracts import Address

# Shapes of postal codes. A country without a row has no check.
POSTCODES: Mapping[str, str] = {
    "FR": r"\d{5}",
    "BE": r"[1-9]\d{3}",
    "CH": r"[1-9]\d{3}",
    "LU": r"\d{4}",
    "DE": r"\d{5}",
    "AT": r"[1-9]\d{3}",
    "ES": r"\d{5}",
    "IT": r"\d{5}",
    "NL": r"[1-9]\d{3} ?[A-Z]{2}",
    "PT": r"\d{4}-\d{3}",
    "IE": r"[A-Z]\d[0-9W] ?[A-Z0-9]{4}",
    "GB": r"[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}",
    "US": r"\d{5}(-\d{4})?",
    "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
}
EXAMPLES: Mapping[str, str] = {
    "FR": "75011", "BE": "1000", "CH": "1201", "LU": "1009", "DE": "10115", "AT": "1010", "ES": "28013",
    "IT": "00184", "NL": "1012 AB", "PT": "1100-148", "IE": "D02 AF30", "GB": "SW1A 1AA", "US": "10001",
    "CA": "K1A 0B1",
}  # fmt: skip
WITH_REGION = ("US", "CA")
_PREFIX = re.compile(r"^(F|B|CH|L|D|A|FR|BE|LU|DE|AT)[- ]+(?=\d)")
_LIMITS = {"line1": 120, "line2": 120, "postcode": 12, "city": 80, "region": 40, "phone": 24}


class AddressProblem(StrEnum):
    MISSING = "missing"
    TOO_LONG = "too_long"
    POSTCODE = "postcode"
    COUNTRY = "country"
    PHONE = "phone"
    CHARACTERS = "characters"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """``field`` of the address, what is wrong, and an example of a good value where that helps."""

    field: str
    problem: AddressProblem
    example: str = ""


def normalise(address: Address) -> Address:
    """Spaces and letter case as post offices write them; nothing is guessed."""
    tidy = {name: " ".join(getattr(address, name).split()) for name in _LIMITS}
    country = address.country.strip().upper()
    code = tidy["postcode"].upper()
    if country != "GB":
        code = _PREFIX.sub("", code)
    if country in ("FR", "DE", "ES", "IT", "BE", "CH", "LU", "AT"):
        code = code.replace(" ", "")
    if country == "GB" and " " not in code and len(code) > 3:
        code = f"{code[:-3]} {code[-3:]}"
    if country == "PT" and re.fullmatch(r"\d{7}", code):
        code = f"{code[:4]}-{code[4:]}"
    region = tidy["region"].upper() if len(tidy["region"]) == 2 else tidy["region"]
    return replace(
        address, **{**tidy, "postcode": code, "region": region}, country=country, point=address.point.strip()
    )


def faults(address: Address, *, countries: tuple[str, ...]) -> tuple[Fault, ...]:
    """What keeps a parcel from arriving at a normalised address; empty when nothing does."""
    found = []
    if address.country not in countries:
        found.append(Fault(field="country", problem=AddressProblem.COUNTRY))
    needed = ["line1", "postcode", "city", *(["region"] if address.country in WITH_REGION else [])]
    found += [Fault(field=name, problem=AddressProblem.MISSING) for name in needed if not getattr(address, name)]
    for name, limit in _LIMITS.items():
        value = getattr(address, name)
        if len(value) > limit:
            found.append(Fault(field=name, problem=AddressProblem.TOO_LONG))
        elif not value.isprintable():
            found.append(Fault(field=name, problem=AddressProblem.CHARACTERS))
    shape = POSTCODES.get(address.country)
    if shape and address.postcode and not re.fullmatch(shape, address.postcode):
        example = EXAMPLES.get(address.country, "")
        found.append(Fault(field="postcode", problem=AddressProblem.POSTCODE, example=example))
    if address.phone and not re.fullmatch(r"\+?[0-9 ().-]{6,24}", address.phone):
        found.append(Fault(field="phone", problem=AddressProblem.PHONE))
    return tuple(found)
