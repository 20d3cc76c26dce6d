"""What was shown as proof."""

from django.db import models


class Passage(models.Model):
    """A passage of a voice, by its place: when the voice goes, nothing of it stays. ``field`` is the column quoted:
    text or title. ``words`` are those spoken at a moment of a video (emptied when it is withdrawn) or the shop's own,
    from the fact or policy that ``document`` names (``page`` and heading in ``head``)."""

    turn = models.ForeignKey("assistant.Turn", on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    voice = models.ForeignKey("voices.Voice", null=True, on_delete=models.SET_NULL, related_name="+")
    document = models.CharField(max_length=200, default="", blank=True)
    page = models.CharField(max_length=40, default="", blank=True)
    head = models.CharField(max_length=300, default="", blank=True)
    words = models.TextField(default="", blank=True)
    field = models.CharField(max_length=5, default="text")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    polarity = models.FloatField(default=0)
    side = models.CharField(max_length=10)
    clip_from = models.FloatField(null=True)
    clip_to = models.FloatField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("turn", "rank"), name="assistant_passage_rank"),)
        indexes = (models.Index(fields=("voice",), name="assistant_passage_voice"),)

    def __str__(self) -> str:
        return f"passage {self.rank} of turn {self.turn_id}"
