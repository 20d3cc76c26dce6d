"""Short videos of reviews."""

from django.db import models

from parvis.domains.voices.contracts.video import VideoState
from parvis.domains.voices.models.choices import choices
from parvis.domains.voices.models.voice import Voice


class Video(models.Model):
    """One video a voice. ``source`` is the file as it came, kept only until it is prepared and never served; the other
    paths are ours. All are relative to MEDIA_ROOT. ``approved_at``: a person allowed it after the voice was decided, or
    before it was handed in. ``hidden`` and ``closed`` as of photos."""

    voice = models.OneToOneField(Voice, on_delete=models.CASCADE, primary_key=True, related_name="video")
    state = models.CharField(max_length=12, choices=choices(VideoState), default=VideoState.QUEUED)
    share = models.FloatField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=200, blank=True, default="")
    path = models.CharField(max_length=200, null=True, unique=True)
    poster = models.CharField(max_length=200, null=True, unique=True)
    thumb = models.CharField(max_length=200, null=True, unique=True)
    captions = models.CharField(max_length=200, null=True, unique=True)
    captions_language = models.CharField(max_length=8, blank=True, default="")
    seconds = models.FloatField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    sound = models.BooleanField(default=False)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    hidden = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(
                fields=("received_at",), condition=models.Q(state__in=("queued", "preparing")), name="voices_video_open"
            ),
        )

    def __str__(self) -> str:
        return f"video of #{self.voice_id}"
