"""Learning the brand's manner, and deciding it."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.copywriting import models, queries
from parvis.domains.copywriting.contracts import Profile, Rules
from parvis.domains.copywriting.queries.tone import as_profile
from parvis.domains.people import actions as people
from parvis.domains.voices import queries as voices
from parvis.science import support

LONGEST_TEXT, MOST_TEXTS, MOST_PRODUCTS = 200_000, 200, 500
MOST_HEARD, REVIEWS_OF_EACH = 40, 50  # products whose reviews words are compared with
_ADDRESSES = {"fr": ("", "tu", "vous", "none"), "en": ("", "you", "none")}
_BOUNDS = {
    "sentence_words": (4, 40),
    "title_chars": (15, 120),
    "short_words": (8, 120),
    "long_words": (20, 600),
    "meta_chars": (60, 320),
    "pace": (80, 240),
}


class ProfileEdited(Conflict):
    """Somebody made a version since."""

    code = "copy_profile_edited"
    template = "Somebody has changed the tone since you opened it (version %(version)s now)."


def learn(
    *, language: str, actor_id: int | None, actor_name: str, at: datetime, products: Iterable[int] | None = None
) -> Profile:
    """Measure the brand's texts anew: descriptions of the catalogue that were not written here (of ``products``, or of
    the first five hundred), and texts the brand gave. A new version, with the rules of the last; the first takes its
    lengths from what was measured."""
    from parvis.science import tone

    described = own_descriptions(language, products)
    texts = [*described.values(), *(each.text for each in queries.brand_texts(language))]
    said = (each for key in list(described)[:MOST_HEARD] for each in voices.published_for(key, limit=REVIEWS_OF_EACH))
    others = [each.text for each in said if (each.language or "")[:2] == language]
    found = tone.measure(texts, language=language, others=others)
    before = queries.profile(language)
    rules = before.rules if before.version else _from(found, before.rules)
    measured: dict[str, Any] = {
        "figures": {name: asdict(figure) for name, figure in found.figures.items()},
        "lexicon": [asdict(word) for word in found.lexicon],
        "lengths": list(found.lengths[:2_000]),
        "words": found.words,
        "examples": list(queries.examples(language, tuple(texts))),
    }
    return _keep(
        language, before.version, rules, measured, found.texts, found.sentences, found.enough, found.address,
        actor_id=actor_id, actor_name=actor_name, at=at, verb="copy.tone_learnt",
    )  # fmt: skip


def own_descriptions(language: str, products: Iterable[int] | None) -> dict[int, str]:
    """Descriptions that the brand wrote itself: facts, never what was published from here. A sentence said of several
    products (numbers apart) counts once, and what is left of one sentence or none is left out. By product."""
    wanted = None if products is None else set(products)
    found = catalog.products_after(0, locale=language, limit=MOST_PRODUCTS if wanted is None else 10 * MOST_PRODUCTS)
    sheets = dict(models.FactSheet.objects.filter(language=language).values_list("product_id", "text"))
    rows = models.Publication.objects.filter(draft__language=language, undone_at=None).values_list("after", flat=True)
    ours = {value for after in rows for value in after.values()}
    said: set[str] = set()
    kept = {}
    for each in found:
        if wanted is not None and each.id not in wanted:
            continue
        text = sheets.get(each.id, "") if each.description in ours else each.description
        fresh = []
        for sentence in support.sentences(text):
            key = re.sub(r"\d+", "0", support.folded(sentence))
            if key not in said:
                said.add(key)
                fresh.append(sentence)
        if len(fresh) >= 2:
            kept[each.id] = " ".join(fresh)
    return kept


def _from(found: Any, rules: Rules) -> Rules:
    """Lengths as the brand has them."""
    figures = found.figures
    made = rules
    if found.enough:
        sentence, text = figures["sentence_words"].value, figures["text_words"].value
        made = replace(made, sentence_words=_within("sentence_words", round(sentence)))
        made = replace(made, long_words=_within("long_words", max(60, round(2 * text))))
        made = replace(made, exclamation=figures["exclamation"].low > 0.02, emoji=figures["emoji"].low > 0.02)
    return made


def _within(name: str, value: int) -> int:
    low, high = _BOUNDS[name]
    return min(high, max(low, value))


def set_rules(
    *, language: str, base: int, rules: Rules, actor_id: int | None, actor_name: str, at: datetime
) -> Profile:
    """Decide the manner: a new version on top of ``base``. Raises Invalid, ProfileEdited."""
    for name, (low, high) in _BOUNDS.items():
        if not low <= getattr(rules, name) <= high:
            raise Invalid(field=name, problem=f"{low} to {high}")
    if rules.address not in _ADDRESSES[language]:
        raise Invalid(field="address", problem=rules.address)
    before = queries.profile(language)
    if before.version != base:
        raise ProfileEdited(version=before.version)
    return _keep(
        language, base, rules, dict(before.measured), before.texts, before.sentences, before.enough, before.address,
        actor_id=actor_id, actor_name=actor_name, at=at, verb="copy.tone_changed",
    )  # fmt: skip


@transaction.atomic
def _keep(  # noqa: PLR0913 - the columns of one row
    language: str,
    base: int,
    rules: Rules,
    measured: dict[str, Any],
    texts: int,
    sentences: int,
    enough: bool,
    address: str,
    *,
    actor_id: int | None,
    actor_name: str,
    at: datetime,
    verb: str,
) -> Profile:
    row, made = models.ToneProfile.objects.get_or_create(
        language=language,
        version=base + 1,
        defaults={
            "rules": {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(rules).items()},
            "measured": measured, "texts": texts, "sentences": sentences, "enough": enough, "address": address,
            "actor_id": actor_id, "actor_name": actor_name[:150], "at": at,
        },
    )  # fmt: skip
    if not made:
        raise ProfileEdited(version=row.version)
    people.note(
        actor_id=actor_id, verb=verb, subject_kind="tone", subject_id=language, detail={"version": base + 1}, at=at
    )
    return as_profile(row)


@transaction.atomic
def add_text(*, language: str, title: str, text: str, actor_id: int | None, actor_name: str, at: datetime) -> int:
    """Give a text of the brand to learn from; the same text is kept once. Raises Invalid."""
    said = text.replace("\0", "").strip()
    if not said or len(said) > LONGEST_TEXT:
        raise Invalid(field="text", problem=f"1 to {LONGEST_TEXT} characters")
    if language not in _ADDRESSES:
        raise Invalid(field="language", problem="fr or en")
    if models.BrandText.objects.filter(language=language).count() >= MOST_TEXTS:
        raise Invalid(field="text", problem=f"at most {MOST_TEXTS} texts are kept")
    row, _made = models.BrandText.objects.get_or_create(
        language=language,
        digest=hashlib.sha256(said.encode()).hexdigest(),
        defaults={
            "title": " ".join(title.split())[:150], "text": said, "actor_id": actor_id,
            "actor_name": actor_name[:150], "at": at,
        },
    )  # fmt: skip
    return row.pk


def remove_text(*, text_id: int) -> None:
    """Forget a text of the brand. Raises NotFound."""
    if not models.BrandText.objects.filter(pk=text_id).delete()[0]:
        raise NotFound(kind="text", key=text_id)


@transaction.atomic
def save_facts(*, product_id: int, language: str, text: str, actor_id: int | None, at: datetime) -> None:
    """The facts of a product as the team knows them, in the place of the catalogue's description. Raises NotFound."""
    name, _text, _edited = queries.facts_text(product_id, language)
    models.FactSheet.objects.update_or_create(
        product_id=product_id,
        language=language,
        defaults={"text": text.replace("\0", "").strip()[:20_000], "name": name, "edited": True, "taken_at": at},
    )
    people.note(
        actor_id=actor_id, verb="copy.facts_saved", subject_kind="product", subject_id=str(product_id),
        detail={"language": language}, at=at,
    )  # fmt: skip
