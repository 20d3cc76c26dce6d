"""Orders with codes and cards, for tests of offers."""

from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import (
    AdjustmentKind,
    Benefit,
    Promotion,
    Terms,
)
from parvis.domains.checkout.testing import AT, HOME, TOKEN
from parvis.domains.people.testing import BY_KEY


def terms(**changes) -> Terms:
    given = {
        "kind": AdjustmentKind.CODE,
        "benefit": Benefit.PERCENTAGE,
        "value": 1000,
        "code": "WELCOME10",
        "name_en": "Welcome",
        "name_fr": "Bienvenue",
    }
    return Terms(**{**given, **changes})


def promotion(**changes) -> Promotion:
    return actions.create_promotion(terms=terms(**changes), at=AT)


def place(who: str = "claire", *, token: str = TOKEN, key: str = "k", at=AT, **more):
    person = BY_KEY[who]
    return actions.place(
        cart_token=token,
        email=person.email,
        name=person.name,
        address=HOME,
        shipping_method="home",
        locale="en",
        key=key,
        at=at,
        **more,
    ).order


def typed(code: str, *, token: str = TOKEN, at=AT, **more):
    return actions.add_code(token=token, typed=code, at=at, **more)[0]


def issued(amount_minor: int = 5000, **more):
    return actions.issue_gift_card(amount_minor=amount_minor, at=AT, **more)
