"""What was asked of the model and what it cost; never a word of what was said."""

from django.db import models


class Spending(models.Model):
    """What a day has cost, with what running calls have set aside: one row a day, moved by conditional updates."""

    day = models.DateField(primary_key=True)
    spent_minor = models.DecimalField(max_digits=20, decimal_places=6)

    def __str__(self) -> str:
        return f"{self.day}: {self.spent_minor}"


class Call(models.Model):
    """One question to the model. ``outcome`` is "answered" or the code of the error; ``estimated`` marks a cost that
    the provider never told (an answer that did not arrive is counted at its most)."""

    at = models.DateTimeField()
    purpose = models.CharField(max_length=40)
    model = models.CharField(max_length=120)
    outcome = models.CharField(max_length=40)
    attempts = models.PositiveSmallIntegerField(default=1)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    cost_minor = models.DecimalField(max_digits=20, decimal_places=6)
    estimated = models.BooleanField(default=False)
    latency_ms = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=("at",), name="llm_call_at"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.at:%Y-%m-%d %H:%M}"
