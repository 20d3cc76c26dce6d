"""What the captions of a video say."""

from pathlib import Path

from django.conf import settings

from parvis.domains.voices import models
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
