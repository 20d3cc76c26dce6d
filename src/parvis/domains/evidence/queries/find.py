"""Questions answered by what can answer them: voices, moments of videos, facts of the catalogue, the shop's terms."""

from collections.abc import Collection, Iterable, Sequence

import polars as pl

from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Answer, AspectCount, Found, Quote, Sign, Source
from parvis.domains.evidence.models import Leaning, ProductProof
from parvis.domains.evidence.queries.people import search_people, spoken_of
from parvis.domains.evidence.queries.search import Hit, Where, quotes, search
from parvis.domains.evidence.queries.summary import to_point
from parvis.science import text

ANSWERING = frozenset({Source.REVIEW, Source.ANSWER, Source.CLIP, Source.FACT, Source.POLICY})
_NEAR_BEST = 0.6
VOICES = frozenset({Source.REVIEW, Source.ANSWER})


def find(
    question: str,
    *,
    locale: str,
    product_ids: Sequence[int] | None = None,
    kinds: Collection[Source | str] | None = None,
    where: Where | None = None,
    k: int = 5,
) -> Found:
    """Up to ``k`` passages that answer ``question``, the best first, both leanings shown when both exist.

    ``product_ids``: of these products only (terms of the shop hold for all); None: of the whole shop. ``kinds``:
    sources to take from; None: all but questions, which answer nothing. ``where``: {attribute: value, list of values,
    or (low, high)} over skin_type, hair_type, use, build, age_band, size_worn (size), usual_size, age, height_cm,
    weight_kg, used_days, stars (rating), verified, photo, video, media, language: only what voices state can meet such
    a filter; None: what the question itself speaks of ("on dry skin", "for 1.80 m") comes first. What was
    withdrawn, edited or switched off is never quoted, even before the index has heard of it.
    Raises :class:`UnknownFilter`, :class:`BadFilter`.
    """
    asked = rules.clean_question(question)
    sources = ANSWERING if kinds is None else frozenset(Source(each) for each in kinds)
    if not asked or not sources or k < 1:
        return Found(question=asked, answered=False, answerable=0.0)
    people = spoken_of(asked) if where is None else {}
    if people:
        chance, hits = search_people(asked, people, locale=locale, k=3 * k, kinds=sources, product_ids=product_ids)
    else:
        chance, hits = search(asked, locale=locale, k=3 * k, kinds=sources, product_ids=product_ids, where=where)
    product_id = product_ids[0] if product_ids is not None and len(product_ids) == 1 else None
    about = _aspects(asked, locale=locale) if product_id is not None else ()
    points = _points(product_id, about) if not VOICES.isdisjoint(sources) else ()
    hits = _close(hits)
    if not rules.is_answered(chance, points):
        return Found(question=asked, answered=False, answerable=chance)
    specific = [point.aspect for point in points if rules.is_specific(point.aspect)]
    if specific and product_id is not None:
        hits = _merged(_leaning_hits(product_id, specific, limit=k), hits)
    chosen = _balanced(_once(quotes(hits, about=about, locale=locale, where=where)), k)
    return Found(
        question=asked,
        answered=bool(chosen),
        answerable=chance,
        quotes=chosen,
        aspects=points if chosen else (),
    )


def ask(product_id: int | None, question: str, *, locale: str, k: int = 5) -> Answer:
    """What public voices (of a product, or of all) say to ``question``: up to ``k`` quotes, both leanings shown when
    both exist. A withdrawn voice is never quoted, even before the index has heard of it.
    """
    ids = None if product_id is None else (product_id,)
    found = find(question, locale=locale, product_ids=ids, kinds=VOICES, k=k)
    return Answer(
        question=found.question,
        answered=found.answered,
        answerable=found.answerable,
        quotes=found.quotes,
        aspects=found.aspects,
    )


def _close(hits: Sequence[Hit]) -> list[Hit]:
    """Without facts and terms that are far from the best hit: what the shop says unasked is no answer."""
    best = max((hit.score for hit in hits), default=0.0)
    return [hit for hit in hits if hit.id[0] not in "fp" or hit.score >= _NEAR_BEST * best]


def _aspects(asked: str, *, locale: str) -> tuple[str, ...]:
    """The aspects that a question is about, by the same cues that read reviews."""
    read = text.read(pl.DataFrame({"id": [0], "text": [asked], "language": [locale[:2]]}))
    return tuple(dict.fromkeys(each["aspect"] for each in read["aspects"][0]))


def _points(product_id: int | None, about: Sequence[str]) -> tuple[AspectCount, ...]:
    if product_id is None or not about:
        return ()
    row = ProductProof.objects.filter(product_id=product_id).first()
    stored = row.aspects if row else []
    return tuple(to_point(each) for each in stored if each["aspect"] in about)


def _leaning_hits(product_id: int, about: Iterable[str], *, limit: int) -> list[Hit]:
    """The most useful passages that lean on the aspects asked about, both ways."""
    hits: list[Hit] = []
    for sign in Sign:
        rows = Leaning.objects.filter(product_id=product_id, aspect__in=list(about))
        leaning = (
            rows.filter(polarity__gte=rules.LEANS) if sign is Sign.PRO else rows.filter(polarity__lte=-rules.LEANS)
        )
        found = leaning.order_by("-score").values_list("proof_id", "score", "start", "end")[:limit]
        hits += [Hit(f"v{row[0]}", 1.0 + row[1], row[2], row[3], inside=True) for row in found]
    return hits


def _merged(first: Sequence[Hit], then: Sequence[Hit]) -> list[Hit]:
    seen: set[str] = set()
    merged = []
    for hit in sorted((*first, *then), key=lambda each: -each.score):
        if hit.id not in seen:
            seen.add(hit.id)
            merged.append(hit)
    return merged


def _once(found: Sequence[Quote]) -> list[Quote]:
    """A video's moment and the review it belongs to may say the same: the better of the same words stays."""
    seen: set[tuple[int, str]] = set()
    kept = []
    for quote in found:
        mark = (quote.voice_id, quote.quote)
        if mark not in seen:
            seen.add(mark)
            kept.append(quote)
    return kept


def _balanced(found: Sequence[Quote], k: int) -> tuple[Quote, ...]:
    """The best ``k``, with one of the minority when there is any: a dissenting voice is part of the proof."""
    chosen = list(found[:k])
    signs = {rules.sign_of(quote.polarity) for quote in chosen} - {None}
    if len(signs) == 1 and len(chosen) == k:
        other = next((q for q in found[k:] if (s := rules.sign_of(q.polarity)) is not None and s not in signs), None)
        if other is not None:
            chosen[-1] = other
    return tuple(chosen)


def warm() -> None:
    """Load models and index ahead of the first question, which would otherwise wait for them."""
    ask(0, "warm up", locale="en")
