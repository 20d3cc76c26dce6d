"""Photos of imported voices, fetched from where the other platform keeps them: only over https and from the public
internet, under the same limits as an upload. A voice is read once its photos are here, or cannot be had."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from parvis.core import outbound
from parvis.domains.voices import models
from parvis.domains.voices.actions import photos
from parvis.domains.voices.actions.examining import examine
from parvis.domains.voices.contracts import VoiceState

TRIES = 3
AGAIN_AFTER = timedelta(minutes=5)
_BATCH = 50


class NotHad(Exception):
    """The photo cannot be had; ``lasting`` says whether trying again is pointless."""

    def __init__(self, why: str, *, lasting: bool) -> None:
        super().__init__(why)
        self.why, self.lasting = why, lasting


def fetch_photos(*, at: datetime, limit: int = _BATCH) -> int:
    """Fetch the photos of some voices whose turn it is, and have those voices read. Returns how many addresses were
    tried; 0 when nothing is due. Safe to run in several workers at once and to kill at any moment."""
    due = models.PhotoLink.objects.filter(state="waiting", next_at__lte=at).order_by("voice_id", "position")
    tried = 0
    with transaction.atomic():
        links = list(due.select_for_update(skip_locked=True)[:limit])
        # whoever dies with these leaves them to others after a while
        models.PhotoLink.objects.filter(id__in=[link.pk for link in links]).update(next_at=at + AGAIN_AFTER)
    for link in links:
        tried += 1
        try:
            _keep(link, photos.encode(_bytes(link.url)), at)
        except NotHad as error:
            _fail(link, error.why, lasting=error.lasting, at=at)
        except photos.BadPhoto as error:
            _fail(link, error.code, lasting=True, at=at)
    finished = _finished(sorted({link.voice_id for link in links}))
    if finished:
        examine(finished, at=at)
    return tried


def _finished(voice_ids: Sequence[int]) -> list[int]:
    waiting = models.PhotoLink.objects.filter(voice_id__in=voice_ids, state="waiting")
    still = set(waiting.values_list("voice_id", flat=True))
    return [voice_id for voice_id in voice_ids if voice_id not in still]


def _bytes(url: str) -> bytes:
    address = "https" + url.removeprefix("http") if url.startswith("http://") else url
    try:
        reply = outbound.get(address, most=photos.MAX_BYTES + 1, allowed=settings.OUTBOUND_ALLOWED)
    except outbound.AddressRefused as error:
        raise NotHad(error.code, lasting=True) from error
    except httpx.HTTPError as error:
        raise NotHad("no_answer", lasting=False) from error
    if reply.status != 200:
        raise NotHad(f"status_{reply.status}", lasting=400 <= reply.status < 500 and reply.status != 429)
    return reply.body


def _keep(link: models.PhotoLink, encoded: photos.Encoded, at: datetime) -> None:
    """Add the photo to its voice, unless the voice has been withdrawn or erased meanwhile."""
    with photos.Stored() as stored, transaction.atomic():
        voice = models.Voice.objects.select_for_update(no_key=True).filter(id=link.voice_id).first()
        fresh = models.PhotoLink.objects.filter(id=link.pk, state="waiting").exists()
        if voice is None or not fresh:
            return
        state = "failed"
        if voice.state == VoiceState.HELD and voice.examined_at is None:
            last = models.Media.objects.filter(voice_id=voice.pk).aggregate(last=Max("position"))["last"]
            for row in stored.write(voice.pk, [encoded], at=at):
                row.position = 0 if last is None else last + 1
                row.save()
            state = "done"
        error = "" if state == "done" else "too_late"
        models.PhotoLink.objects.filter(id=link.pk).update(state=state, error=error)


def _fail(link: models.PhotoLink, why: str, *, lasting: bool, at: datetime) -> None:
    given_up = lasting or link.tries + 1 >= TRIES
    models.PhotoLink.objects.filter(id=link.pk, state="waiting").update(
        tries=link.tries + 1,
        error=why[:60],
        state="failed" if given_up else "waiting",
        next_at=at + AGAIN_AFTER * (link.tries + 1),
    )
