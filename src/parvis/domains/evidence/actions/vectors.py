"""Vectors of passages: static ones come with each passage, slow ones are made in the background, never awaited."""

import structlog

from parvis.domains.evidence.queries import files
from parvis.science.retrieval import Index, IndexCorrupt

log = structlog.get_logger("parvis.evidence")


def fill_vectors(limit: int = 32) -> int:
    """Make the vectors of at most ``limit`` passages that lack one; returns how many were made.

    0 when nothing is missing, when the encoder is switched off or not installed, or when there is no index. Slow (some
    ten passages a second on one core) and safe to interrupt: what is made is kept, what is not is found missing again.
    """
    encoder, index = files.encoder(), files.reader()
    if encoder is None or index is None:
        return 0
    try:
        missing = index.missing_vectors(limit)
        if not missing.height:
            return 0
        matrix = encoder.passages(missing["text"].to_list(), missing["language"].to_list())
        return index.attach_vectors(missing["id"].to_list(), matrix, keys=missing["key"].to_list())
    except IndexCorrupt as error:
        log.warning("the search index is damaged", told=str(error))
        files.forget()
        return 0


def arrange() -> bool:
    """Make static vectors that are missing and keep the search of many passages fast; whether there was anything to do.
    Idempotent; killed halfway, it begins anew."""
    index = files.reader()
    if index is None:
        return False
    try:
        return index.arrange()
    except IndexCorrupt as error:
        log.warning("the search index is damaged", told=str(error))
        files.forget()
        return False


def keep(made: Index) -> None:
    """Carry the vectors of unchanged passages over from the index in use: a rebuild costs seconds, not an hour."""
    former = files.embedded()
    if former is None:
        return
    try:
        made.adopt_vectors(former)
    except IndexCorrupt as error:
        log.warning("vectors of the former index are lost and will be made again", told=str(error))
