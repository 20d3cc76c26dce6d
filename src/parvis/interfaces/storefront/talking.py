"""From conversations to what pages draw: turns with their words, cards, quotes and next questions."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from parvis.core.errors import ParvisError
from parvis.domains.assistant import queries
from parvis.domains.assistant.contracts import (
    Asker,
    Compared,
    Conversation,
    Hint,
    Intent,
    OrderFact,
    Outcome,
    Passage,
    Side,
    Suggestion,
    Turn,
    Word,
)
from parvis.domains.assistant.web import (
    filter_words,
    hint_words,
    lead,
    size_rows,
    spoken_question,
    stated_words,
    suggestion_words,
    word_words,
)
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, Variant
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import AspectCount, Source, Summary
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice
from parvis.interfaces.design.films import film
from parvis.interfaces.storefront import cards, terms
from parvis.interfaces.storefront.words import order_state

POINTS = 4
_PAGES = {"reviews_policy": "storefront:reviews_policy"}
_JUDGED = (Outcome.ANSWERED, Outcome.THIN, Outcome.UNSAID, Outcome.DIRECTED)
_CALLS = (Outcome.UNSAID, Outcome.REFUSED, Outcome.DIRECTED)


def state(token: str) -> str:
    """What a window compares to know whether the conversation still looks the same."""
    revision, gone = queries.revision(token)
    return f"{revision}.{'-'.join(map(str, gone))}"


def hint(summary: Summary | None) -> str:
    """What stands in the box before a question is written: two questions that people who have the product have
    answered; "" while nobody has."""
    said = sorted((*summary.pros, *summary.cons), key=lambda point: -point.count) if summary else ()
    spoken = (spoken_question("fit_small" if point.aspect.startswith("fit_") else point.aspect) for point in said)
    return " ".join(list(dict.fromkeys(filter(None, spoken)))[:2])


def problem(error: ParvisError) -> str:
    """Why a question was not taken, in the reader's language."""
    return gettext(error.template) % error.params


def turns(conversation: Conversation, *, locale: str) -> list[dict[str, Any]]:
    """Every turn ready to be drawn, the latest first. Products, summaries and voices are read once for all."""
    said = [turn for turn in conversation.turns if turn.text or turn.asker is Asker.PERSON]
    ids = {key for turn in said for key in turn.cards} | {turn.product_id for turn in said if turn.product_id}
    ids |= {each.product_id for turn in said for each in turn.comparison}
    ids |= {each.product_id for turn in said for each in turn.passages if each.product_id and not turn.product_id}
    products = catalog.products(ids, locale=locale) if ids else {}
    listed = {key for turn in said for key in turn.cards}
    summaries = evidence.summaries(listed) if listed else {}
    filmed = [each.voice_id for turn in said for each in turn.passages if each.clip and each.voice_id]
    films = voices.voices(filmed) if filmed else {}
    names = evidence.labels(locale)
    labels = voices.aspect_labels(locale)
    return [
        {
            "turn": turn,
            "person": turn.asker is Asker.PERSON,
            "product": products.get(turn.product_id or 0),
            "lead": lead(turn) if turn.asker is Asker.SHOPPER else "",
            "hints": [hint_words(each) for each in turn.hints],
            "sign_in": Hint.SIGN_IN in turn.hints,
            # named in the first line already where it is about people
            "filters": list(filter(None, (filter_words(each) for each in turn.filters)))
            if turn.intent is Intent.SIZE
            else (),
            "counts": _counts(turn.points, names),
            "sides": _sides(turn, products, films, many=turn.product_id is None),
            "gone": turn.gone,
            "sizes": size_rows(turn.size) if turn.size else (),
            "add": _size_to_add(turn, products),
            "comparison": _comparison(turn.comparison, products, names),
            "cards": cards.product_cards([products[key] for key in turn.cards if key in products], summaries),
            "orders": [_order(each) for each in turn.orders],
            "terms": _terms(turn, locale),
            "price": _price(turn, products, locale) if "price" in turn.terms else None,
            "next": [_suggestion(each, labels) for each in turn.next],
            "words": [(each.value, word_words(each), turn.word is each) for each in Word],
            "judged": turn.outcome in _JUDGED and turn.asker is Asker.SHOPPER,
            "unsaid": turn.outcome is Outcome.UNSAID
            and turn.product_id in products
            and Hint.OTHER_LANGUAGE not in turn.hints,
            "calls": turn.outcome in _CALLS or turn.intent is Intent.HUMAN,
            "citing": [(each.text, each.cites) for each in turn.written],
        }
        for turn in reversed(said)
    ]


def _counts(points: Sequence[AspectCount], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """How many people lean which way, the most first; what hardly anybody says is left out."""
    most = max((point.count for point in points), default=0)
    kept = sorted((p for p in points if p.count * 10 >= most), key=lambda point: -point.count)
    return [{"label": names.get(p.trait, p.aspect), "count": p.count, "share": p.share} for p in kept[:POINTS]]


def _sides(
    turn: Turn, products: Mapping[int, Product], films: Mapping[int, Voice], *, many: bool
) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Passages by who agrees: (key, heading, passages)."""
    headings = {
        Side.AGREES: gettext("Content"),
        Side.DISAGREES: gettext("Not content"),
        Side.BESIDE: gettext("What is said") if many or not turn.side(Side.AGREES) else gettext("And also"),
    }
    if turn.intent is Intent.SIZE:
        headings |= {Side.AGREES: gettext("True to size"), Side.DISAGREES: gettext("Not true to size")}
    elif turn.leans:
        headings |= {Side.AGREES: gettext("They say so"), Side.DISAGREES: gettext("They say otherwise")}
    return [
        (side.value, heading, [_passage(each, products, films) for each in turn.side(side)])
        for side, heading in headings.items()
        if turn.side(side)
    ]


def _passage(each: Passage, products: Mapping[int, Product], films: Mapping[int, Voice]) -> dict[str, Any]:
    voice = films.get(each.voice_id or 0)
    clip = film(voice.video, author=cards.author(voice)) if voice is not None else None
    return {
        "passage": each,
        "spans": [(each.start, each.end, "", each.polarity)],
        "document": _PAGES.get(each.page, ""),
        "author": cards.author_name(each.author_name, each.age, each.provenance),
        "stated": list(filter(None, (stated_words(name, value) for name, value in each.stated)))[:4],
        "against": each.side is Side.DISAGREES,
        "simulated": cards.simulated(each.provenance),
        "product": products.get(each.product_id or 0),
        "film": clip,
        "moment": moment(each) if clip else None,
    }


def moment(each: Passage) -> dict[str, str] | None:
    """From where to where a clip plays, as an address and in words; None for a whole video."""
    if not each.clip_to or (each.clip_from < 1.0 and each.kind != Source.CLIP.value):
        return None
    since, until = int(each.clip_from), math.ceil(each.clip_to)
    words = (f"{seconds // 60}:{seconds % 60:02}" for seconds in (since, until))
    return dict(zip(("fragment", "since", "until"), (f"#t={since},{until}", *words), strict=True))


def _size_to_add(turn: Turn, products: Mapping[int, Product]) -> dict[str, Any] | None:
    if turn.size is None or turn.size.variant_id is None or turn.product_id not in products:
        return None
    return {"variant": turn.size.variant_id, "size": turn.size.advised[0]}


def _comparison(
    compared: Sequence[Compared], products: Mapping[int, Product], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "product": products[each.product_id],
            "summary": each.summary,
            "low": each.low,
            "high": each.high,
            "pros": _most(each.summary, "pros", names),
            "cons": _most(each.summary, "cons", names),
        }
        for each in compared
        if each.product_id in products
    ]


def _most(summary: Summary | None, sign: str, names: Mapping[str, str]) -> list[tuple[str, int]]:
    points: Sequence[AspectCount] = getattr(summary, sign) if summary else ()
    return [(names.get(point.trait, point.aspect), point.count) for point in points[:3]]


def _order(each: OrderFact) -> dict[str, Any]:
    words, badge = order_state(each.state)
    return {"order": each, "state": words, "badge": badge, "what": ", ".join(each.names[:3])}


def _terms(turn: Turn, locale: str) -> terms.Terms | None:
    asked = {"delivery": "delivery", "withdrawal": "refund"}
    wanted = " ".join(asked[key] for key in turn.terms if key in asked)
    return terms.answer(wanted, locale=locale) if wanted else None


def _price(turn: Turn, products: Mapping[int, Product], locale: str) -> dict[str, Any] | None:
    item = products.get(turn.product_id or 0)
    if item is None:
        return None
    found: Sequence[Variant] = catalog.variants_of([item.id], locale=locale).get(item.id, ())
    asked = {each.value.upper() for each in turn.filters if each.attribute == "size"}
    return {
        "product": item,
        "variants": [(v, v.label or v.sku) for v in found if not asked or v.size.upper() in asked] or [],
    }


def _suggestion(each: Suggestion, labels: Mapping[str, str]) -> dict[str, str]:
    return {"words": suggestion_words(each, labels), "aspect": each.aspect}
