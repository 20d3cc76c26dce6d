"""The offers of the demo: a bundle, codes of the shop and of a creator, a price for members, a gift card.

They can be typed by whoever looks around (docs/demo.md names them); the simulated orders use none of them.
"""

from collections.abc import Mapping
from datetime import datetime

from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import AdjustmentKind, Benefit, Terms
from parvis.domains.people.contracts import Customer

GIFT_CODE = "PARV-DEMQ-CADE-AU25"
GIFT_MINOR = 50_00
STATUS = "member"

PROMOTIONS: Mapping[str, Terms] = {
    "legwear-3-for-2": Terms(
        kind=AdjustmentKind.BUNDLE,
        benefit=Benefit.N_FOR_M,
        name_en="3 for 2: legwear",
        name_fr="3 pour 2 : chaussants",
        take=3,
        pay=2,
        categories=("legwear",),
    ),
    "welcome": Terms(
        kind=AdjustmentKind.CODE,
        benefit=Benefit.PERCENTAGE,
        value=1000,
        name_en="Welcome",
        name_fr="Bienvenue",
        code="BIENVENUE10",
        minimum_minor=40_00,
        max_per_customer=1,
    ),
    "delivery": Terms(
        kind=AdjustmentKind.CODE,
        benefit=Benefit.FREE_SHIPPING,
        name_en="Free delivery",
        name_fr="Livraison offerte",
        code="PORTOFFERT",
        max_uses=200,
    ),
    "lea": Terms(
        kind=AdjustmentKind.CREATOR,
        benefit=Benefit.PERCENTAGE,
        value=1500,
        name_en="Léa’s code",
        name_fr="Le code de Léa",
        code="LEA15",
        creator="Léa Martin (invented)",
        categories=("skincare",),
    ),
    "members": Terms(
        kind=AdjustmentKind.MEMBER,
        benefit=Benefit.PERCENTAGE,
        value=500,
        name_en="Members’ advantage",
        name_fr="Avantage membres",
        status=STATUS,
        full_price_only=True,
    ),
}


def make(customers: Mapping[str, Customer], *, at: datetime) -> None:
    """Put the offers into the shop; Claire is a member. Doing it again changes nothing."""
    for key, terms in PROMOTIONS.items():
        actions.create_promotion(terms=terms, key=key, at=at)
    actions.issue_gift_card(amount_minor=GIFT_MINOR, note="Demo", code=GIFT_CODE, key="demo", at=at)
    actions.give_status(customer_id=customers["claire"].id, status=STATUS, since=at)
