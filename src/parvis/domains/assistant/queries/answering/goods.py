"""Products: found by what people say, set side by side, asked about together with the cart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from parvis.domains.assistant.contracts import Hint, Outcome, Side
from parvis.domains.assistant.queries.answering import people, voices
from parvis.domains.assistant.queries.answering.reply import PASSAGES, Asking, Hit, Reply
from parvis.domains.assistant.rules import topics
from parvis.domains.assistant.rules.understanding import compared_with, folded
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, ProductState
from parvis.domains.evidence import queries as evidence
from parvis.domains.voices import queries as spoken
from parvis.science.retrieval.analysis import STOP_WORDS, stem

CARDS = 4
LOOKED_AT = 30  # passages of people like those asked about
FURTHER = 150  # products among which those of a kind are looked for


def find(asking: Asking) -> Reply:
    """Products of which people say what is looked for, with their words; else those that are called so."""
    asked = asking.asked
    if any(each.attribute in ("skin_type", "hair_type") for each in asked.filters):
        told = voices.whose(asking, most=LOOKED_AT)
        praised = [each for each in told.hits if each.voice_id and each.side is Side.AGREES]
        known = spoken.voices([each.voice_id for each in told.hits if each.voice_id])
        ids = [known[each.voice_id].product_id for each in praised if each.voice_id in known]
        if cards := _offered([key for key in ids if key], asking):
            of_those = [
                each for each in told.hits if each.voice_id in known and known[each.voice_id].product_id in cards
            ]
            return replace(told, cards=cards, hits=people.balanced(of_those, PASSAGES))
    topic = topics.left(asked.text)
    ordered, sure = _spoken_of(topic, asking)
    cards = _offered(ordered, asking)
    if not cards:
        return Reply(outcome=Outcome.UNSAID)
    return Reply(
        outcome=Outcome.ANSWERED if sure else Outcome.THIN,
        certainty=1.0,
        cards=cards,
        hits=_said_of(asking, cards, topic),
    )


def _spoken_of(topic: str, asking: Asking) -> tuple[list[int], bool]:
    """Products that people speak of so, those also called so first; whether anybody really says all of it. Where a kind
    of thing is named, which nobody writes of what is one ("jeans"), also those of which the rest is said."""
    if not topic:
        return [], False
    said = evidence.speaking(topic, locale=asking.asked.speaks)
    named = catalog.search(text=topic, locale=asking.locale, limit=30)
    called = [] if named.loosened else [item.id for item in named.items]
    ids = list(said.products[:30])
    kinds = set(topics.kinds(topic))
    rest = " ".join(word for word in topic.split() if word not in kinds) if kinds else ""
    others = evidence.speaking(rest, locale=asking.asked.speaks).products[:FURTHER] if rest else ()
    ordered = dict.fromkeys([*(key for key in ids if key in called), *ids, *called, *others])
    return list(ordered), bool(ids) and not said.missing


def _offered(ids: Sequence[int], asking: Asking) -> list[int]:
    """Of these products, the first that are sold; where the kind of thing is named, those of that kind."""
    ordered = list(dict.fromkeys(ids))
    found = catalog.products(ordered, locale=asking.locale)
    sold = [key for key in ordered if key in found and _sold(found[key])]
    language = asking.locale[:2]
    kinds = {stem(word, language) for word in topics.kinds(asking.asked.text)}
    named = {
        key: {stem(w, language) for w in folded(f"{found[key].name} {found[key].category_name}").split()}
        for key in sold
    }
    return ([key for key in sold if kinds & named[key]] or sold)[:CARDS]


def _said_of(asking: Asking, cards: Sequence[int], topic: str) -> list[Hit]:
    """A passage of each product that speaks of it."""
    hits: list[Hit] = []
    for product_id in cards:
        answer = evidence.ask(product_id, topic, locale=asking.asked.speaks, k=1)
        known = spoken.voices([quote.voice_id for quote in answer.quotes])
        told = [voices.hit(each, known.get(each.voice_id), (), None) for each in answer.quotes]
        hits += [each for each in told if each is not None]
    return hits[:PASSAGES]


def _sold(item: Product) -> bool:
    return item.state is ProductState.ACTIVE and item.in_stock


def alike(item: Product, *, locale: str) -> list[int]:
    """What is sold of the same kind, the best rated first."""
    listed = catalog.search(
        categories=(item.category_key,), in_stock=True, exclude_ids=[item.id], locale=locale, limit=50
    )
    ids = {each.id for each in listed.items}
    return [key for key in evidence.ranked() if key in ids][:CARDS]


def compare(asking: Asking) -> Reply:
    """Two products side by side, by what is said of both. What this shop does not sell is not compared with."""
    words = compared_with(asking.asked.asked)
    others = _named(words, asking)
    mine = [asking.product.id] if asking.product else []
    pair = list(dict.fromkeys([*mine, *others]))
    if len(pair) > 2:
        return Reply(outcome=Outcome.DIRECTED, hints=(Hint.WHICH_PRODUCT,), cards=others[:CARDS])
    if len(pair) == 2:
        return Reply(outcome=Outcome.ANSWERED, certainty=1.0, compared=pair)
    if words and not _only_pronouns(words):
        return Reply(outcome=Outcome.REFUSED, hints=(Hint.NOT_OURS,), cards=_close(asking))
    return Reply(outcome=Outcome.DIRECTED, hints=(Hint.WHICH_PRODUCT,), cards=_close(asking))


def _close(asking: Asking) -> list[int]:
    return alike(asking.product, locale=asking.locale) if asking.product else []


def _only_pronouns(words: str) -> bool:
    return not [word for word in words.split() if len(word) > 2]


def _named(words: str, asking: Asking) -> list[int]:
    """Products that are called so: all the words of a name's question are in it, or one lies in the cart."""
    mine = {asking.product.id} if asking.product else set()
    lying = [line.product_id for line in asking.cart.lines if line.product_id not in mine] if asking.cart else []
    if lying and re.search(r"\b(?:cart|basket|bag|panier)\b", folded(asking.asked.asked)):
        return lying
    if not words or _only_pronouns(words):
        return []
    found = catalog.search(text=words, locale=asking.locale, exclude_ids=list(mine), limit=5)
    if found.loosened or found.corrected:
        return []
    exact = [item.id for item in found.items if folded(item.name) == words]
    return exact or [item.id for item in found.items if item.state is ProductState.ACTIVE]


def compatible(asking: Asking) -> Reply:
    """Whether it goes with what lies in the cart, or with what is named: only what people say of both together."""
    lines = list(asking.cart.lines) if asking.cart else []
    subject = asking.product.id if asking.product else lines[0].product_id if lines else None
    if subject is None:
        return Reply(outcome=Outcome.DIRECTED, hints=(Hint.EMPTY_CART,))
    others = [line.name for line in lines if line.product_id != subject]
    in_cart = bool(re.search(r"\b(?:cart|basket|bag|panier)\b", folded(asking.asked.asked)))
    if in_cart and not others:
        return Reply(outcome=Outcome.DIRECTED, hints=(Hint.EMPTY_CART,))
    wanted = others if in_cart or asking.product is None else [asking.asked.asked]
    hits = _together(asking, subject, wanted)
    if not hits:
        return Reply(outcome=Outcome.UNSAID, cards=() if asking.product else [subject])
    return Reply(
        outcome=Outcome.ANSWERED if len(hits) >= voices.FEWEST else Outcome.THIN,
        certainty=0.7,
        hits=hits,
        hints=() if len(hits) >= voices.FEWEST else (Hint.FEW,),
    )


_OF_COMPANY = re.compile(
    r"\b(?:with|over|under|then|together|avec|sous|sur|puis|ensemble|par dessus|associ\w+|goes|pairs?|paired|match\w*"
    r"|wore|worn|va|porte\w*|assorti\w*|combin\w+|duo|compens\w+)\b"
)


def _together(asking: Asking, subject: int, names: Iterable[str]) -> list[Hit]:
    """Passages of the subject in which the other thing is named as its company."""
    things = list(dict.fromkeys(each for name in names for each in topics.things(name)))
    if not things:
        return []
    found: list[Hit] = []
    for voice in people.reviews(subject):
        language = voice.language if voice.language in STOP_WORDS else "en"
        known = {stem(word, language) for word in folded(voice.text).split()}
        named = [thing for thing in things if stem(thing, language) in known]
        places = [place for thing in named if (place := _place(voice.text, thing)) is not None]
        place = next((each for each in places if _OF_COMPANY.search(_around(voice.text, each))), None)
        if place is None:
            continue
        start, end = people.sentence(voice.text, *place)
        polarity = people.whole(voice)
        side = Side.AGREES if polarity > 0 else Side.DISAGREES if polarity < 0 else Side.BESIDE
        found.append(Hit(voice_id=voice.id, start=start, end=end, polarity=polarity, side=side))
    return people.balanced(found, PASSAGES)


def _around(text: str, place: tuple[int, int]) -> str:
    start, end = people.sentence(text, *place)
    return folded(text[start:end])


def _place(text: str, thing: str) -> tuple[int, int] | None:
    """Where a thing is named, with or without its accents."""
    words = re.finditer(r"\w+", text)
    return next((word.span() for word in words if folded(word[0]).startswith(thing[:5])), None)
