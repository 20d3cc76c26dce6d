"""What a person said goes when that person asks to be forgotten: the words, the name, the photos, the reading."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Concat

from parvis.domains.voices import models
from parvis.domains.voices.actions.deciding import withdraw
from parvis.domains.voices.actions.videos import files_of
from parvis.domains.voices.contracts import Reason


def erase_customer(*, customer_id: int, at: datetime) -> int:
    """Withdraw and empty every voice of a customer, and forget whose the votes and the reports were. Returns how many
    voices.

    The trail of decisions stays, without a word of the text. Repeating it finds nothing left.
    """
    files: list[str] = []
    with transaction.atomic():
        theirs = models.Voice.objects.select_for_update(no_key=True).filter(customer_id=customer_id).order_by("id")
        voices = list(theirs.values_list("id", flat=True))
        for voice_id in voices:
            withdraw(voice_id=voice_id, reason=Reason.ERASURE, at=at)
        media = models.Media.objects.filter(voice_id__in=voices)
        files += [path for pair in media.values_list("path", "thumb") for path in pair]
        media.delete()
        videos = models.Video.objects.filter(voice_id__in=voices)
        files += [path for row in videos for path in files_of(row)]
        videos.delete()
        models.Reading.objects.filter(voice_id__in=voices).delete()
        models.Appeal.objects.filter(voice_id__in=voices).update(text="")
        models.Opinion.objects.filter(voice_id__in=voices).delete()
        models.Sketch.objects.filter(voice_id__in=voices).delete()
        models.BurstMember.objects.filter(voice_id__in=voices).delete()
        _forget_reports(customer_id)
        models.Voice.objects.filter(id__in=voices).update(
            title="",
            text="",
            author_name="",
            order_ref="",
            syndicated_from="",
            syndicated_url="",
            size_worn="",
            fit_felt=None,
            age=None,
            height_cm=None,
            fingerprint=None,
            customer=None,
            examined_at=at,
        )
        # the votes still count, but no longer say whose they were
        models.Vote.objects.filter(voter=f"customer:{customer_id}").update(
            voter=Concat(Value("erased:"), "id", output_field=CharField())
        )
        transaction.on_commit(lambda: _unlink(files))
    return len(voices)


def _forget_reports(customer_id: int) -> None:
    """A report of theirs stays as a line of the record, its ground and answer with it: without name, address or words,
    and without the mark by which the same words sent again would be known."""
    theirs = models.Report.objects.filter(customer_id=customer_id)
    mark = Concat(Value("erased:"), "id", output_field=CharField())
    theirs.update(name="", email="", why="", key=mark, customer=None)


def _unlink(files: list[str]) -> None:
    for path in files:
        with suppress(OSError):
            (Path(settings.MEDIA_ROOT) / path).unlink()
