"""What the fixed cast of the demo did: orders of two shoppers, their reviews, and questions with their answers.

The people are invented (people.testing); every text that was written here says so in its own words. Answers quote real
reviews.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from parvis.connectors.demo import dataset, needs
from parvis.connectors.demo.assortment import Piece, pieces
from parvis.connectors.demo.moments import SIMULATED
from parvis.connectors.demo.shop import Ids
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as shelf
from parvis.domains.catalog.contracts import MovementKind, NewMovement, Variant
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import queries as orders
from parvis.domains.checkout.contracts import Address, OrderState, PastLine, PastOrder
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Customer
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import AuthorRole, NewVoice, Origin, VoiceKind

WRITTEN = "written for the demo"
_DAY = timedelta(days=1)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")
_MIDDLE = 2
"""Which of a product's sizes the cast wears."""
_SHOWN = 6
"""The questions are about the pieces with the most reviews."""

# customer, days since it was placed, which of the most reviewed pieces, whether one line came back
_ORDERS = (
    ("claire", 34, (2, 4), True),
    ("claire", 21, (0,), False),
    ("claire", 1, (1, 5), False),
    ("emma", 16, (1,), False),
    ("emma", 3, (3,), False),
)
_HOMES = {
    "claire": Address(line1="12 rue du Parvis", postcode="69003", city="Lyon", country="FR"),
    "emma": Address(line1="8 rue du Marché", postcode="75011", city="Paris", country="FR"),
}
_REVIEWS = {
    "claire": (
        0,
        5,
        "Portée trois fois déjà",
        "J’ai pris ma taille habituelle et la coupe tombe bien, ni trop serrée ni trop large. Le tissu est doux et se "
        "froisse peu. (Avis écrit pour la démonstration.)",
    ),
    "emma": (
        1,
        4,
        "Soft, a little long",
        "The fabric is soft and the colour is just as shown. The sleeves are a little long on me, so I might size down "
        "next time. (Review written for the demonstration.)",
    ),
}


def act(cast: dict[str, Customer], *, ids: Ids, at: datetime) -> None:
    """Orders, then what was said. Call once."""
    shown = sorted(range(len(pieces())), key=lambda index: -pieces()[index].reviews)[:_SHOWN]
    for key, home in _HOMES.items():
        people.save_address(
            customer_id=cast[key].id,
            name=cast[key].name,
            line1=home.line1,
            postcode=home.postcode,
            city=home.city,
            country=home.country,
        )
    _buy(cast, shown, ids=ids, at=at)
    _speak(cast, shown, ids=ids, at=at)


# -- orders ---------------------------------------------------------------------------------------------------


def _buy(cast: dict[str, Customer], shown: list[int], *, ids: Ids, at: datetime) -> None:
    wanted = [ids.products[index] for index in shown]
    variants = {locale: shelf.variants_of(wanted, locale=locale) for locale in ("en", "fr")}
    rows, sold = [], []
    for key, days, places, returned in _ORDERS:
        placed = at - days * _DAY
        said = variants[cast[key].locale]
        chosen = [said[ids.products[shown[place]]][_MIDDLE] for place in places]
        named = [pieces()[shown[place]] for place in places]
        rows.append(_order(cast[key], key, chosen, named, placed=placed, returned=returned, at=at))
        sold.append(chosen)
    written = checkout.record_history(rows, at=at)
    catalog.record_movements(
        row
        for order_id, past, chosen in zip(written, rows, sold, strict=True)
        for row in movements(checkout.number_of(order_id), past, chosen)
    )


def _order(
    who: Customer,
    key: str,
    chosen: list[Variant],
    named: list[Piece],
    *,
    placed: datetime,
    returned: bool,
    at: datetime,
) -> PastOrder:
    lines = tuple(
        PastLine(
            variant_id=variant.id,
            product_id=variant.product_id,
            name=piece.name_fr if who.locale == "fr" else piece.name_en,
            size=variant.size,
            colour=variant.colour,
            sku=variant.sku,
            unit_minor=variant.price.amount_minor,
            refunded_quantity=int(returned and index == 0),
        )
        for index, (variant, piece) in enumerate(zip(chosen, named, strict=True))
    )
    shipped, delivered = placed + 1 * _DAY, placed + 4 * _DAY
    state = OrderState.DELIVERED if delivered <= at else OrderState.SHIPPED if shipped < at else OrderState.PAID
    return PastOrder(
        customer_id=who.id,
        email=who.email,
        name=who.name,
        locale=who.locale,
        currency=settings.CURRENCY,
        placed_at=placed,
        paid_at=placed + timedelta(minutes=1),
        shipped_at=shipped if state is not OrderState.PAID else None,
        delivered_at=delivered if state is OrderState.DELIVERED else None,
        lines=lines,
        state=OrderState.PARTLY_REFUNDED if returned else state,
        refunded_minor=lines[0].unit_minor if returned else 0,
        address=_HOMES[key],
        provenance={"order": SIMULATED},
    )


def movements(number: str, past: PastOrder, chosen: list[Variant]) -> Iterator[NewMovement]:
    """What the cast bought came in on purpose, so that it takes nothing from the simulated days' stock."""
    row = {"row": SIMULATED}
    for line, variant in zip(past.lines, chosen, strict=True):
        yield NewMovement(
            variant_id=variant.id,
            kind=MovementKind.RECEIVED,
            quantity=line.quantity,
            at=past.placed_at - timedelta(hours=1),
            reason="ordered in",
            ref=number,
            provenance=row,
        )
        yield NewMovement(
            variant_id=variant.id,
            kind=MovementKind.SOLD,
            quantity=-line.quantity,
            at=past.paid_at or past.placed_at,
            ref=number,
            provenance=row,
        )
        if line.refunded_quantity:
            yield NewMovement(
                variant_id=variant.id,
                kind=MovementKind.RETURNED,
                quantity=line.refunded_quantity,
                at=past.placed_at + 12 * _DAY,
                reason="sent back",
                ref=number,
                provenance=row,
            )


# -- what was said --------------------------------------------------------------------------------------------


def _speak(cast: dict[str, Customer], shown: list[int], *, ids: Ids, at: datetime) -> None:
    reviews = [_review(cast[key], key, ids.products[shown[place]], at=at) for key, (place, *_) in _REVIEWS.items()]
    asked = list(_questions(cast, shown, ids=ids, at=at))
    received = voices.receive_many([*reviews, *(question for question, _ in asked)], at=at, strict=True)
    question_ids = received.accepted[len(reviews) :]
    answers = [_answer(question_id, asked[index], at=at) for index, question_id in enumerate(question_ids)]
    voices.receive_many([answer for answer in answers if answer is not None], at=at, strict=True)


def _review(who: Customer, key: str, product_id: int, *, at: datetime) -> NewVoice:
    _, stars, title, text = _REVIEWS[key]
    bought = orders.purchased(customer_id=who.id, product_id=product_id)
    return NewVoice(
        kind=VoiceKind.REVIEW,
        product_id=product_id,
        title=title,
        text=text,
        stars=stars,
        author_name=who.name,
        author_role=AuthorRole.SHOPPER,
        customer_id=who.id,
        language=who.locale,
        submitted_at=at - 8 * _DAY,
        verified=bought is not None,
        order_ref=bought.ref if bought else "",
        size_worn=bought.size if bought else "",
        origin=Origin.DEMO,
        origin_ref=f"cast:review:{key}",
        provenance={
            "text": WRITTEN, "stars": WRITTEN, "author_name": WRITTEN, "submitted_at": SIMULATED,
            "verified": SIMULATED, "size_worn": WRITTEN,
        },
    )  # fmt: skip


def _questions(
    cast: dict[str, Customer], shown: list[int], *, ids: Ids, at: datetime
) -> "Iterator[tuple[NewVoice, tuple[str, Piece, str]]]":
    """Two questions on each of the pieces, one in French and one in English, each of another need."""
    for place, index in enumerate(shown):
        for turn, (key, locale) in enumerate((("claire", "fr"), ("emma", "en"))):
            need = needs.NEEDS[(place + 2 * turn) % len(needs.NEEDS)]
            wordings = need.fr if locale == "fr" else need.en
            label = "(Question écrite pour la démonstration.)" if locale == "fr" else "(Written for the demonstration.)"
            question = NewVoice(
                kind=VoiceKind.QUESTION,
                product_id=ids.products[index],
                text=f"{wordings[place % len(wordings)]} {label}",
                author_name=cast[key].name,
                customer_id=cast[key].id,
                language=locale,
                submitted_at=at - (3 + 2 * place + turn) * _DAY,
                origin=Origin.DEMO,
                origin_ref=f"cast:question:{pieces()[index].number}:{locale}",
                provenance={"text": WRITTEN, "author_name": WRITTEN, "submitted_at": SIMULATED},
            )
            yield question, (need.answers[place % len(wordings)], pieces()[index], locale)


def _answer(question_id: int, asked: "tuple[NewVoice, tuple[str, Piece, str]]", *, at: datetime) -> NewVoice | None:
    """The brand's answer: a sentence of a real review that speaks of the need, or none when nobody has said."""
    question, (cues, piece, locale) = asked
    said = quote(piece.number, cues)
    if said is None:
        return None
    if locale == "fr":
        text = (
            f"Une cliente écrit, en anglais : « {said} » (Réponse écrite pour la démonstration ; l’avis cité est réel.)"
        )
    else:
        text = f"One shopper writes: “{said}” (Answer written for the demonstration; the review quoted is real.)"
    return NewVoice(
        kind=VoiceKind.ANSWER,
        parent_id=question_id,
        text=text,
        author_name=settings.BRAND,
        author_role=AuthorRole.BRAND,
        language=locale,
        submitted_at=(question.submitted_at or at) + timedelta(hours=5),
        origin=Origin.DEMO,
        origin_ref=f"{question.origin_ref}:answer",
        provenance={"text": WRITTEN, "submitted_at": SIMULATED},
    )


def quote(number: int, cues: str) -> str | None:
    """A sentence that holds the cues from the review of the piece that most readers found helpful."""
    rows = dataset.reviews().filter(dataset.reviews()["clothing_id"] == number)
    cue = re.compile(cues)
    for text in rows.sort("positive_feedback_count", descending=True)["review_text"].drop_nulls():
        for sentence in _SENTENCE.findall(text):
            trimmed = str(sentence).strip()
            if 30 <= len(trimmed) <= 200 and cue.search(trimmed.lower()):
                return trimmed
    return None
