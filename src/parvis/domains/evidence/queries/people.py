"""Questions about people like oneself: "show me on dry skin" wants to hear those who say that theirs is.

What authors state filters; words alone would find every dress that shows some skin.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from parvis.domains.evidence.contracts import Source
from parvis.domains.evidence.queries import files
from parvis.domains.evidence.queries.search import Hit, search
from parvis.science.text import asked as questions

_BODY: Final = frozenset({"skin_type", "hair_type"})  # said where a product is made for it, and nowhere else
_NEAR_CM: Final = 5
_STATED: Final = 0.75
_STATING: Final = 2_000  # passages that tell which products are spoken of so
_VALUES: Final = {
    "skin_type": ["dry", "oily", "combination", "sensitive", "normal", "mature", "acne_prone"],
    "hair_type": ["dry", "oily", "curly", "fine", "thick"],
}


def spoken_of(asked: str) -> dict[str, Any]:
    """Filters that a question itself makes: skin and hair as values, a height with its neighbourhood."""
    found: dict[str, Any] = {}
    for attribute, values in questions.about(asked).items():
        if attribute == "height_cm":
            found[attribute] = (int(values[0]) - _NEAR_CM, int(values[0]) + _NEAR_CM)
        else:
            found[attribute] = list(values)
    return found


def search_people(
    asked: str,
    people: Mapping[str, Any],
    *,
    locale: str,
    k: int,
    kinds: Collection[Source],
    product_ids: Sequence[int] | None,
) -> tuple[float, list[Hit]]:
    """As ``search``: those who state what the question speaks of come first. In the whole shop a question about skin or
    hair is answered by them alone, or where nobody states it by voices on products of that kind, never by the others.
    """
    chance, own = search(asked, locale=locale, k=k, kinds=kinds, product_ids=product_ids, where=people)
    if own and questions.nothing_else(asked):
        chance = max(chance, _STATED)  # nothing was asked but to hear them
    if product_ids is None and not _BODY.isdisjoint(people):
        if own:
            return chance, own
        product_ids = _products(sorted(_BODY & set(people)))
        kinds = [each for each in kinds if each is not Source.POLICY]
        if not product_ids or not kinds:
            return 0.0, []
    other_chance, others = search(asked, locale=locale, k=k, kinds=kinds, product_ids=product_ids)
    first = {hit.id for hit in own}
    return max(chance, other_chance), [*own, *(hit for hit in others if hit.id not in first)][:k]


def _products(attributes: Sequence[str]) -> list[int]:
    """Products of which somebody states such an attribute."""
    index = files.reader()
    if index is None:
        return []
    found: set[int] = set()
    for attribute in attributes:
        groups = index.passages(where={attribute: _VALUES[attribute]}, limit=_STATING)["group"].to_list()
        found |= {int(each) for each in groups if each and each.isdigit()}
    return sorted(found)
