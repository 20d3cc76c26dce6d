"""How a brand writes cues, and which definitions hold."""

import re
from collections.abc import Iterable, Sequence

from parvis.core.errors import ParvisError
from parvis.core.tables import TableError
from parvis.domains.voices.contracts import AspectCue, AspectDefinition
from parvis.science.text import cues as science

MOST_CUES = 200
_CLOSED = re.compile(r"(?:[^\[\]()]|\([^\[\]()]*\)|\[[^\[\]()]*\])*")
_SIGNS = {"+": 1.0, "-": -1.0, "−": -1.0, "=": None}


class UnreadableCue(ParvisError):
    """A cue without a word in it, or one that stands for too many phrases."""

    code = "unreadable_cue"
    status = 422
    template = "Line %(line)d: a cue needs at least one word and may stand for at most %(most)d phrases."


class OpenBracket(ParvisError):
    """Brackets that do not close, or brackets within brackets."""

    code = "cue_brackets"
    status = 422
    template = "Line %(line)d: every bracket must be closed, and none may stand within another."


class TooManyCues(ParvisError):
    """More cues than an aspect may have."""

    code = "too_many_cues"
    status = 422
    template = "An aspect may have at most %(most)d cues of its own."


class NameMissing(ParvisError):
    """An aspect needs a name in both languages."""

    code = "aspect_name_missing"
    status = 422
    template = "Give the aspect a name in English and in French."


class UnknownKind(ParvisError):
    """A kind of product that has no set of aspects."""

    code = "unknown_kind"
    status = 422
    template = "No kind of product is called %(kind)s."


def parse_cues(written: str, language: str) -> tuple[AspectCue, ...]:
    """Cues from lines: ``+ soft|silky`` is for, ``- itchy`` against, ``= lining`` (or no sign) only names the aspect.

    Raises UnreadableCue or OpenBracket with the line (from 1) of one that cannot be read.
    """
    found = []
    for number, line in enumerate(written.splitlines(), start=1):
        said = line.strip()
        if not said:
            continue
        polarity = _SIGNS.get(said[0])
        pattern = said[1:].strip() if said[0] in _SIGNS else said
        check_cue(pattern, line=number)
        found.append(AspectCue(language=language, cue=pattern, polarity=polarity))
    return tuple(found)


def write_cues(cues: Iterable[AspectCue], language: str) -> str:
    """The lines that ``parse_cues`` reads."""
    sign = {1.0: "+", -1.0: "-", None: "="}
    return "\n".join(f"{sign.get(cue.polarity, '=')} {cue.cue}" for cue in cues if cue.language == language)


def check_cue(pattern: str, *, line: int = 1) -> None:
    """Raises UnreadableCue or OpenBracket for a cue that cannot be read."""
    if not _CLOSED.fullmatch(pattern):
        raise OpenBracket(line=line)
    try:
        science.check({"aspect": "own", "language": "en"}, pattern, None, line - 1)
    except TableError as error:
        raise UnreadableCue(line=line, most=science.MOST_PHRASES) from error


def check_definition(definition: AspectDefinition, kinds: Sequence[str]) -> None:
    """Raises NameMissing, TooManyCues, UnknownKind, UnreadableCue or OpenBracket."""
    if not (definition.name_en.strip() and definition.name_fr.strip()):
        raise NameMissing
    if len(definition.cues) > MOST_CUES:
        raise TooManyCues(most=MOST_CUES)
    for kind in definition.kinds:
        if kind not in kinds:
            raise UnknownKind(kind=kind)
    for line, cue in enumerate(definition.cues, start=1):
        check_cue(cue.cue, line=line)


def merged(bundled: Sequence[AspectDefinition], changed: Iterable[AspectDefinition]) -> tuple[AspectDefinition, ...]:
    """The shipped definitions with what the brand changed, in the shipped order, the brand's own last by key."""
    by_key = {definition.key: definition for definition in changed}
    kept = [by_key.pop(definition.key, definition) for definition in bundled]
    return (*kept, *(by_key[key] for key in sorted(by_key)))
