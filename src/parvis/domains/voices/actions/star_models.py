"""The brand's own reviews teach how its customers give stars; the taught model is used only where it is better.

Learning happens outside of any lock and is written down in one conditional update, so that a killed worker leaves
nothing half done, and a second one that did the same work changes nothing.
"""

from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from io import BytesIO
from math import isnan
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from parvis.core.errors import Conflict, ParvisError
from parvis.domains.people import actions as people
from parvis.domains.voices import models, queries
from parvis.domains.voices.contracts import Bounded, StarModel, StarModelState, StarTrial

MOST = 4_000  # reviews learnt from, the newest: more cost memory and bring little
LEAST = 100  # texts of a language that are examined
_ONE_NAME = 10  # reviews under one name that may be one person's
LEFT_AFTER = timedelta(minutes=30)  # a lesson that takes longer has lost its worker
log = structlog.get_logger("parvis.voices")


class TooFewLessons(ParvisError):
    """``needed`` rated reviews are needed in one language; ``found`` are there."""

    code = "too_few_lessons"
    status = 409
    template = "%(needed)s public reviews with words and stars are needed in one language; there are %(found)s."


class NoBetter(ParvisError):
    """In no language did the taught model err less than the shipped one."""

    code = "no_better"
    status = 409
    template = "This model is in no language better than the shipped one."


class Outdated(ParvisError):
    """The taught model rests on another shipped model than the one in use."""

    code = "outdated_star_model"
    status = 409
    template = "This model rests on an older shipped model. Learn again."


def ask_for_star_model(*, actor_id: int | None, at: datetime) -> StarModel:
    """Begin a lesson, or give the one under way. ``learn_stars`` (or the task ``voices.learn_stars``) carries it out.

    Raises TooFewLessons.
    """
    found = queries.lessons()
    if not found.enough:
        raise TooFewLessons(needed=found.needed, found=found.most)
    with transaction.atomic():
        lost = models.StarModel.objects.filter(state=StarModelState.LEARNING, asked_at__lt=at - LEFT_AFTER)
        lost.update(state=StarModelState.FAILED, finished_at=at, problem="lost")
        running = models.StarModel.objects.filter(state=StarModelState.LEARNING).values_list("id", flat=True).first()
        if running is not None:
            return queries.star_model(running)
        try:
            with transaction.atomic():
                made = models.StarModel.objects.create(base=queries.shipped_model(), asked_by_id=actor_id, asked_at=at)
        except IntegrityError:  # somebody began at the same moment
            return queries.star_model(models.StarModel.objects.get(state=StarModelState.LEARNING).pk)
        _note("stars.learn", made.pk, actor_id, at)
    return queries.star_model(made.pk)


def learn_stars(*, star_model_id: int, at: datetime) -> StarModel:
    """Learn, examine, and keep what was found. Safe to repeat: a finished lesson stays as it is. Raises NotFound."""
    lesson = queries.star_model(star_model_id)
    if lesson.state is not StarModelState.LEARNING:
        return lesson
    try:
        found = _learn()
    except ParvisError as error:  # all stars equal, say: told on the page, not tried again
        log.warning("stars cannot be learnt", star_model=star_model_id, code=error.code)
        found = {"state": StarModelState.FAILED, "problem": str(error)[:500]}
    living = models.StarModel.objects.filter(id=star_model_id, state=StarModelState.LEARNING)
    living.update(**found, finished_at=at)
    return queries.star_model(star_model_id)


def adopt_star_model(*, star_model_id: int, actor_id: int | None, at: datetime) -> StarModel:
    """Read with a taught model from now on, in the languages in which it is better; another one in use retires.

    Readings made before keep their stars until they are made anew. Raises NotFound, NoBetter, Outdated.
    """
    with transaction.atomic():
        wanted = queries.star_model(star_model_id)
        if wanted.state is StarModelState.ADOPTED:
            return wanted
        if not wanted.languages or wanted.state not in {StarModelState.LEARNT, StarModelState.RETIRED}:
            raise NoBetter
        if wanted.base != queries.shipped_model():
            raise Outdated
        used = models.StarModel.objects.select_for_update().filter(state=StarModelState.ADOPTED)
        used.update(state=StarModelState.RETIRED)
        try:
            with transaction.atomic():
                chosen = models.StarModel.objects.filter(id=star_model_id)
                chosen.update(state=StarModelState.ADOPTED, adopted_at=at)
        except IntegrityError as error:
            raise Conflict(reason="somebody else has just adopted another model") from error
        _note("stars.adopted", star_model_id, actor_id, at)
    return queries.star_model(star_model_id)


def retire_star_model(*, actor_id: int | None, at: datetime) -> None:
    """Read with the shipped model from now on. Nothing happens when it is in use already."""
    with transaction.atomic():
        used = models.StarModel.objects.select_for_update().filter(state=StarModelState.ADOPTED)
        for key in list(used.values_list("id", flat=True)):
            models.StarModel.objects.filter(id=key).update(state=StarModelState.RETIRED)
            _note("stars.retired", key, actor_id, at)


def _learn() -> dict[str, Any]:
    import polars as pl

    from parvis.science import text

    newest = queries.teaching().order_by("-submitted_at", "-id")
    fields = ("id", "title", "text", "stars", "language", "customer_id", "author_name", "fingerprint", "submitted_at")
    rows = list(newest.values_list(*fields)[:MOST])
    examples = pl.DataFrame(
        {
            "title": [row[1] for row in rows],
            "text": [row[2] for row in rows],
            "rating": [float(row[3]) for row in rows],
            "language": [row[4] or None for row in rows],
            "author": _authors(rows),
        },
        schema_overrides={"language": pl.String},
    )
    trials = [_trial(each) for each in text.compare(examples, least=LEAST)]
    languages = [each.language for each in trials if each.better]
    found: dict[str, Any] = {
        "labels": dict(Counter(row[4] or "und" for row in rows).most_common()),
        "learnt_from": sorted(row[0] for row in rows),
        "first": min(row[8] for row in rows).date(),
        "last": max(row[8] for row in rows).date(),
        "trials": [asdict(each) for each in trials],
        "languages": languages,
        "state": StarModelState.LEARNT if languages else StarModelState.NO_BETTER,
    }
    if languages:
        held = BytesIO()
        text.fit(examples.drop("author")).save(held)
        found |= {"weights": held.getvalue(), "size": held.tell()}
    return found


def _authors(rows: list[Any]) -> list[str]:
    """Who wrote each, as far as is known. A name that many bear ("Anonymous") is nobody's: the same words then count as
    one author's."""
    names = Counter(row[6] for row in rows)
    found = []
    for voice_id, _, _, _, _, customer_id, name, fingerprint, _ in rows:
        if customer_id is not None:
            found.append(f"customer {customer_id}")
        elif name and names[name] <= _ONE_NAME:
            found.append(f"name {name}")
        else:
            found.append(f"words {fingerprint if fingerprint is not None else voice_id}")
    return found


def _trial(found: Any) -> StarTrial:
    return StarTrial(
        language=found.language,
        texts=found.texts,
        clear=found.clear,
        better=found.better,
        **{name: _bounded(getattr(found, name)) for name in ("own", "shipped", "gain", "own_right", "shipped_right")},
    )


def _bounded(interval: Any) -> Bounded:
    if isnan(interval.value):  # no clear text at all: anything is possible
        return Bounded(value=0.0, low=0.0, high=1.0)
    return Bounded(value=float(interval.value), low=float(interval.low), high=float(interval.high))


def _note(verb: str, key: int, actor_id: int | None, at: datetime) -> None:
    people.note(actor_id=actor_id, verb=verb, subject_kind="star_model", subject_id=key, at=at)
