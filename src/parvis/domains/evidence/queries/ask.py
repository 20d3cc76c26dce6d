"""Questions answered by voices, in their own words, or honestly not at all."""

from collections.abc import Iterable, Sequence

import polars as pl
import structlog

from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Answer, AspectCount, Quote, Sign
from parvis.domains.evidence.models import Leaning, ProductProof
from parvis.domains.evidence.queries import files
from parvis.domains.evidence.queries.summary import to_point
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice
from parvis.science import text
from parvis.science.retrieval import IndexCorrupt

log = structlog.get_logger("parvis.evidence")
_Hit = tuple[int, float, int, int, bool]  # voice, score, start, end; whether these lie in the passage or in the text


def ask(product_id: int | None, question: str, *, locale: str, k: int = 5) -> Answer:
    """What public voices (of a product, or of all) say to ``question``: up to ``k`` quotes, both leanings shown when
    both exist. A withdrawn voice is never quoted, even before the index has heard of it.
    """
    asked = rules.clean_question(question)
    if not asked:
        return Answer(question=asked, answered=False, answerable=0.0)
    answerable, hits = _search(asked, product_id=product_id, locale=locale, k=3 * k)
    about = _aspects(asked, locale=locale) if product_id is not None else ()
    points = _points(product_id, about)
    if not rules.is_answered(answerable, points):
        return Answer(question=asked, answered=False, answerable=answerable)
    specific = [point.aspect for point in points if rules.is_specific(point.aspect)]
    if specific and product_id is not None:
        hits = _merged(_leaning_hits(product_id, specific, limit=k), hits)
    quotes = _balanced(_quotes(hits, about), k)
    return Answer(
        question=asked, answered=bool(quotes), answerable=answerable, quotes=quotes, aspects=points if quotes else ()
    )


def _search(asked: str, *, product_id: int | None, locale: str, k: int) -> tuple[float, list[_Hit]]:
    index = files.reader()
    if index is None or not asked:
        return 0.0, []
    columns: dict[str, list[str]] = {"id": ["q"], "text": [asked], "language": [locale[:2]]}
    if product_id is not None:
        columns["group"] = [str(product_id)]
    try:
        found = index.search(pl.DataFrame(columns), k=k)
    except IndexCorrupt as error:
        # Damaged under our hands: the page goes on without, and the worker rebuilds it.
        log.warning("the search index is damaged", told=str(error))
        files.forget()
        return 0.0, []
    if found.is_empty():
        return 0.0, []
    rows = found.select("id", "score", "start", "end").iter_rows()
    return float(found["answerable"][0]), [(int(row[0]), float(row[1]), row[2], row[3], True) for row in rows]


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


def _leaning_hits(product_id: int, about: Iterable[str], *, limit: int) -> list[_Hit]:
    """The most useful passages that lean on the aspects asked about, both ways."""
    hits: list[_Hit] = []
    for sign in Sign:
        rows = Leaning.objects.filter(product_id=product_id, aspect__in=list(about))
        leaning = (
            rows.filter(polarity__gte=rules.LEANS) if sign is Sign.PRO else rows.filter(polarity__lte=-rules.LEANS)
        )
        found = leaning.order_by("-score").values_list("proof_id", "score", "start", "end")[:limit]
        hits += [(row[0], 1.0 + row[1], row[2], row[3], False) for row in found]
    return hits


def _merged(first: Sequence[_Hit], then: Sequence[_Hit]) -> list[_Hit]:
    seen: set[int] = set()
    merged = []
    for hit in sorted((*first, *then), key=lambda each: -each[1]):
        if hit[0] not in seen:
            seen.add(hit[0])
            merged.append(hit)
    return merged


def _quotes(hits: Sequence[_Hit], about: Sequence[str]) -> list[Quote]:
    found = voices.voices([hit[0] for hit in hits])
    public = ((found[hit[0]], hit) for hit in hits if hit[0] in found and found[hit[0]].is_public)
    return [quote for voice, hit in public if (quote := _quote(voice, hit, about)) is not None]


def _quote(voice: Voice, hit: _Hit, about: Sequence[str]) -> Quote | None:
    _, score, first, last, whole = hit
    words, start, end = _place(voice, first, last) if whole else (voice.text, first, last)
    if not 0 <= start < end <= len(words):
        return None
    return Quote(
        voice_id=voice.id,
        product_id=voice.product_id,
        text=words,
        start=start,
        end=end,
        quote=rules.shorten(words[start:end]),
        stars=voice.stars,
        author_name=voice.author_name,
        submitted_at=voice.submitted_at,
        verified=voice.verified,
        polarity=_polarity(voice, start, end, about) if words is voice.text else _whole(voice),
        score=score,
        provenance=voice.provenance,
    )


def _place(voice: Voice, start: int, end: int) -> tuple[str, int, int]:
    """Where a span of the passage lies: in the title or in the text. One across both is told by its longer part."""
    before = len(files.passage(voice)) - len(voice.text)
    if min(end, before) - start > end - max(start, before):
        return voice.title, start, min(end, len(voice.title))
    return voice.text, max(start - before, 0), end - before


def _whole(voice: Voice) -> float:
    return voice.reading.sentiment if voice.reading else 0.0


def _polarity(voice: Voice, start: int, end: int, about: Sequence[str]) -> float:
    """How the quoted words lean: by the aspect asked about, else any aspect within, else the voice as a whole."""
    if voice.reading is None:
        return _whole(voice)
    within = [span for span in voice.reading.aspects if span.start < end and start < span.end]
    wanted = [span for span in within if span.aspect in about] or within
    return wanted[0].polarity if wanted else _whole(voice)


def _balanced(quotes: Sequence[Quote], k: int) -> tuple[Quote, ...]:
    """The best ``k``, with one of the minority when there is any: a dissenting voice is part of the proof."""
    chosen = list(quotes[:k])
    signs = {rules.sign_of(quote.polarity) for quote in chosen} - {None}
    if len(signs) == 1 and len(chosen) == k:
        other = next((q for q in quotes[k:] if (s := rules.sign_of(q.polarity)) is not None and s not in signs), None)
        if other is not None:
            chosen[-1] = other
    return tuple(chosen)


def warm() -> None:
    """Load models and index ahead of the first question, which would otherwise wait for them."""
    ask(0, "warm up", locale="en")
