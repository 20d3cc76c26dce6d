"""Voices, votes and invitations follow a person whose records are merged, and go back when they are taken apart."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from parvis.core import outbox
from parvis.domains.voices import models
from parvis.domains.voices.contracts import VotesChanged


@transaction.atomic
def move_customer(*, kept_id: int, gone_id: int, merge_id: int, at: datetime) -> int:
    """Give ``kept_id`` all that is ``gone_id``'s; returns how many voices. Repeating it changes nothing.

    Nobody votes twice, nor for the own voice: such votes are dropped, and come back with ``move_back``.
    """
    voices = models.Voice.objects.filter(customer_id=gone_id).order_by("id")
    ids = list(voices.select_for_update(no_key=True).values_list("id", flat=True))
    models.MovedVoice.objects.bulk_create(
        [models.MovedVoice(merge_id=merge_id, voice_id=voice_id) for voice_id in ids], ignore_conflicts=True
    )
    models.Voice.objects.filter(id__in=ids).update(customer_id=kept_id)
    _move_votes(kept_id, gone_id, merge_id, at)
    for kind, table in _INVITED.items():
        theirs = table.objects.filter(customer_id=gone_id)
        if kind == "owner_request":  # nobody is asked a question twice, which the table holds too
            asked = models.OwnerRequest.objects.filter(customer_id=kept_id)
            theirs = theirs.exclude(question_id__in=asked.values("question_id"))
        rows = list(theirs.values_list("id", flat=True))
        models.MovedInvitation.objects.bulk_create(
            [models.MovedInvitation(merge_id=merge_id, kind=kind, row_id=row_id) for row_id in rows],
            ignore_conflicts=True,
        )
        table.objects.filter(id__in=rows).update(customer_id=kept_id)
    return len(ids)


@transaction.atomic
def move_back(*, kept_id: int, gone_id: int, merge_id: int, at: datetime) -> int:
    """Give ``gone_id`` back what the merge took, as far as it is still ``kept_id``'s; returns how many voices."""
    moved = models.MovedVoice.objects.filter(merge_id=merge_id).values("voice_id")
    count = models.Voice.objects.filter(id__in=moved, customer_id=kept_id).update(customer_id=gone_id)
    _move_votes_back(kept_id, gone_id, merge_id, at)
    for kind, table in _INVITED.items():
        rows = models.MovedInvitation.objects.filter(merge_id=merge_id, kind=kind).values("row_id")
        table.objects.filter(id__in=rows, customer_id=kept_id).update(customer_id=gone_id)
    models.MovedVoice.objects.filter(merge_id=merge_id).delete()
    models.MovedVote.objects.filter(merge_id=merge_id).delete()
    models.MovedInvitation.objects.filter(merge_id=merge_id).delete()
    return count


_INVITED: dict[str, Any] = {"invitation": models.Invitation, "owner_request": models.OwnerRequest}


def _move_votes(kept_id: int, gone_id: int, merge_id: int, at: datetime) -> None:
    kept, gone = f"customer:{kept_id}", f"customer:{gone_id}"
    twice = set(models.Vote.objects.filter(voter=kept).values_list("voice_id", flat=True))
    own = set(
        models.Voice.objects.filter(customer_id=kept_id, votes__voter__in=(kept, gone)).values_list("id", flat=True)
    )
    votes = list(models.Vote.objects.filter(voter=gone))
    votes += list(models.Vote.objects.filter(voter=kept, voice_id__in=own))
    dropped = [vote for vote in votes if vote.voice_id in own or (vote.voter == gone and vote.voice_id in twice)]
    gone_for_good = {vote.pk for vote in dropped}
    models.MovedVote.objects.bulk_create(
        [
            models.MovedVote(
                merge_id=merge_id,
                voice_id=vote.voice_id,
                value=vote.value,
                at=vote.at,
                voter=vote.voter,
                dropped=vote.pk in gone_for_good,
            )
            for vote in votes
        ],
        ignore_conflicts=True,
    )
    models.Vote.objects.filter(id__in=gone_for_good).delete()
    _recount((vote.voice_id for vote in dropped), at)
    models.Vote.objects.filter(voter=gone).update(voter=kept)


def _move_votes_back(kept_id: int, gone_id: int, merge_id: int, at: datetime) -> None:
    kept, gone = f"customer:{kept_id}", f"customer:{gone_id}"
    moved = list(models.MovedVote.objects.filter(merge_id=merge_id))
    whole = [vote.voice_id for vote in moved if not vote.dropped]
    models.Vote.objects.filter(voter=kept, voice_id__in=whole).update(voter=gone)
    known = set(models.Vote.objects.filter(voter__in=(kept, gone)).values_list("voice_id", "voter"))
    back = [vote for vote in moved if vote.dropped and (vote.voice_id, vote.voter) not in known]
    models.Vote.objects.bulk_create(
        [models.Vote(voice_id=vote.voice_id, voter=vote.voter, value=vote.value, at=vote.at) for vote in back]
    )
    _recount((vote.voice_id for vote in back), at)


def _recount(voice_ids: Iterable[int], at: datetime) -> None:
    """Count the votes of these voices anew: those that came with an import and those cast here."""
    ids = sorted(set(voice_ids))
    if not ids:
        return
    rows = models.Voice.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    products = dict(rows.values_list("id", "product_id"))
    up, down = (_cast(value) for value in (1, -1))
    rows.update(votes_up=F("imported_up") + up, votes_down=F("imported_down") + down)
    changed = (VotesChanged(voice_id=voice_id, product_id=product) for voice_id, product in products.items())
    outbox.publish(*changed, at=at)


def _cast(value: int) -> Coalesce:
    votes = models.Vote.objects.filter(voice_id=OuterRef("pk"), value=value).order_by()
    return Coalesce(Subquery(votes.values("voice_id").annotate(n=Count("id")).values("n")), 0)
