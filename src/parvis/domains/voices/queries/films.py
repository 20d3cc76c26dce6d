"""What the captions of a video say."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from parvis.domains.voices import models
from parvis.domains.voices.contracts import CaptionCue
from parvis.domains.voices.rules import captions


def transcript(voice_id: int) -> str:
    """The words of a video's captions, a line a cue; "" without captions."""
    path = models.Video.objects.filter(voice_id=voice_id).values_list("captions", flat=True).first()
    if not path:
        return ""
    try:
        return captions.transcript((Path(settings.MEDIA_ROOT) / path).read_text("utf-8"))
    except OSError:
        return ""


def cues(voice_ids: Iterable[int]) -> dict[int, tuple[CaptionCue, ...]]:
    """The captions of videos, by voice; videos without any are absent. One statement, and a file for each."""
    rows = models.Video.objects.filter(voice_id__in=list(voice_ids), captions__isnull=False)
    found: dict[int, tuple[CaptionCue, ...]] = {}
    for voice_id, path in rows.values_list("voice_id", "captions"):
        try:
            read = captions.parse((Path(settings.MEDIA_ROOT) / str(path)).read_bytes())
        except (OSError, captions.BadCaptions):
            continue
        found[voice_id] = tuple(
            CaptionCue(start_s=cue.start / 1000, end_s=cue.end / 1000, text=cue.text.replace("\n", " ")) for cue in read
        )
    return found
