"""What the machine understood of a voice, said in words a person can agree or disagree with."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext as _

from parvis.domains.voices import queries
from parvis.domains.voices.contracts import Reading, Voice
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, labels
from parvis.interfaces.studio import reading_labels as words_of

SUSPECT = 0.5  # interest from which a person is told of it


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
        *_about(reading),
    ]


def _about(reading: Reading) -> list[Line]:
    """What the author wants, says of themselves, and whether they seem to have an interest."""
    found = []
    if reading.intents:
        wants = ", ".join(str(words_of.INTENTS.get(each.intent, each.intent)) for each in reading.intents)
        found.append(Line(name=_("Wants"), words=wants))
    if reading.interest >= SUSPECT:
        grounds = dict.fromkeys(str(words_of.GROUNDS.get(each.ground, each.ground)) for each in reading.grounds)
        number = marks.number(reading.interest, 2)
        found.append(Line(name=_("Interest"), words=", ".join(grounds) or _("perhaps"), kind="caution", number=number))
    stated: dict[str, list[str]] = {}
    for each in reading.attributes:
        stated.setdefault(str(words_of.ATTRIBUTES.get(each.attribute, each.attribute)), []).append(words_of.value(each))
    return [*found, *(Line(name=name, words=", ".join(values)) for name, values in stated.items())]


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
    """A language in the reader's own: "de" is "German"; "und" is none that could be told."""
    if code == "und":  # not a locale: the library would take its own default for it
        return _("none that could be told")
    try:
        return str(Locale.parse(code).get_display_name(frame.locale()) or code)
    except (UnknownLocaleError, ValueError):
        return code or _("unknown")


def aspect_name(aspect: str) -> str:
    """An aspect in the reader's language."""
    return queries.aspect_labels(frame.locale()).get(aspect, aspect)


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
