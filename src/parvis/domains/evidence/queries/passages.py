"""What is searched: voices, the moments of their videos, facts of the catalogue and the shop's terms, as passages.

A passage has a head (the title, the question answered, the product's name) and a body; both are searched, the body is
quoted. Everything is derived: the same functions make the index and check, at display, that a hit still stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from parvis.domains.evidence.contracts import Document, Source
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import CaptionCue, Voice, VoiceKind

EVERYWHERE: Final = "shop"  # the group of what holds for all products
ANY: Final = "any"  # shown in every language of the shop
SEVERAL: Final = ("skin_type", "hair_type", "use", "build", "age_band", "size_worn", "usual_size")
NUMBERS: Final = ("stars", "age", "height_cm", "weight_kg", "used_days")
FILM: Final = "film"  # the voice whose video a clip is of
FLAGS: Final = ("verified", "photo", "video", "media")
COLUMNS: Final = (*SEVERAL, *NUMBERS, *FLAGS, "language")
SCHEMA: Final[Mapping[str, Any]] = {
    "id": pl.String,
    "text": pl.String,
    "group": pl.String,
    "language": pl.String,
    "kind": pl.String,
    "shown": pl.String,
    **dict.fromkeys(SEVERAL, pl.List(pl.String)),
    **dict.fromkeys(NUMBERS, pl.Int64),
    **dict.fromkeys(FLAGS, pl.Boolean),
    FILM: pl.Int64,
}
_KINDS: Final = {
    VoiceKind.REVIEW: Source.REVIEW,
    VoiceKind.ANSWER: Source.ANSWER,
    VoiceKind.QUESTION: Source.QUESTION,
}
_CLIP_SECONDS: Final = 12.0
_CLIP_PAUSE: Final = 2.5  # a silence that ends a clip


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """One searchable text. ``document`` and ``moment`` (seconds) where it is a fact or policy, or a clip."""

    id: str
    kind: Source
    body: str
    head: str = ""
    group: str | None = None
    language: str = ""
    shown: str = ANY
    columns: Mapping[str, Any] = field(default_factory=dict)
    document: Document | None = None
    moment: tuple[float, float] = (0.0, 0.0)

    @property
    def text(self) -> str:
        """As it is searched: the head, then the body, each in lines of its own."""
        return f"{self.head}\n{self.body}" if self.head.strip() else self.body

    @property
    def before(self) -> int:
        """Code points of the text before the body."""
        return len(self.text) - len(self.body)


def frame(passages: Iterable[Passage]) -> pl.DataFrame:
    """Passages as the index takes them; those that say nothing are left out."""
    rows = [
        (
            each.id,
            each.text,
            each.group,
            each.language or None,
            str(each.kind),
            each.shown,
            *(list(each.columns.get(name) or ()) for name in SEVERAL),
            *(each.columns.get(name) for name in (*NUMBERS, *FLAGS, FILM)),
        )
        for each in passages
        if each.text.strip()
    ]
    return pl.DataFrame(rows, schema=dict(SCHEMA), orient="row")


def of_voices(public: Sequence[Voice]) -> list[Passage]:
    """Reviews, questions and answers, and the moments of the videos that may be shown. At most three statements, and a
    file for each video with captions."""
    parents = {voice.parent_id for voice in public if voice.kind is VoiceKind.ANSWER and voice.parent_id}
    asked = voices.voices(parents) if parents else {}
    filmed = [voice.id for voice in public if _filmed(voice)]
    cues = voices.cues(filmed) if filmed else {}
    found = []
    for voice in public:
        if voice.kind in _KINDS:
            found.append(_of_voice(voice, asked.get(voice.parent_id or 0)))
            found += _clips(voice, cues.get(voice.id, ()))
    return found


def _filmed(voice: Voice) -> bool:
    return voice.video is not None and voice.video.shown and bool(voice.video.captions_url)


def _of_voice(voice: Voice, question: Voice | None) -> Passage:
    head = question.text if question is not None and question.is_public else voice.title
    return Passage(
        id=f"v{voice.id}",
        kind=_KINDS[voice.kind],
        head=head,
        body=voice.text,
        group=_group(voice),
        language=voice.language,
        columns=stated(voice),
    )


def _group(voice: Voice) -> str | None:
    return None if voice.product_id is None else str(voice.product_id)


def stated(voice: Voice) -> dict[str, Any]:
    """What can be filtered by: what the author stated, in the form or in words, and what is known of the voice."""
    said: dict[str, list[str]] = {}
    for each in voice.reading.attributes if voice.reading else ():
        said.setdefault(each.attribute, []).append(each.value)
    if voice.size_worn and voice.size_worn not in said.setdefault("size_worn", []):
        said["size_worn"].append(voice.size_worn)
    if voice.age and "age_band" not in said:
        said["age_band"] = [f"{voice.age // 10 * 10}-{voice.age // 10 * 10 + 9}"]
    found: dict[str, Any] = {name: tuple(said[name]) for name in SEVERAL if said.get(name)}
    numbers = {name: _number(said.get(name)) for name in NUMBERS}
    numbers |= {"stars": voice.stars, "age": voice.age, "height_cm": voice.height_cm or numbers["height_cm"]}
    found |= {name: value for name, value in numbers.items() if value is not None}
    photo, video = bool(voice.media), voice.video is not None and voice.video.shown
    return found | {"verified": voice.verified, "photo": photo, "video": video, "media": photo or video}


def _number(values: Sequence[str] | None) -> int | None:
    return int(values[0]) if values and values[0].isdigit() else None


def _clips(voice: Voice, cues: Sequence[CaptionCue]) -> list[Passage]:
    """The captions of a video in moments of some ten seconds, cut where a sentence or the speech pauses."""
    found = []
    language = voice.video.captions_language if voice.video else ""
    for number, (start, end, words) in enumerate(moments(cues)):
        found.append(
            Passage(
                id=f"c{voice.id}:{number}",
                kind=Source.CLIP,
                body=words,
                group=_group(voice),
                language=language or voice.language,
                columns=stated(voice) | {FILM: voice.id},
                moment=(start, end),
            )
        )
    return found


def moments(cues: Sequence[CaptionCue]) -> list[tuple[float, float, str]]:
    """Cues joined into (start, end, words) of at most twelve seconds, ended by a pause or, past half, by a sentence."""
    found: list[tuple[float, float, str]] = []
    open_ = False
    for cue in cues:
        if open_ and cue.start_s - found[-1][1] < _CLIP_PAUSE and cue.end_s - found[-1][0] <= _CLIP_SECONDS:
            found[-1] = (found[-1][0], cue.end_s, f"{found[-1][2]} {cue.text}")
        else:
            found.append((cue.start_s, cue.end_s, cue.text))
        long = found[-1][1] - found[-1][0] >= _CLIP_SECONDS / 2
        open_ = not (long and cue.text.rstrip().endswith((".", "!", "?", "…")))
    return found
