"""What came of an answer: the shopper's own word, what went into the cart, the question put to owners."""

from datetime import datetime

from django.db import transaction

from parvis.core.errors import NotFound
from parvis.domains.assistant import models
from parvis.domains.assistant.actions import regrading
from parvis.domains.assistant.contracts import Asker, Outcome, Word
from parvis.domains.assistant.rules import grading


@transaction.atomic
def judge(*, token: str, number: int, word: Word | None, at: datetime) -> None:
    """The shopper says whether an answer helped (None takes it back). Her word counts before the rules."""
    row = regrading.locked(token=token)
    turn = _turn(row, number)
    turn.word = word.value if word else ""
    _grade(turn)
    regrading.follow(row, at=at)


@transaction.atomic
def note_added(*, token: str, number: int, variant_id: int, at: datetime) -> None:
    """The product of an answer went into the cart from it."""
    row = regrading.locked(token=token)
    turn = _turn(row, number)
    turn.added_variant_id = variant_id
    _grade(turn)
    regrading.follow(row, at=at)


@transaction.atomic
def note_public(*, token: str, number: int, voice_id: int, at: datetime) -> None:
    """The question of a turn became a public one, voice ``voice_id``."""
    row = regrading.locked(token=token)
    turn = _turn(row, number)
    turn.public_voice_id = voice_id
    turn.save(update_fields=["public_voice"])
    regrading.follow(row, at=at)


def _turn(row: models.Conversation, number: int) -> models.Turn:
    turn = models.Turn.objects.filter(conversation=row, number=number, asker=Asker.SHOPPER).first()
    if turn is None:
        raise NotFound(kind="turn", key=number)
    return turn


def _grade(turn: models.Turn) -> None:
    outcome = Outcome(turn.outcome)
    rule = grading.by_rules(outcome, added=turn.added_variant_id is not None)
    turn.graded = rule.value
    turn.resolution = grading.settled(rule, Word(turn.word) if turn.word else None).value
    turn.save(update_fields=["word", "graded", "resolution", "added_variant"])
