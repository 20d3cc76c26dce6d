"""What the machine understood of a voice, said in words a person can agree or disagree with."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext as _

from parvis.domains.voices.contracts import Reading, Voice
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, labels


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing the reading says: its name, its words, how it strikes (a badge kind), the number behind it."""

    name: str
    words: str
    kind: str = ""
    number: str = ""


def lines(voice: Voice) -> list[Line]:
    """The reading of a voice in words; one line that says so when there is none."""
    reading = voice.reading
    if reading is None:
        return [Line(name=_("Reading"), words=_("not read yet"), kind="caution")]
    return [
        Line(name=_("Tone"), words=_tone(reading.sentiment), number=marks.number(reading.sentiment, 2)),
        _risk(_("Offence"), reading.toxicity, (_("none"), _("a little sharp"), _("perhaps"), _("likely"), _("plain"))),
        _risk(_("Advertising"), reading.spam, (_("none"), _("a hint"), _("perhaps"), _("likely"), _("plain"))),
        _stars(voice, reading),
        Line(name=_("Language"), words=language_name(reading.language)),
    ]


def _tone(sentiment: float) -> str:
    for limit, words in (
        (-0.6, _("very unhappy")),
        (-0.2, _("unhappy")),
        (0.2, _("mixed or neutral")),
        (0.6, _("happy")),
    ):
        if sentiment < limit:
            return words
    return _("very happy")


def _risk(name: str, score: float, words: Sequence[str]) -> Line:
    """``words`` from none to plain. From .4 on a person looks, from .97 on the machine refuses alone."""
    level = sum(score >= limit for limit in (0.15, 0.4, 0.7, 0.97))
    kind = ("", "", "caution", "negative", "negative")[level]
    return Line(name=name, words=words[level], kind=kind, number=marks.number(score, 2))


def _stars(voice: Voice, reading: Reading) -> Line:
    sound = marks.number(reading.stars, 1)
    if voice.stars is None:
        return Line(name=_("Stars"), words=_("the words sound like %(stars)s") % {"stars": sound})
    far = abs(voice.stars - reading.stars) >= 2.25
    words = _("%(given)s given, the words sound like %(stars)s") % {"given": voice.stars, "stars": sound}
    return Line(name=_("Stars"), words=words, kind="caution" if far else "")


def language_name(code: str) -> str:
    """A language in the reader's own: "de" is "German"."""
    try:
        return str(Locale.parse(code).get_display_name(frame.locale()) or code)
    except (UnknownLocaleError, ValueError):
        return code or _("unknown")


@lru_cache(maxsize=2)
def _aspect_names(locale: str) -> dict[str, str]:
    from parvis.science.text import aspect_names

    names = aspect_names()
    return dict(zip(names["aspect"].to_list(), names[f"name_{locale}"].to_list(), strict=True))


def aspect_name(aspect: str) -> str:
    """An aspect in the reader's language."""
    return _aspect_names(frame.locale()).get(aspect, aspect)


def spans(voice: Voice) -> list[tuple[int, int, str, float]]:
    """What to highlight in the text: personal data and links first, then aspects with their polarity."""
    reading = voice.reading
    if reading is None:
        return []
    personal = [
        (span.start, span.end, str(labels.PERSONAL_KINDS.get(span.kind, span.kind)), -1.0)
        for span in reading.personal
        if span.field == "text"
    ]
    aspects = [
        (span.start, span.end, aspect_name(span.aspect), span.polarity)
        for span in reading.aspects
        if not any(start < span.end and span.start < end for start, end, _name, _polarity in personal)
    ]
    return [*personal, *aspects]


def opinions(voice: Voice) -> list[tuple[str, str, float]]:
    """Aspects spoken of: name, the words that say so, polarity."""
    if voice.reading is None:
        return []
    text = voice.original_text if voice.original_text is not None else voice.text
    return [(aspect_name(span.aspect), text[span.start : span.end], span.polarity) for span in voice.reading.aspects]
