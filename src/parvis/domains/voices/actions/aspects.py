"""The brand edits what its readings look for. Readings follow when they are made anew (``actions.start_rereading``)."""

from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.people import actions as people
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.contracts import AspectDefinition


def save_aspect(definition: AspectDefinition, *, actor_id: int | None, at: datetime) -> AspectDefinition:
    """Keep an aspect as given; one without a key is the brand's own and gets a key from its English name.

    Raises NameMissing, TooManyCues, UnknownKind, UnreadableCue or OpenBracket.
    """
    from parvis.science.text import kinds

    rules.check_definition(definition, kinds())
    if not definition.key:
        definition = replace(definition, key=_free_key(definition.name_en))
    values = {name: getattr(definition, name) for name in _PLAIN}
    values |= {"kinds": list(definition.kinds), "cues": [asdict(cue) for cue in definition.cues]}
    with transaction.atomic():
        models.Aspect.objects.update_or_create(
            key=definition.key, defaults={**values, "changed_by_id": actor_id, "changed_at": at}
        )
        _note("aspect.saved", definition.key, actor_id, at)
    queries.forget_labels()
    return queries.aspect(definition.key)


_PLAIN = ("name_en", "name_fr", "pro_en", "pro_fr", "con_en", "con_fr", "active")


def restore_aspect(*, key: str, actor_id: int | None, at: datetime) -> None:
    """Forget what the brand changed of a shipped aspect, or one of its own altogether. Raises NotFound."""
    with transaction.atomic():
        gone, _ = models.Aspect.objects.filter(key=key).delete()
        if not gone:
            raise NotFound(kind="aspect", key=key)
        _note("aspect.restored", key, actor_id, at)
    queries.forget_labels()


def set_category_kind(*, category_key: str, kind: str, actor_id: int | None, at: datetime) -> None:
    """Say which kind of product a category holds; the empty string leaves it to its name.

    Raises NotFound or UnknownKind.
    """
    from parvis.science.text import kinds

    if category_key not in {each.key for each in catalog.categories("en")}:
        raise NotFound(kind="category", key=category_key)
    if kind and kind not in kinds():
        raise rules.UnknownKind(kind=kind)
    with transaction.atomic():
        if kind:
            models.CategoryKind.objects.update_or_create(category_key=category_key, defaults={"kind": kind})
        else:
            models.CategoryKind.objects.filter(category_key=category_key).delete()
        people.note(
            actor_id=actor_id,
            verb="category.kind",
            subject_kind="category",
            subject_id=category_key,
            detail={"kind": kind},
            at=at,
        )


def _note(verb: str, key: str, actor_id: int | None, at: datetime) -> None:
    people.note(actor_id=actor_id, verb=verb, subject_kind="aspect", subject_id=key, detail={}, at=at)


def _free_key(name: str) -> str:
    base = slugify(name).replace("-", "_")[:36] or "aspect"
    taken = {each.key for each in queries.aspects()}
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 1000))) if key not in taken)
