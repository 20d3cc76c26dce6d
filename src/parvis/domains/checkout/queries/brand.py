"""What the brand has set about selling: who it is, what it takes back, which carriers it uses."""

from typing import Any

from parvis.domains.checkout import models
from parvis.domains.checkout.contracts import Carrier, Exempt, ReturnPolicy, ReturnShipping, Seller
from parvis.domains.checkout.queries.unchanged import unchanged
from parvis.domains.checkout.rules import parcels

SELLER, RETURNS, CARRIERS = "seller", "returns", "carriers"


def seller() -> Seller:
    """The seller's identity; empty as long as the brand has not given it. One statement."""
    return Seller(**(_value(SELLER) or {}))


def return_policy() -> ReturnPolicy:
    """What the brand takes back and who pays for it. One statement."""
    kept = _value(RETURNS)
    if kept is None:
        return ReturnPolicy()
    return ReturnPolicy(
        days=kept["days"],
        shipping=ReturnShipping(kept["shipping"]),
        fee_minor=kept["fee_minor"],
        address=kept["address"],
        instructions_en=kept["instructions_en"],
        instructions_fr=kept["instructions_fr"],
        categories={key: Exempt(ground) for key, ground in kept["categories"].items()},
        products={int(key): Exempt(ground) for key, ground in kept["products"].items()},
    )


def carriers() -> tuple[Carrier, ...]:
    """The carriers to choose from, with their tracking pages. One statement."""
    kept = _value(CARRIERS)
    return parcels.CARRIERS if kept is None else tuple(Carrier(**each) for each in kept)


def _value(key: str) -> Any:
    def load() -> Any:
        return models.Setting.objects.filter(key=key).values_list("value", flat=True).first()

    return unchanged(f"setting {key}", load)
