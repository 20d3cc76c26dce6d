"""One vote a person and voice, changeable; the counts are exact whatever comes at once."""

from datetime import datetime

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.domains.voices import models
from parvis.domains.voices.contracts import VoiceState, VotesChanged


class OwnVoice(Conflict):
    """Nobody votes for the own voice."""

    code = "own_voice"
    template = "You cannot vote on what you wrote yourself."


def vote(*, voice_id: int, voter: str, value: int, at: datetime) -> tuple[int, int]:
    """Keep what ``voter`` ("customer:12", or a hash of a visit) thinks: +1 helpful, -1 not, 0 takes the vote back.

    Returns the counts (up, down) after it. Raises NotFound unless the voice is public, and OwnVoice.
    """
    if value not in (-1, 0, 1):
        raise Invalid(field="value", problem="must be -1, 0 or 1")
    voter = voter[:80]
    with transaction.atomic():
        # the lock on the voice puts its votes in a row
        voice = (
            models.Voice.objects.select_for_update(no_key=True).filter(id=voice_id, state=VoiceState.PUBLISHED).first()
        )
        if voice is None:
            raise NotFound(kind="voice", key=voice_id)
        if voice.customer_id is not None and voter == f"customer:{voice.customer_id}":
            raise OwnVoice
        before = models.Vote.objects.filter(voice_id=voice_id, voter=voter).values_list("value", flat=True).first() or 0
        if before == value:
            return voice.votes_up, voice.votes_down
        if value:
            models.Vote.objects.update_or_create(voice_id=voice_id, voter=voter, defaults={"value": value, "at": at})
        else:
            models.Vote.objects.filter(voice_id=voice_id, voter=voter).delete()
        voice.votes_up += (value == 1) - (before == 1)
        voice.votes_down += (value == -1) - (before == -1)
        voice.save(update_fields=["votes_up", "votes_down"])
        outbox.publish(VotesChanged(voice_id=voice_id, product_id=voice.product_id), at=at)
        return voice.votes_up, voice.votes_down
