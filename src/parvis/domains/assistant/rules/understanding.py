"""What a question wants, of whom it wants to hear, and in which language it was put. Rules, readable and measured."""

import re
import unicodedata
from dataclasses import dataclass

from parvis.core.errors import ParvisError
from parvis.domains.assistant.contracts import MAX_QUESTION, Filter, Intent
from parvis.domains.assistant.rules import cues
from parvis.science.text import attributes
from parvis.science.text.language import identify

_LEET = str.maketrans("0134578@$", "oieastbas")
_MEASURE = re.compile(
    r"^\W*(?:\d+(?:[.,]\d+)?(?:cms?|mm|m|kgs?|g|ml|l|lbs?|ft|in|xl|xxl|x|p|w|th|st|nd|rd|s|e|eme|er|ans?|h|min|d|j"
    r"|euros?|€|%)?|\d*m\d*|\d+m\d{1,2}|[a-z]{1,2}-?\d{1,6}|\d+['’]\d*)\W*$",
    re.IGNORECASE,
)
_OWN = ("height_cm", "weight_kg", "usual_size", "size_worn", "age_band", "skin_type", "hair_type", "build", "use")
_FEWEST_WORDS = 3


class QuestionTooLong(ParvisError):
    """``limit`` in characters."""

    code = "question_too_long"
    status = 422
    template = "A question has at most %(limit)d characters: say the essential."


class NothingAsked(ParvisError):
    """The question is empty."""

    code = "nothing_asked"
    status = 422
    template = "Write a question first."


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """``text`` is the question as it is searched for, ``asked`` as it was put; ``language`` ISO 639-1; ``speaks`` is
    the language to search in ("fr" or "en"); ``follows`` says that it leans on the question before."""

    asked: str
    text: str
    language: str
    speaks: str
    intent: Intent
    filters: tuple[Filter, ...] = ()
    follows: bool = False


def clean(question: str) -> str:
    """One line without control characters. Raises :class:`NothingAsked`, :class:`QuestionTooLong`."""
    if len(question) > 20 * MAX_QUESTION:
        raise QuestionTooLong(limit=MAX_QUESTION)
    said = " ".join("".join(c if c.isprintable() else " " for c in question).split())
    if not said:
        raise NothingAsked
    if len(said) > MAX_QUESTION:
        raise QuestionTooLong(limit=MAX_QUESTION)
    return said


def folded(text: str) -> str:
    """Lower case, no accents, apostrophes and dashes as spaces: what the cues look at."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"['’`´_-]", " ", plain).split())


def spelt_out(text: str) -> str:
    """Letters in the place of digits that stand for them ("d03s 1t run 5m4ll"), where words are so disguised; measures
    and sizes stay what they are."""
    words = text.split()
    disguised = [w for w in words if _disguised(w)]
    if not any(sum(c.isalpha() for c in w) >= 2 for w in disguised) or len(disguised) * 3 < len(words):
        return text
    return " ".join(w.translate(_LEET) if w in disguised else w for w in words)


def _disguised(word: str) -> bool:
    letters = any(c.isalpha() for c in word)
    return letters and any(c in "0134578@$" for c in word) and not _MEASURE.match(word)


def understand(
    question: str, *, locale: str, kind: str = "", on_product: bool = True, before: "Understood | None" = None
) -> Understood:
    """Read a cleaned ``question`` asked on a page in ``locale`` about a product of ``kind`` ("clothing", "skincare" …),
    or about none (``on_product`` false); ``before`` is the question that it may lean on."""
    text = spelt_out(question)
    language = _language(text, locale)
    speaks = language if language in ("fr", "en") else locale[:2]
    look = cues.form("pictured").sub(" ", folded(text))
    filters = _filters(text, look, speaks)
    intent = _intent(look, filters, kind, on_product=on_product)
    follows = before is not None and bool(cues.form("follows").search(look)) and len(look.split()) <= 12
    if follows and before is not None:
        if intent is Intent.EVIDENCE or (intent is Intent.SHOW and filters):
            intent = before.intent if before.intent is not Intent.SMALLTALK else Intent.EVIDENCE
        text = f"{before.text} {text}" if not filters else before.text
        known = {each.attribute for each in filters}
        filters = (*filters, *(each for each in before.filters if each.attribute not in known))
    return Understood(
        asked=question, text=text, language=language, speaks=speaks, intent=intent, filters=filters, follows=follows
    )


def _language(text: str, locale: str) -> str:
    """Two words tell no language: those are the page's."""
    if len(text.split()) < _FEWEST_WORDS:
        return locale[:2]
    return identify(text)


def _intent(look: str, filters: tuple[Filter, ...], kind: str, *, on_product: bool) -> Intent:
    if cues.form("greeting").match(look):
        return Intent.SMALLTALK
    if _body(look) and kind not in ("", "clothing"):
        return Intent.MEDICAL
    sought = not on_product and bool(cues.form("looked_for").search(look))
    shown = _shown_intent(look, kind, sought=sought)
    if shown is not None:
        return shown
    if {each.attribute for each in filters} & {"height_cm", "weight_kg", "usual_size"}:
        return Intent.SIZE
    if any(each.attribute in ("skin_type", "hair_type", "build", "use", "photo", "video") for each in filters):
        return Intent.SHOW
    return Intent.EVIDENCE


def _shown_intent(look: str, kind: str, *, sought: bool) -> Intent | None:
    """What the words show to be wanted. Looking for a product comes before looking at people."""
    for intent, pattern in cues.intents():
        if intent is Intent.SHOW and sought:
            return Intent.PRODUCTS
        if pattern.search(look) and not (intent is Intent.MEDICAL and kind == "clothing" and _body(look)):
            return intent
    return Intent.PRODUCTS if sought else None


def _body(look: str) -> bool:
    """In clothes, being pregnant is a matter of size."""
    return bool(re.search(r"\b(?:pregnan\w+|enceintes?|grossesse|allait\w+|breast ?feeding)\b", look))


def _filters(text: str, look: str, language: str) -> tuple[Filter, ...]:
    found: dict[tuple[str, str], Filter] = {}
    stated = [f for f in attributes.find(text, language) if f.attribute in _OWN]
    for each in stated:
        name = "size" if each.attribute == "size_worn" else each.attribute
        found.setdefault((name, each.value), Filter(attribute=name, value=each.value))
    names = {each.attribute for each in found.values()}
    if "height_cm" not in names and (height := cues.height(look)):
        found["height_cm", height] = Filter(attribute="height_cm", value=height)
    for attribute, value, pattern in cues.of_whom():
        if pattern.search(look):
            found.setdefault((attribute, value), Filter(attribute=attribute, value=value))
    return tuple(found.values())


def compared_with(question: str) -> str:
    """The words of a comparison that name the other thing."""
    left = cues.form("not_compared").sub(" ", folded(question))
    return " ".join(re.sub(r"[^\w ]", " ", left).split())
