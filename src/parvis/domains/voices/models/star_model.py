"""Models of stars taught by the brand's own reviews."""

from django.db import models
from django.db.models import Q

from parvis.domains.voices.contracts import StarModelState
from parvis.domains.voices.models.choices import choices


class StarModel(models.Model):
    """One lesson: from what, what the examination found, and the weights (an ``.npz`` of numbers: n-grams are kept as
    hashes, no words). At most one is being learnt, at most one is adopted."""

    state = models.CharField(max_length=20, choices=choices(StarModelState), default=StarModelState.LEARNING)
    base = models.CharField(max_length=80)
    labels = models.JSONField(default=dict)
    learnt_from = models.JSONField(default=list)  # ids of voices
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    trials = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    weights = models.BinaryField(null=True)
    size = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True, default="")
    asked_by = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="learning"), name="voices_starmodel_one_lesson"
            ),
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="adopted"), name="voices_starmodel_one_adopted"
            ),
        )

    def __str__(self) -> str:
        return f"stars {self.pk}: {self.state}"
