"""Proofs of a product in their order, filtered: three statements for any page."""

from typing import Any

from django.db.models import Count, F, QuerySet, Window

from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Highlight, Order, Proof, Shown, Sign
from parvis.domains.evidence.models import Proof as Row
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice

_ORDERS: dict[Order, tuple[Any, ...]] = {
    Order.USEFUL: ("-score", "-voice_id"),
    Order.RECENT: ("-submitted_at", "-voice_id"),
    Order.HIGH: (F("stars").desc(nulls_last=True), "-score", "-voice_id"),
    Order.LOW: (F("stars").asc(nulls_last=True), "-score", "-voice_id"),
}


def shown_for(
    product_id: int,
    *,
    sort: Order | str = Order.USEFUL,
    aspect: str | None = None,
    polarity: Sign | str | None = None,
    stars: int | None = None,
    language: str | None = None,
    with_photo: bool = False,
    verified: bool = False,
    offset: int = 0,
    limit: int = 10,
) -> Shown:
    """The proofs of a product. ``aspect`` keeps reviews that speak of it (with ``polarity``: that lean so)."""
    rows = _filtered(
        Row.objects.filter(product_id=product_id),
        aspect=aspect, polarity=polarity, stars=stars, language=language, with_photo=with_photo, verified=verified,
    )  # fmt: skip
    counted = rows.annotate(total=Window(Count("voice_id"))).order_by(*_ORDERS[Order(sort)])
    page = list(counted.values_list("voice_id", "score", "reasons", "total")[offset : offset + limit])
    total = page[0][3] if page else rows.count() if offset else 0
    found = voices.voices([row[0] for row in page])
    proofs = [
        Proof(voice=voice, score=score, reasons=tuple(reasons), highlights=_highlights(voice, aspect))
        for voice_id, score, reasons, _ in page
        # the state of the voice itself decides, whatever has not yet been taken back here
        if (voice := found.get(voice_id)) is not None and voice.is_public
    ]
    return Shown(proofs=tuple(proofs), total=total)


def _filtered(
    rows: "QuerySet[Row]",
    *,
    aspect: str | None,
    polarity: Sign | str | None,
    stars: int | None,
    language: str | None,
    with_photo: bool,
    verified: bool,
) -> "QuerySet[Row]":
    if aspect and polarity:
        rows = rows.filter(traits__contains=[f"{aspect}:{polarity}"])
    elif aspect:
        rows = rows.filter(traits__overlap=[f"{aspect}:{sign}" for sign in Sign])
    if stars:
        rows = rows.filter(stars=stars)
    if language:
        rows = rows.filter(language=language)
    if with_photo:
        rows = rows.filter(has_photo=True)
    return rows.filter(verified=True) if verified else rows


def _highlights(voice: Voice, aspect: str | None) -> tuple[Highlight, ...]:
    """The passages to mark: those of the aspect that was chosen. Nothing is marked without a choice."""
    if voice.reading is None or aspect is None:
        return ()
    return tuple(
        Highlight(start=span.start, end=span.end, aspect=span.aspect, polarity=span.polarity)
        for span in voice.reading.aspects
        if span.aspect == aspect and rules.sign_of(span.polarity)
    )
