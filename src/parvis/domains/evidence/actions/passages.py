"""Voices as passages of the index, and as rows for ranking."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import polars as pl
import structlog
from django.conf import settings

from parvis.domains.evidence.queries import files
from parvis.domains.voices.contracts import Voice
from parvis.science.retrieval import Index, IndexCorrupt

log = structlog.get_logger("parvis.evidence")
_SCHEMA = {
    "id": pl.Int64,
    "text": pl.String,
    "group": pl.String,
    "language": pl.String,
    "kind": pl.String,
    "stars": pl.Int64,
    "verified": pl.Boolean,
}


def review_frame(reviews: Sequence[Voice], learned: Mapping[int, float]) -> pl.DataFrame:
    """Reviews as ``text.rank_reviews`` takes them; ``learned`` is what clicks taught, by voice."""
    return pl.DataFrame(
        {
            "id": [voice.id for voice in reviews],
            "product": [voice.product_id for voice in reviews],
            "text": [voice.text for voice in reviews],
            "title": [voice.title for voice in reviews],
            "rating": [voice.stars for voice in reviews],
            "submitted_at": [voice.submitted_at for voice in reviews],
            "votes_up": [voice.votes_up for voice in reviews],
            "votes_down": [voice.votes_down for voice in reviews],
            "verified": [voice.verified for voice in reviews],
            "media": [len(voice.media) for voice in reviews],
            "learned": [learned.get(voice.id, 0.0) for voice in reviews],
        }
    )


def passage_frame(public: Iterable[Voice]) -> pl.DataFrame:
    """Public reviews and answers that say something, as the index takes them."""
    said = [voice for voice in public if voice.kind in files.SEARCHED and files.passage(voice).strip()]
    rows = [
        (
            voice.id,
            files.passage(voice),
            None if voice.product_id is None else str(voice.product_id),
            voice.language or None,
            str(voice.kind),
            voice.stars,
            voice.verified,
        )
        for voice in said
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def follow(public: Sequence[Voice], gone: Sequence[int]) -> None:
    """Add and withdraw passages. A missing or damaged index is left to :func:`rebuild`, which the caller's worker runs
    next; nothing is lost meanwhile, since everything is derived."""
    index = _writable()
    if index is None:
        return
    frame = passage_frame(public)
    silent = set(gone) | ({voice.id for voice in public} - set(frame["id"].to_list()))
    index.update(frame, withdraw=sorted(silent))


def _writable() -> Index | None:
    place = files.folder()
    if place is None:
        return start()
    try:
        return Index.open(place)
    except (IndexCorrupt, OSError) as error:
        log.warning("the search index is damaged", told=str(error))
        return None


def start() -> Index:
    """A new, empty index in a folder of its own, in use at once."""
    place = new_folder()
    made = Index.build(pl.DataFrame(schema=_SCHEMA), path=place)
    switch_to(place)
    return made


def new_folder() -> Path:
    """A folder name for an index that is being made."""
    root = Path(settings.INDEX_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return root / f"{files.SHAPE}{uuid4().hex[:12]}"


def switch_to(place: Path) -> None:
    """Make ``place`` the index in use, for every process, and remove the others."""
    pointer = place.parent / "current"
    partial = pointer.with_suffix(".part")
    partial.write_text(place.name, encoding="utf-8")
    partial.replace(pointer)
    files.forget()
    for other in place.parent.glob("voices-*"):
        if other != place:
            shutil.rmtree(other, ignore_errors=True)
