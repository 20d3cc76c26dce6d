"""Cues as people type them, a line each."""

from collections.abc import Iterable

from parvis.domains.voices import rules
from parvis.domains.voices.contracts import AspectCue


def cues_from(written: str, language: str) -> tuple[AspectCue, ...]:
    """Cues from lines such as ``+ soft|silky``. Raises UnreadableCue or OpenBracket with the line."""
    return rules.parse_cues(written, language)


def cue_lines(cues: Iterable[AspectCue], language: str) -> str:
    """The lines that ``cues_from`` reads."""
    return rules.write_cues(cues, language)
