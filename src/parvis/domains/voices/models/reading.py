"""What Parvis understood of a voice."""

from django.db import models

from parvis.domains.voices.models.voice import Voice


class Reading(models.Model):
    """What Parvis understood; ``aspects``, ``personal``, ``attributes`` and ``grounds`` are lists of spans in code
    points, ``intents`` a list of {intent, score}."""

    voice = models.OneToOneField(Voice, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    model = models.CharField(max_length=80)
    language = models.CharField(max_length=8)
    sentiment = models.FloatField()
    stars = models.FloatField()
    toxicity = models.FloatField()
    spam = models.FloatField()
    aspects = models.JSONField(default=list)
    personal = models.JSONField(default=list)
    attributes = models.JSONField(default=list, db_default=[])
    intents = models.JSONField(default=list, db_default=[])
    interest = models.FloatField(default=0.0, db_default=0.0)
    grounds = models.JSONField(default=list, db_default=[])
    read_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("read_at",), name="voices_reading_read_at"),)

    def __str__(self) -> str:
        return f"reading of #{self.voice_id}"
