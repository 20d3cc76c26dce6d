"""Where the index lies, and the reader that each process keeps open.

``INDEX_ROOT/current`` names the folder in use, so that a rebuild makes a new one beside it and switches at once. Where
a shared index is bound (PARVIS_EVIDENCE_INDEX=postgres) it is asked instead, and no folder is made.
"""

import threading
from pathlib import Path

import structlog
from django.conf import settings

from parvis.domains.evidence.contracts import Health
from parvis.domains.evidence.ports import IndexUnavailable, PassageIndex, shared_index
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import VoiceKind
from parvis.science.retrieval import Index, IndexCorrupt
from parvis.science.retrieval.encoder import Encoder, available

log = structlog.get_logger("parvis.evidence")
SEARCHED = (VoiceKind.REVIEW, VoiceKind.ANSWER, VoiceKind.QUESTION)
# Part of a folder's name; changed with what a passage holds, so that an older index is found missing and made anew.
SHAPE = "voices-sources-"
_lock = threading.Lock()
_open: dict[Path, Index] = {}
_encoder: list[Encoder] = []


def folder() -> Path | None:
    """The folder of the index in use, or None when there is none yet."""
    pointer = Path(settings.INDEX_ROOT) / "current"
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    found = Path(settings.INDEX_ROOT) / name
    return found if name.startswith(SHAPE) and found.is_dir() else None


def reader() -> PassageIndex | None:
    """The index, kept open by this process; None when it is missing or damaged (the worker rebuilds it)."""
    try:
        shared = shared_index()
    except IndexUnavailable as error:
        log.warning("there is no search index", told=str(error))
        return None
    return shared if shared is not None else embedded()


def embedded() -> Index | None:
    """The index in files, as :func:`reader`."""
    place = folder()
    if place is None:
        return None
    with _lock:
        if place not in _open:
            try:
                opened = Index.open(place, encoder=encoder())
            except (IndexCorrupt, OSError) as error:
                log.warning("the search index cannot be opened; it has to be rebuilt", told=str(error))
                return None
            _open.clear()
            _open[place] = opened
        return _open[place]


def encoder() -> Encoder | None:
    """The encoder of this process, None where it is switched off (PARVIS_DENSE=no) or not installed. It loads its
    90 MB at the first use: in the worker when vectors are made, in a web process when a question meets vectors."""
    if not settings.DENSE or not available():
        return None
    if not _encoder:
        _encoder.append(Encoder())
    return _encoder[0]


def forget() -> None:
    """Close what this process holds open."""
    with _lock:
        _open.clear()


def health() -> Health:
    """Whether the index serves, and how many passages it holds beside how many public voices there are."""
    published = voices.count_published(kinds=SEARCHED)
    try:
        index = shared_index() or embedded()
    except IndexUnavailable as error:
        return Health(ok=False, told=str(error), published=published)
    if index is None:
        return Health(ok=published == 0, told="missing or damaged" if published else "empty", published=published)
    try:
        passages = len(index)
    except IndexCorrupt as error:
        forget()
        return Health(ok=False, told=str(error), published=published)
    told = f"{passages} passages of {published} public voices, the catalogue and the terms"
    return Health(ok=passages > 0 or published == 0, told=told, passages=passages, published=published)
