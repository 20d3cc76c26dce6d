"""What the brand's own reviews could teach, what was learnt, and the model in force."""

from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from parvis.core.errors import NotFound
from parvis.domains.voices import models
from parvis.domains.voices.contracts import (
    Bounded,
    Lessons,
    Origin,
    StarModel,
    StarModelState,
    StarTrial,
    VoiceKind,
    VoiceState,
)

if TYPE_CHECKING:
    from parvis.science.text import Taught

NEEDED = 300  # rated reviews in one language
_FIELDS = ("id", "base", "first", "last", "size", "asked_at", "finished_at", "adopted_at", "problem")
_BOUNDED = ("own", "shipped", "gain", "own_right", "shipped_right")


def lessons() -> Lessons:
    """How many reviews could teach, by language. One statement."""
    rows = teaching().order_by().values_list("language").annotate(count=Count("id"))
    counted: Counter[str] = Counter()
    for language, count in rows:
        counted[language or "und"] += count
    return Lessons(labels=dict(counted.most_common()), needed=NEEDED)


def teaching() -> "QuerySet[models.Voice]":
    """Public reviews with words and stars. The demonstration's are none of them: the shipped models learnt from those
    very reviews, and an examination in known texts says nothing."""
    rated = models.Voice.objects.filter(
        Q(kind=VoiceKind.REVIEW) | Q(kind=VoiceKind.COMMENT, product__isnull=True, parent__isnull=True),
        state=VoiceState.PUBLISHED,
        stars__isnull=False,
    )
    return rated.exclude(text="").exclude(origin=Origin.DEMO)


def star_model(star_model_id: int) -> StarModel:
    """One lesson with its card. Raises NotFound. Two statements."""
    row = models.StarModel.objects.defer("weights").filter(id=star_model_id).first()
    if row is None:
        raise NotFound(kind="star_model", key=star_model_id)
    return _shaped(row)


def star_models(*, limit: int = 10) -> tuple[StarModel, ...]:
    """The latest lessons first; how many of their reviews are gone is told by :func:`star_model` only."""
    rows = models.StarModel.objects.defer("weights").order_by("-id")[:limit]
    return tuple(_shaped(row, gone=0) for row in rows)


def star_model_adopted() -> StarModel | None:
    """The adopted one, also when it rests on an older shipped model and is therefore silent. Two statements."""
    row = models.StarModel.objects.defer("weights").filter(state=StarModelState.ADOPTED).first()
    return None if row is None else _shaped(row)


def are_stars_taught(base: str) -> bool:
    """Whether a model of the brand's own is adopted on top of the shipped model ``base``. One statement."""
    return models.StarModel.objects.filter(state=StarModelState.ADOPTED, base=base).exists()


def taught_stars(base: str) -> "tuple[int, Taught] | None":
    """The adopted model on top of the shipped model ``base``, ready to read with, and its id. One statement; the
    weights are fetched once a process."""
    adopted = models.StarModel.objects.filter(state=StarModelState.ADOPTED, base=base)
    found = adopted.values_list("id", "languages").first()
    if found is None:
        return None
    key, languages = found
    if key not in _OPEN:
        _OPEN.clear()
        _OPEN[key] = _opened(key, languages)
    return key, _OPEN[key]


_OPEN: "dict[int, Taught]" = {}


def _opened(key: int, languages: list[str]) -> "Taught":
    from parvis.science.text import OwnStars, Taught

    weights = models.StarModel.objects.values_list("weights", flat=True).get(id=key)
    return Taught(OwnStars.open(BytesIO(bytes(weights or b""))), frozenset(languages))


def _shaped(row: models.StarModel, gone: int | None = None) -> StarModel:
    if gone is None:
        standing = models.Voice.objects.filter(id__in=row.learnt_from, state=VoiceState.PUBLISHED).count()
        gone = len(row.learnt_from) - standing
    return StarModel(
        **{name: getattr(row, name) for name in _FIELDS},
        state=StarModelState(row.state),
        labels=dict(row.labels),
        languages=tuple(row.languages),
        trials=tuple(_trial(each) for each in row.trials),
        asked_by=row.asked_by_id,
        gone=gone,
    )


def _trial(kept: dict[str, Any]) -> StarTrial:
    return StarTrial(**(kept | {name: Bounded(**kept[name]) for name in _BOUNDED}))
