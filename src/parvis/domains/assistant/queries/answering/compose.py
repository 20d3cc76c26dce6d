"""A question to its answer, by what it wants."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from parvis.domains.assistant.contracts import Hint, Intent, Outcome, Suggestion
from parvis.domains.assistant.queries.answering import goods, shop, voices
from parvis.domains.assistant.queries.answering.reply import Asking, Reply
from parvis.domains.assistant.rules import cues, sides
from parvis.domains.assistant.rules.understanding import folded, understand
from parvis.domains.catalog.contracts import ProductState
from parvis.domains.evidence import queries as evidence
from parvis.science.retrieval.analysis import STOP_WORDS

NEXT = 3
_READ = frozenset({Intent.EVIDENCE, Intent.PRODUCTS, Intent.SHOW})


def _medical(asking: Asking) -> Reply:
    return Reply(outcome=Outcome.REFUSED)


def _other(asking: Asking) -> Reply:
    private = cues.form("private").search(folded(asking.asked.asked))
    return Reply(outcome=Outcome.REFUSED, hints=(Hint.PRIVATE if private else Hint.COMMAND,))


def _human(asking: Asking) -> Reply:
    return Reply(outcome=Outcome.DIRECTED)


def _greeting(asking: Asking) -> Reply:
    return Reply(outcome=Outcome.GREETED)


_WAYS: Final[Mapping[Intent, Callable[[Asking], Reply]]] = {
    Intent.EVIDENCE: voices.ask,
    Intent.SHOW: voices.show,
    Intent.SIZE: voices.size,
    Intent.COMPARE: goods.compare,
    Intent.COMPATIBLE: goods.compatible,
    Intent.PRODUCTS: goods.find,
    Intent.PRICE: shop.price,
    Intent.DELIVERY: shop.delivery,
    Intent.RETURN: shop.returns,
    Intent.ORDER: shop.order,
    Intent.MEDICAL: _medical,
    Intent.OTHER: _other,
    Intent.HUMAN: _human,
    Intent.SMALLTALK: _greeting,
}


def compose(asking: Asking) -> Reply:
    """The answer, with what else there is to say and which questions would be answered next."""
    reply = _WAYS[asking.asked.intent](asking)
    if reply.outcome is Outcome.UNSAID and (again := _spelt(asking)) is not None:
        other = _WAYS[again.asked.intent](again)
        if other.hits or other.cards:
            asking, reply = again, replace(other, hints=(*other.hints, Hint.READ_AS))
    if asking.asked.intent is Intent.EVIDENCE and reply.outcome is Outcome.UNSAID and asking.product is None:
        found = goods.find(asking)  # on a list, what is typed is often what is looked for
        reply = found if found.cards else reply
    hints = list(reply.hints)
    if asking.asked.language not in ("fr", "en"):
        hints.append(Hint.OTHER_LANGUAGE)
    cards = list(reply.cards)
    if asking.product is not None and asking.product.state is not ProductState.ACTIVE:
        hints.append(Hint.NO_LONGER_SOLD)
        cards = cards or goods.alike(asking.product, locale=asking.locale)
    return replace(reply, hints=hints, cards=cards, next=_next(asking, reply))


def _spelt(asking: Asking) -> Asking | None:
    """The question with its mistyped words as voices write them; None when there is none."""
    asked = asking.asked
    words = [word for word in re.findall(r"[^\W\d_]{3,}", folded(asked.text)) if word not in _stops()]
    right = evidence.corrections(words, locale=asked.speaks) if asked.intent in _READ else {}
    if not right:
        return None
    text = re.sub(r"[^\W\d_]+", lambda word: right.get(word[0], word[0]), folded(asked.text))
    again = understand(text, locale=asked.speaks, kind=asking.kind, on_product=asking.product is not None)
    return replace(asking, asked=replace(again, asked=asked.asked, language=asked.language, speaks=asked.speaks))


@lru_cache(maxsize=1)
def _stops() -> frozenset[str]:
    return frozenset(STOP_WORDS["fr"] | STOP_WORDS["en"])


def _next(asking: Asking, reply: Reply) -> list[Suggestion]:
    """Questions that people have answered, of this product, and that were not asked yet; then what the shop knows."""
    found: list[Suggestion] = []
    summary = evidence.summary(asking.product.id) if asking.product else None
    asked = set(asking.known) | (set(reply.about) if reply.hits else set())
    if summary is not None:
        both = sorted((*summary.pros, *summary.cons), key=lambda point: (point.aspect not in reply.about, -point.count))
        for point in both:
            aspect = "fit_small" if point.aspect in sides.FITS else point.aspect
            seen = aspect in asked or (aspect == "fit_small" and asked & sides.FITS)
            if not seen and point.count >= voices.FEWEST:
                asked.add(aspect)
                found.append(Suggestion(key="aspect", aspect=aspect))
    extra = ["size"] if asking.kind == "clothing" and asking.product else []
    extra += ["delivery", "return"]
    wanted = [Suggestion(key=key) for key in extra if key not in asked and key != asking.asked.intent]
    return [*found[:NEXT], *wanted][: NEXT + 1]
