"""What Parvis understood of a voice."""

from django.db import models

from parvis.domains.voices.models.voice import Voice


class Reading(models.Model):
    """What Parvis understood; ``aspects`` and ``personal`` are lists of spans in code points."""

    voice = models.OneToOneField(Voice, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    model = models.CharField(max_length=80)
    language = models.CharField(max_length=8)
    sentiment = models.FloatField()
    stars = models.FloatField()
    toxicity = models.FloatField()
    spam = models.FloatField()
    aspects = models.JSONField(default=list)
    personal = models.JSONField(default=list)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reading of #{self.voice_id}"
