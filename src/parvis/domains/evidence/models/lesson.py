"""What clicks taught: kept when the rest is rebuilt."""

from django.db import models


class Lesson(models.Model):
    """What clicks taught about a review, its places taken out (see science.usefulness_learning). Survives a rebuild.

    ``shift``: log-odds that move its score; ``low`` and ``high`` its 90 % interval; ``seen`` and ``clicked`` visits.
    """

    voice = models.OneToOneField("voices.Voice", on_delete=models.CASCADE, primary_key=True, related_name="+")
    shift = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    seen = models.FloatField()
    clicked = models.FloatField()
    learned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"voice {self.voice_id} {self.shift:+.2f}"
