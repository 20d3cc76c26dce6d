"""An answer put together from what people said, without a language model: counts, then words of their own."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries, rules
from parvis.domains.evidence.contracts import Answer, Quote, Sign, Source
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice

_EXAMPLES = 6  # products asked about, the most asked first, that are searched for a category's question
_QUOTED = 3
_SHORTEST = 8  # letters of a quote that says something


@dataclass(frozen=True)
class Support:
    """Words of a voice under an answer."""

    voice_id: int
    quote: str
    polarity: float


@dataclass(frozen=True)
class Draft:
    """A proposed answer and the voices it rests on; without supports nobody has said anything."""

    answer: str
    supports: tuple[Support, ...]


NOTHING = Draft("", ())


def compose(
    question: str, *, locale: str, product_id: int | None, asked_about: Sequence[int], asked_ids: Iterable[int]
) -> Draft:
    """An answer in ``locale`` to a question about ``product_id``, or (None) about ``asked_about``, products that
    people asked it of. Answers that the brand or owners gave to ``asked_ids``, these very questions about the same
    thing, come first."""
    given = _given(asked_ids, locale)
    answers = [queries.ask(each, question, locale=locale) for each in _places(product_id, asked_about)]
    quotes = _quotes(answers)
    parts: list[str] = []
    with translation.override(locale):
        if given:
            parts.append(rules.shorten(given[0].text.strip()) if len(given[0].text) > 600 else given[0].text.strip())
        counts = _counts(answers, locale)
        if counts and len(answers) > 1:
            parts.append(_("Of the %(count)d products that people asked about most:") % {"count": len(answers)})
        parts += counts
        if quotes and not parts:  # beside counts, the page shows the words of the voices under the answer
            parts += [_said(quote) for quote in quotes[:_QUOTED]]
    supports = [Support(voice.id, voice.text[:600], 0.0) for voice in given[:2]]
    supports += [Support(quote.voice_id, quote.quote[:600], quote.polarity) for quote in quotes]
    text = "\n".join(parts)
    return Draft(text, _once(supports)[: rules.SHOWN_SUPPORTS]) if supports and text else NOTHING


def same_thing(wordings: Iterable[queries.Wording], product_id: int | None) -> list[int]:
    """The voices among ``wordings`` that asked about this very thing: what was answered about another says little."""
    return [each.voice_id for each in wordings if each.voice_id is not None and each.product_id == product_id]


def _places(product_id: int | None, asked_about: Sequence[int]) -> Sequence[int | None]:
    if product_id is not None:
        return [product_id]
    return [product for product, _count in Counter(asked_about).most_common(_EXAMPLES)] or [None]


def _given(asked_ids: Iterable[int], locale: str) -> list[Voice]:
    answered = voices.answer_voices(asked_ids)
    found = [answer for answers in answered.values() for answer in answers if answer.text.strip()]
    return [answer for answer in found if (answer.language or locale) == locale]


def _quotes(answers: Sequence[Answer]) -> list[Quote]:
    """Quotes of all answers in turn, so that no product speaks alone; of reviews only, since an answer that was given
    to somebody else's question is an echo, and without remarks in brackets."""
    told = [[quote for quote in answer.quotes if quote.kind is Source.REVIEW and _speaks(quote)] for answer in answers]
    longest = max((len(quotes) for quotes in told), default=0)
    return [quotes[row] for row in range(longest) for quotes in told if row < len(quotes)]


def _speaks(quote: Quote) -> bool:
    said = quote.quote.strip()
    return len(said) >= _SHORTEST and not said.startswith("(")


def _counts(answers: Sequence[Answer], locale: str) -> list[str]:
    """One sentence a leaning that is asked about: how many say so, and how many say otherwise."""
    labels = queries.labels(locale)
    sums: dict[str, list[int]] = {}
    for point in (point for answer in answers for point in answer.aspects):
        held = sums.setdefault(point.aspect, [0, 0])
        held[0 if point.sign is Sign.PRO else 1] += point.count
    said = []
    for aspect, (pro, con) in sums.items():
        sides = [(count, labels.get(f"{aspect}:{sign}", "")) for count, sign in ((pro, "pro"), (con, "con"))]
        told = [(count, label) for count, label in sorted(sides, reverse=True) if count and label]
        if told:
            said.append(" ".join(_count(count, label) for count, label in told))
    return said


def _count(count: int, label: str) -> str:
    words = ngettext("%(count)d person says: %(label)s.", "%(count)d people say: %(label)s.", count)
    return words % {"count": count, "label": label[:1].lower() + label[1:]}


def _said(quote: Quote) -> str:
    return _("“%(quote)s” (%(author)s)") % {
        "quote": quote.quote.strip().rstrip("."),
        "author": quote.author_name or _("a customer"),
    }


def _once(supports: Sequence[Support]) -> tuple[Support, ...]:
    found: dict[int, Support] = {}
    for support in supports:
        held = found.get(support.voice_id)
        found[support.voice_id] = support if held is None else replace(held, quote=held.quote)
    return tuple(found.values())


def category_of(product_ids: Iterable[int], *, locale: str = "en") -> dict[int, str]:
    """Category key by product."""
    return {key: product.category_key for key, product in catalog.products(list(product_ids), locale=locale).items()}
