"""Voices as passages of the index, and as rows for ranking."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import polars as pl
import structlog
from django.conf import settings

from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence.contracts import Source
from parvis.domains.evidence.ports import PassageIndex, shared_index
from parvis.domains.evidence.queries import facts, files, passages, policies
from parvis.domains.voices.contracts import Voice
from parvis.science.retrieval import Index, IndexCorrupt

log = structlog.get_logger("parvis.evidence")


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


def passage_frame(public: Sequence[Voice]) -> pl.DataFrame:
    """Public voices that say something, and the moments of their videos, as the index takes them."""
    return passages.frame(passages.of_voices([voice for voice in public if voice.kind in files.SEARCHED]))


def follow(public: Sequence[Voice], gone: Sequence[int]) -> None:
    """Add and withdraw voices. A missing or damaged index is left to :func:`rebuild`, which the caller's worker runs
    next; nothing is lost meanwhile, since everything is derived."""
    index = _writable()
    if index is None:
        return
    frame = passage_frame(public)
    numbers = {*gone, *(voice.id for voice in public)}
    former = {f"v{number}" for number in numbers} | _held_clips(index, numbers)
    index.update(frame, withdraw=sorted(former - set(frame["id"].to_list())))


def _held_clips(index: PassageIndex, voice_ids: Iterable[int]) -> set[str]:
    return set(index.passages(where={passages.FILM: sorted(voice_ids)}, limit=10_000)["id"])


def follow_products(product_ids: Iterable[int]) -> None:
    """Bring the facts of products in line with the catalogue."""
    index, wanted = _writable(), set(product_ids)
    if index is None or not wanted:
        return
    standing = facts.of_products(wanted)
    index.update(
        passages.frame(standing.values()),
        withdraw=sorted({each for number in wanted for each in facts.ids_of(number)} - set(standing)),
    )


def follow_policies() -> bool:
    """Bring the shop's terms in line with its settings; whether anything had changed."""
    index = _writable()
    if index is None:
        return False
    held, standing = _held_policies(index), policies.standing()
    if held == {each.id: each.text for each in standing.values()}:
        return False
    index.update(passages.frame(standing.values()), withdraw=sorted(set(held) - set(standing)))
    return True


def terms() -> pl.DataFrame:
    """The shop's terms, as the index takes them."""
    return passages.frame(policies.standing().values())


def all_facts() -> Iterator[pl.DataFrame]:
    """The facts of all active products, batch by batch."""
    last = 0
    while found := catalog.products_after(last, locale="en"):
        last = found[-1].id
        yield passages.frame(facts.of_products([product.id for product in found]).values())


def _held_policies(index: PassageIndex) -> dict[str, str]:
    rows = index.passages(where={"kind": str(Source.POLICY)}, limit=1_000)
    return dict(rows.select("id", "text").iter_rows())


def _writable() -> PassageIndex | None:
    shared = shared_index()
    if shared is not None:
        if shared.passages(limit=1).is_empty():
            shared.add(terms())  # as a new folder begins with them
        return shared
    place = files.folder()
    if place is None:
        return start()
    try:
        return Index.open(place)
    except (IndexCorrupt, OSError) as error:
        log.warning("the search index is damaged", told=str(error))
        return None


def start() -> Index:
    """A new index in a folder of its own, in use at once: it holds the shop's terms; events bring the rest."""
    place = new_folder()
    made = Index.build(terms(), path=place)
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
