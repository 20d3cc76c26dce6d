"""Captions from strangers: read as WebVTT or SubRip, kept as plain cues, written again by us.

Nothing of the file's own markup survives: no styles, regions, notes, positions or tags; only times and words.
"""

import html
import re
from dataclasses import dataclass

from parvis.core.errors import ParvisError
from parvis.domains.voices.rules.personal import personal_spans

MAX_BYTES = 200 * 1024
MAX_CUES = 500
MAX_CUE_LENGTH = 300
_HOURS = r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})[.,](\d{3})"
_TIMES = re.compile(rf"^\s*{_HOURS}\s+-->\s+{_HOURS}(?:\s.*)?$")
_TAG = re.compile(r"<[^>]{0,200}>|\{\\[^}]{0,100}\}")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class BadCaptions(ParvisError):
    """A file that holds no captions."""

    code = "bad_captions"
    status = 422
    template = "The captions cannot be read: send a WebVTT (.vtt) or SubRip (.srt) file."


class CaptionsTooLong(BadCaptions):
    code = "captions_too_long"
    template = "The captions are too long: %(limit)d KB and %(cues)d lines are the limit."


class CaptionsDisordered(BadCaptions):
    """``line`` (1-based) says where."""

    code = "captions_disordered"
    template = "The captions end before they begin, or run backwards, at line %(line)d."


@dataclass(frozen=True, slots=True)
class Cue:
    """Words shown from ``start`` to ``end``, in milliseconds."""

    start: int
    end: int
    text: str


def parse(data: bytes) -> tuple[Cue, ...]:
    """The cues of a WebVTT or SubRip file in UTF-8 (or CP1252). Raises :class:`BadCaptions`."""
    if len(data) > MAX_BYTES:
        raise CaptionsTooLong(limit=MAX_BYTES // 1024, cues=MAX_CUES)
    cues: list[Cue] = []
    lines = re.split(r"\r\n|\r|\n", _decoded(data))
    position = 0
    while position < len(lines):
        match = _TIMES.match(lines[position])
        position += 1
        if match is None:
            continue
        start, end = _moment(match.groups()[:4]), _moment(match.groups()[4:])
        if end <= start or (cues and start < cues[-1].start):
            raise CaptionsDisordered(line=position)
        said: list[str] = []
        while position < len(lines) and lines[position].strip():
            said.append(lines[position])
            position += 1
        words = _plain(said)
        if words:
            cues.append(Cue(start, end, words))
        if len(cues) > MAX_CUES:
            raise CaptionsTooLong(limit=MAX_BYTES // 1024, cues=MAX_CUES)
    if not cues:
        raise BadCaptions
    return tuple(cues)


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise BadCaptions
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _moment(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _plain(said: list[str]) -> str:
    """Words without markup; "-->" cannot stay, since it would begin a cue."""
    rows = (html.unescape(_TAG.sub("", line)) for line in said)
    kept = (" ".join(_UNSEEN.sub("", row).replace("-->", "→").split()) for row in rows)
    return "\n".join(row for row in kept if row)[:MAX_CUE_LENGTH]


def write(cues: tuple[Cue, ...], *, until_ms: int) -> str:
    """A WebVTT file of the cues that begin before ``until_ms``, with personal data masked by bullets."""
    parts = ["WEBVTT\n"]
    for cue in cues:
        if cue.start < until_ms:
            words = html.escape(_masked(cue.text), quote=False)
            parts.append(f"{_written(cue.start)} --> {_written(min(cue.end, until_ms))}\n{words}\n")
    return "\n".join(parts)


def _masked(text: str) -> str:
    for span in personal_spans(text):
        text = text[: span.start] + "•" * (span.end - span.start) + text[span.end :]
    return text


def _written(moment: int) -> str:
    seconds, thousandths = divmod(moment, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


def transcript(written: str) -> str:
    """The words of a file that :func:`write` made, a line a cue."""
    blocks = written.split("\n\n")[1:]
    return "\n".join(html.unescape(" ".join(block.strip().split("\n")[1:])) for block in blocks if "-->" in block)
