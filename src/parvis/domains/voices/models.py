"""Tables. What a voice says is never changed; what is decided about it is a trail that only grows."""

from django.db import models

from parvis.domains.voices.contracts import (
    AuthorRole,
    DecidedBy,
    ImportState,
    Origin,
    Outcome,
    Reason,
    VoiceKind,
    VoiceState,
)


def _choices(enum: type) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in enum]  # type: ignore[attr-defined]


class Voice(models.Model):
    """Anything a person said. ``fingerprint`` is a hash of the normalised text, to find copies."""

    kind = models.CharField(max_length=20, choices=_choices(VoiceKind))
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")
    customer = models.ForeignKey("people.Customer", on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=80, blank=True, default="")
    author_role = models.CharField(max_length=20, choices=_choices(AuthorRole), default=AuthorRole.SHOPPER)
    title = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField(blank=True, default="")
    stars = models.PositiveSmallIntegerField(null=True)
    language = models.CharField(max_length=8, blank=True, default="")
    submitted_at = models.DateTimeField()
    received_at = models.DateTimeField()
    experienced_on = models.DateField(null=True)
    verified = models.BooleanField(default=False)
    order_ref = models.CharField(max_length=64, blank=True, default="")
    incentive = models.CharField(max_length=200, blank=True, default="")
    size_worn = models.CharField(max_length=40, blank=True, default="")
    fit_felt = models.SmallIntegerField(null=True)
    age = models.PositiveSmallIntegerField(null=True)
    height_cm = models.PositiveSmallIntegerField(null=True)
    origin = models.CharField(max_length=20, choices=_choices(Origin))
    origin_ref = models.CharField(max_length=200)
    provenance = models.JSONField(default=dict, blank=True)
    fingerprint = models.BigIntegerField(null=True)
    # the votes that came with an import; votes_up = imported_up + votes cast here
    imported_up = models.PositiveIntegerField(default=0)
    imported_down = models.PositiveIntegerField(default=0)
    votes_up = models.PositiveIntegerField(default=0)
    votes_down = models.PositiveIntegerField(default=0)
    # where it stands, and by which decision
    state = models.CharField(max_length=20, choices=_choices(VoiceState), default=VoiceState.HELD)
    published_at = models.DateTimeField(null=True)
    examined_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    decided_by = models.CharField(max_length=20, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("origin", "origin_ref"), name="voices_voice_once"),
            models.CheckConstraint(
                condition=models.Q(stars__isnull=True) | models.Q(stars__range=(1, 5)), name="voices_voice_stars"
            ),
            models.CheckConstraint(
                condition=models.Q(fit_felt__isnull=True) | models.Q(fit_felt__range=(-1, 1)), name="voices_voice_fit"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="voices_voice_published_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="answer") | models.Q(parent__isnull=False), name="voices_voice_answers_what"
            ),
        )
        indexes = (
            models.Index(
                fields=("product", "kind", "published_at"),
                condition=models.Q(state="published"),
                name="voices_voice_public",
            ),
            models.Index(fields=("id",), condition=models.Q(state="held"), name="voices_voice_queue"),
            models.Index(fields=("id",), condition=models.Q(examined_at__isnull=True), name="voices_voice_unexamined"),
            models.Index(fields=("fingerprint",), name="voices_voice_fingerprint"),
            models.Index(fields=("received_at",), name="voices_voice_received"),
        )

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Media(models.Model):
    """A photo, re-encoded by us; paths are relative to MEDIA_ROOT."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="media")
    position = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=200, unique=True)
    thumb = models.CharField(max_length=200, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("voice", "position"), name="voices_media_position"),)

    def __str__(self) -> str:
        return self.path


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


class Decision(models.Model):
    """The trail of moderation. A trigger refuses changes and deletions; an undo is a further line."""

    voice = models.ForeignKey(Voice, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=_choices(Outcome))
    by = models.CharField(max_length=20, choices=_choices(DecidedBy))
    actor = models.ForeignKey("people.Account", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=40, choices=_choices(Reason))
    note = models.TextField(blank=True, default="")
    model = models.CharField(max_length=80, blank=True, default="")
    scores = models.JSONField(default=dict, blank=True)
    state_before = models.CharField(max_length=20, choices=_choices(VoiceState))
    state_after = models.CharField(max_length=20, choices=_choices(VoiceState))
    published_before = models.DateTimeField(null=True)
    at = models.DateTimeField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = (models.Index(fields=("voice", "-id"), name="voices_decision_latest"),)

    def __str__(self) -> str:
        return f"{self.outcome} #{self.voice_id}"


class Vote(models.Model):
    """One voter's opinion of a voice: +1 helpful, -1 not."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=80)
    value = models.SmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("voice", "voter"), name="voices_vote_once"),
            models.CheckConstraint(condition=models.Q(value__in=(-1, 1)), name="voices_vote_value"),
        )

    def __str__(self) -> str:
        return f"{self.value:+d} on #{self.voice_id}"


class ImportRun(models.Model):
    """An import: counters and the position reached are saved with each batch, so that a killed one goes on."""

    file_name = models.CharField(max_length=255)
    stored_path = models.CharField(max_length=500, blank=True, default="")
    source = models.CharField(max_length=40, blank=True, default="")
    format = models.CharField(max_length=20, blank=True, default="")
    encoding = models.CharField(max_length=20, blank=True, default="")
    ignored_columns = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=20, choices=_choices(ImportState), default=ImportState.QUEUED)
    rows = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    rejected_bytes = models.BigIntegerField(default=0)
    share = models.FloatField(default=0)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error = models.TextField(blank=True, default="")
    created_by = models.ForeignKey("people.Account", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.file_name
