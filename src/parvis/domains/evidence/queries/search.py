"""The index asked, and its hits brought back to what they were taken from: only what still stands is quoted."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
import structlog

from parvis.core.errors import Invalid
from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Clip, Quote, Source
from parvis.domains.evidence.queries import facts, files, passages, policies
from parvis.domains.evidence.queries.passages import Passage
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice
from parvis.science.retrieval import IndexCorrupt

log = structlog.get_logger("parvis.evidence")
Where = Mapping[str, Any]
_MIDDLING = 3  # stars that lean to neither side
_ALIASES = {"rating": "stars", "size": "size_worn", "height": "height_cm", "weight": "weight_kg"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnknownFilter(Invalid):
    """A filter on something that passages do not have."""

    code = "unknown_filter"
    template = "%(field)s: %(problem)s"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage by its id; ``start`` and ``end`` lie in its text, or (``inside``) in the voice's own text."""

    id: str
    score: float
    start: int
    end: int
    inside: bool = False


def search(
    asked: str,
    *,
    locale: str,
    k: int,
    kinds: Collection[Source],
    product_ids: Sequence[int] | None = None,
    where: Where | None = None,
) -> tuple[float, list[Hit]]:
    """The chance that passages answer, and the best ``k``. Nothing when the index is missing or damaged. Raises
    :class:`UnknownFilter`."""
    conditions = _conditions(locale, kinds, product_ids, where)
    index = files.reader()
    if index is None or not asked:
        return 0.0, []
    question = pl.DataFrame({"id": ["q"], "text": [asked], "language": [locale[:2]]})
    try:
        found = index.search(question, k=k, where=conditions)
    except IndexCorrupt as error:
        # Damaged under our hands: the page goes on without, and the worker rebuilds it.
        log.warning("the search index is damaged", told=str(error))
        files.forget()
        return 0.0, []
    if found.is_empty():
        return 0.0, []
    rows = found.select("id", "score", "start", "end").iter_rows()
    return float(found["answerable"][0]), [Hit(row[0], float(row[1]), row[2], row[3]) for row in rows]


def _conditions(
    locale: str, kinds: Collection[Source], product_ids: Sequence[int] | None, where: Where | None
) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": sorted(str(kind) for kind in kinds)}
    if not {Source.FACT, Source.POLICY}.isdisjoint(kinds):
        found["shown"] = [passages.ANY, locale[:2]]
    if product_ids is not None:
        found["group"] = [*(str(each) for each in product_ids), passages.EVERYWHERE]
    return found | checked(where)


def checked(where: Where | None) -> dict[str, Any]:
    """The filters under the names of columns. Raises :class:`UnknownFilter`."""
    found = {_ALIASES.get(name, name): wanted for name, wanted in (where or {}).items()}
    for name in found:
        if name not in passages.COLUMNS:
            raise UnknownFilter(field=name, problem=f"one of {', '.join(sorted(passages.COLUMNS))} is filtered by")
    return found


def quotes(hits: Sequence[Hit], *, about: Sequence[str], locale: str, where: Where | None = None) -> list[Quote]:
    """Hits that still stand, in their order, as quotes. At most eight statements, whatever their number."""
    told = _Told(hits, locale=locale)
    wanted = checked(where)
    return [quote for hit in hits if (quote := told.quote(hit, about, wanted)) is not None]


class _Told:
    """What hits were taken from, as it is now."""

    def __init__(self, hits: Iterable[Hit], *, locale: str) -> None:
        ids = [hit.id for hit in hits]
        self.voices = voices.voices({_number(each) for each in ids if each[0] in "vc"})
        self.passages: dict[str, Passage] = {}
        public = [voice for voice in self.voices.values() if voice.is_public]
        if public:
            self.passages |= {each.id: each for each in passages.of_voices(public)}
        if products := {_number(each) for each in ids if each[0] == "f"}:
            self.passages |= facts.of_products(products, locales=[locale[:2]])
        if any(each[0] == "p" for each in ids):
            self.passages |= policies.standing()

    def quote(self, hit: Hit, about: Sequence[str], where: Where) -> Quote | None:
        passage = self.passages.get(hit.id)
        if passage is None or not rules.fits(dict(passage.columns) | {"language": passage.language}, where):
            return None
        if passage.kind.said:
            return _of_voice(self.voices[_number(hit.id)], passage, hit, about)
        if not 0 <= hit.start < hit.end <= len(passage.text):
            return None
        words, start, end = _place(passage, hit)
        if words is not passage.body:  # the heading alone says nothing
            words, start, end = passage.body, 0, len(passage.body)
        return Quote(
            voice_id=0,
            product_id=int(passage.group) if passage.kind is Source.FACT and passage.group else None,
            text=words,
            start=start,
            end=end,
            quote=rules.shorten(words[start:end]),
            stars=None,
            author_name="",
            submitted_at=_EPOCH,
            verified=False,
            polarity=0.0,
            score=hit.score,
            kind=passage.kind,
            title=passage.document.heading if passage.kind is Source.POLICY and passage.document else passage.head,
            document=passage.document,
        )


def _number(identifier: str) -> int:
    """The id of the voice or product in a passage's id; 0 in that of a policy."""
    digits = identifier[1:].split(":", maxsplit=1)[0]
    return int(digits) if digits.isdigit() else 0


def _place(passage: Passage, hit: Hit) -> tuple[str, int, int]:
    """Where a span of the passage lies: in its head or its body. One across both is told by its longer part."""
    before = passage.before
    if hit.inside:
        return passage.body, hit.start, hit.end
    if min(hit.end, before) - hit.start > hit.end - max(hit.start, before):
        return passage.head, hit.start, min(hit.end, len(passage.head))
    return passage.body, max(hit.start - before, 0), hit.end - before


def _of_voice(voice: Voice, passage: Passage, hit: Hit, about: Sequence[str]) -> Quote | None:
    words, start, end = _place(passage, hit)
    if passage.kind is Source.ANSWER and words is not passage.body:
        words, start, end = passage.body, 0, len(passage.body)  # the question was met: its answer is quoted
    if not 0 <= start < end <= len(words):
        return None
    own = words is passage.body and passage.kind is not Source.CLIP
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
        polarity=_polarity(voice, start, end, about) if own else whole(voice),
        score=hit.score,
        provenance=voice.provenance,
        kind=passage.kind,
        title=passage.head if passage.kind is Source.ANSWER else voice.title,
        clip=_clip(voice, passage) if passage.kind is Source.CLIP else None,
        attributes=_attributes(passage),
    )


def _clip(voice: Voice, passage: Passage) -> Clip | None:
    film = voice.video
    if film is None:
        return None
    return Clip(
        url=film.url,
        poster_url=film.poster_url,
        captions_url=film.captions_url,
        start_s=passage.moment[0],
        end_s=passage.moment[1],
        width=film.width,
        height=film.height,
    )


def _attributes(passage: Passage) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in (*passages.SEVERAL, *passages.NUMBERS):
        value = passage.columns.get(name)
        if value is not None and name != "stars":
            found[name] = tuple(value) if isinstance(value, tuple | list) else (str(value),)
    return found


def whole(voice: Voice) -> float:
    """How a voice leans as a whole: by its author's own stars; with three or none, by its words."""
    if voice.stars is not None and voice.stars != _MIDDLING:
        return (voice.stars - _MIDDLING) / 2
    return voice.reading.sentiment if voice.reading else 0.0


def _polarity(voice: Voice, start: int, end: int, about: Sequence[str]) -> float:
    """How the quoted words lean: by the aspect asked about, else any aspect within, else the voice as a whole."""
    if voice.reading is None:
        return whole(voice)
    within = [span for span in voice.reading.aspects if span.start < end and start < span.end]
    wanted = [span for span in within if span.aspect in about] or within
    return wanted[0].polarity if wanted else whole(voice)
