"""Readings made anew."""

from django.db import models

from parvis.domains.voices.contracts import RereadingState
from parvis.domains.voices.models.choices import choices


class Rereading(models.Model):
    """A pass over all readings. The last voice reached and the counters are saved in the transaction of each batch: a
    killed one goes on where it stood, loses nothing and counts nothing twice."""

    model = models.CharField(max_length=80)
    everything = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=choices(RereadingState), default=RereadingState.RUNNING)
    last_id = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    aspects_changed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField()
    advanced_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=models.Q(state="running"), name="voices_rereading_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.model}: {self.done} of {self.total}"
