"""Products whose reviews speak of what is searched for, and the words that reviewers use for it."""

from collections.abc import Sequence

import structlog

from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Source, Spoken
from parvis.domains.evidence.models import Proof
from parvis.domains.evidence.queries import files
from parvis.science.retrieval import IndexCorrupt

log = structlog.get_logger("parvis.evidence")
_SAID = {"kind": [str(Source.REVIEW), str(Source.ANSWER)]}


def speaking(asked: str, *, locale: str, limit: int = 200) -> Spoken:
    """Products, best first, with public voices that have the words of ``asked`` (or their translation) in one passage;
    of three words or more one may be ``missing``. Nothing is claimed that no voice says."""
    index, text = files.reader(), rules.clean_question(asked)
    if index is None or not text:
        return Spoken()
    try:
        found = index.speaking(text, k=limit, language=locale[:2], where=_SAID)
    except IndexCorrupt as error:
        log.warning("the search index is damaged", told=str(error))
        files.forget()
        return Spoken()
    ids = [int(group) for group, _, _ in found.groups if group.isdigit()]
    # A product whose last public voice has just gone is not listed, even before the index has heard of it.
    shown = set(Proof.objects.filter(product_id__in=ids).values_list("product_id", flat=True).distinct())
    return Spoken(words=found.words, missing=found.missing, products=tuple(each for each in ids if each in shown))


def search_products(asked: str, *, locale: str, limit: int = 200) -> list[int]:
    """Products whose voices speak of ``asked``, best first."""
    return list(speaking(asked, locale=locale, limit=limit).products)


def corrections(words: Sequence[str], *, locale: str) -> dict[str, str]:
    """For each of ``words`` (folded) that is probably mistyped: the word that many voices have instead."""
    index = files.reader()
    found = {word: index.corrected(word, language=locale[:2]) for word in words} if index is not None else {}
    return {word: right[0] for word, right in found.items() if right is not None}
