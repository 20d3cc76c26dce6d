"""Proofs of a product in their order, filtered: three statements a page, and one more where dissent is brought
forward or the page is not the first."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window

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


def shown_for(  # noqa: PLR0913 - the filters of a list
    product_id: int,
    *,
    sort: Order | str = Order.USEFUL,
    aspect: str | None = None,
    polarity: Sign | str | None = None,
    stars: int | None = None,
    language: str | None = None,
    with_photo: bool = False,
    with_video: bool = False,
    verified: bool = False,
    balanced: bool = True,
    offset: int = 0,
    limit: int = 10,
) -> Shown:
    """The proofs of a product. ``aspect`` keeps reviews that speak of it (with ``polarity``: that lean so).

    Unless ``balanced`` is False, the first page of the most useful ones holds both sides: when those who see it
    otherwise would not be on it, their most useful review is brought forward with the reason ``balanced``. Later pages
    leave out what was brought forward; ``limit`` has to be the same for all pages of a list.
    """
    rows = _filtered(
        Row.objects.filter(product_id=product_id),
        aspect=aspect, polarity=polarity, stars=stars, language=language, with_photo=with_photo, with_video=with_video,
        verified=verified,
    )  # fmt: skip
    both_sides = balanced and Order(sort) is Order.USEFUL and not stars and not polarity
    page, total, other = (_balanced if both_sides else _plain)(rows, Order(sort), offset, limit)
    found = voices.voices([row[0] for row in page])
    proofs = [
        Proof(
            voice=voice,
            score=score,
            reasons=((rules.BALANCED,) if voice_id in other else ()) + tuple(reasons),
            highlights=_highlights(voice, aspect),
        )
        for voice_id, score, reasons in page
        # the state of the voice itself decides, whatever has not yet been taken back here
        if (voice := found.get(voice_id)) is not None and voice.is_public
    ]
    return Shown(proofs=tuple(proofs), total=total)


_Listed = tuple[int, float, list[str]]  # voice, score, reasons
_Page = tuple[list[_Listed], int, frozenset[int]]  # the page, how many in all, who was brought forward
_SIDES = {"pleased": Q(stars__gte=rules.PLEASED), "displeased": Q(stars__lte=rules.DISPLEASED)}
_COLUMNS = ("voice_id", "score", "reasons")


def _plain(rows: "QuerySet[Row]", order: Order, offset: int, limit: int) -> _Page:
    counted = rows.annotate(total=Window(Count("voice_id"))).order_by(*_ORDERS[order])
    page = list(counted.values_list(*_COLUMNS, "total")[offset : offset + limit])
    total = page[0][3] if page else rows.count() if offset else 0
    return [row[:3] for row in page], total, frozenset()


def _balanced(rows: "QuerySet[Row]", order: Order, offset: int, limit: int) -> _Page:
    """The page when the first one holds both sides: the best of the other side third, where it is read, and last."""
    sides = {name: Window(Count("voice_id", filter=side)) for name, side in _SIDES.items()}
    counted = rows.annotate(total=Window(Count("voice_id")), **sides).order_by(*_ORDERS[order])
    top: list[Any] = list(counted.values_list(*_COLUMNS, "stars", "total", *_SIDES)[:limit])
    if not top:
        return [], 0, frozenset()
    first = [row[:3] for row in top]
    total, pleased, displeased = top[0][4:]
    seats = rules.seats_of_the_other_side(pleased, displeased, limit)
    name, mine = ("displeased", rules.displeased) if displeased <= pleased else ("pleased", rules.pleased)
    missing = seats - sum(mine(row[3]) for row in top)
    others: list[_Listed] = []
    if missing > 0:
        best = rows.filter(_SIDES[name]).order_by(*_ORDERS[order])
        others = list(best.values_list(*_COLUMNS)[seats - missing : seats])
    forward = frozenset(row[0] for row in others)
    if not offset:
        kept = first[: limit - len(others)]
        return [*kept[:2], *others[:1], *kept[2:], *others[1:]], total, forward
    rest = rows.exclude(voice_id__in=forward).order_by(*_ORDERS[order])
    return list(rest.values_list(*_COLUMNS)[offset - len(others) : offset - len(others) + limit]), total, forward


def _filtered(
    rows: "QuerySet[Row]",
    *,
    aspect: str | None,
    polarity: Sign | str | None,
    stars: int | None,
    language: str | None,
    with_photo: bool,
    with_video: bool,
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
    if with_video:
        rows = rows.filter(has_video=True)
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
