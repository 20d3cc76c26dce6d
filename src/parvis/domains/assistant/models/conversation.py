"""A conversation and its turns."""

from django.db import models


class Conversation(models.Model):
    """What one shopper asked, across pages and windows. ``revision`` grows with every change that can be seen."""

    token = models.CharField(max_length=40, unique=True)
    locale = models.CharField(max_length=2)
    surface = models.CharField(max_length=10)
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    product = models.ForeignKey("catalog.Product", null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    turns = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)
    resolution = models.CharField(max_length=12, default="", blank=True)
    handed_over_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    contact_email = models.CharField(max_length=254, default="", blank=True)
    origin = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("-last_at", "-id"), name="assistant_latest"),
            models.Index(fields=("customer",), name="assistant_customer"),
        )

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Turn(models.Model):
    """A question with its answer, or the words of a person of the team. ``key`` makes asking twice the same turn.

    ``reply`` holds plain values from which the answer is rendered anew each time: ids, counts and keys, never words of
    others. ``written`` holds the sentences of the language model that stood the check, each with what it cites.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=80)
    asker = models.CharField(max_length=8, default="shopper")
    text = models.TextField()
    language = models.CharField(max_length=8)
    intent = models.CharField(max_length=12)
    outcome = models.CharField(max_length=10)
    certainty = models.FloatField(default=0)
    product = models.ForeignKey("catalog.Product", null=True, on_delete=models.SET_NULL, related_name="+")
    reply = models.JSONField(default=dict)
    written = models.JSONField(default=list)
    dropped = models.PositiveSmallIntegerField(default=0)
    model = models.CharField(max_length=120, default="", blank=True)
    written_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    resolution = models.CharField(max_length=12)
    graded = models.CharField(max_length=12)
    word = models.CharField(max_length=8, default="", blank=True)
    public_voice = models.ForeignKey("voices.Voice", null=True, on_delete=models.SET_NULL, related_name="+")
    added_variant = models.ForeignKey("catalog.Variant", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("conversation", "number"), name="assistant_turn_number"),
            models.UniqueConstraint(fields=("conversation", "key"), name="assistant_turn_once"),
        )
        indexes = (models.Index(fields=("at",), name="assistant_turn_at"),)

    def __str__(self) -> str:
        return f"turn {self.number} of conversation {self.conversation_id}"
