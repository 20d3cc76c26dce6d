"""Voices that wait, decided about again under another policy."""

from django.db import models

from parvis.domains.voices.contracts import RedecidingState
from parvis.domains.voices.models.choices import choices
from parvis.domains.voices.models.policy import Policy


class Redeciding(models.Model):
    """A pass over the voices that the machine held under earlier policies. The last voice reached and the counters are
    saved in the transaction of each batch: a killed one goes on where it stood and counts nothing twice."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=choices(RedecidingState), default=RedecidingState.RUNNING)
    last_id = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    published = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    advanced_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=models.Q(state="running"), name="voices_redeciding_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"policy {self.policy_id}: {self.done} of {self.total}"
