"""What people say, with their photos; never changed once received."""

from django.db import models

from parvis.domains.voices.contracts import AuthorRole, Origin, VoiceKind, VoiceState
from parvis.domains.voices.models.choices import choices


class Voice(models.Model):
    """Anything a person said. ``fingerprint`` is a hash of the normalised text, to find copies."""

    kind = models.CharField(max_length=20, choices=choices(VoiceKind))
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")
    customer = models.ForeignKey("people.Customer", on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=80, blank=True, default="")
    author_role = models.CharField(max_length=20, choices=choices(AuthorRole), default=AuthorRole.SHOPPER)
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
    # where it was first published, when it was not written for this shop
    syndicated_from = models.CharField(max_length=120, blank=True, default="")
    syndicated_url = models.CharField(max_length=500, blank=True, default="")
    size_worn = models.CharField(max_length=40, blank=True, default="")
    fit_felt = models.SmallIntegerField(null=True)
    age = models.PositiveSmallIntegerField(null=True)
    height_cm = models.PositiveSmallIntegerField(null=True)
    origin = models.CharField(max_length=20, choices=choices(Origin))
    origin_ref = models.CharField(max_length=200)
    provenance = models.JSONField(default=dict, blank=True)
    fingerprint = models.BigIntegerField(null=True)
    # the votes that came with an import; votes_up = imported_up + votes cast here
    imported_up = models.PositiveIntegerField(default=0)
    imported_down = models.PositiveIntegerField(default=0)
    votes_up = models.PositiveIntegerField(default=0)
    votes_down = models.PositiveIntegerField(default=0)
    # where it stands, and by which decision
    state = models.CharField(max_length=20, choices=choices(VoiceState), default=VoiceState.HELD)
    published_at = models.DateTimeField(null=True)
    examined_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")
    decided_by = models.CharField(max_length=20, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    # when a person should have looked at the latest: what the queue is ordered by
    look_by = models.DateTimeField(null=True)

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
            models.Index(fields=("look_by", "id"), condition=models.Q(state="held"), name="voices_voice_look_by"),
            models.Index(fields=("id",), condition=models.Q(examined_at__isnull=True), name="voices_voice_unexamined"),
            models.Index(fields=("fingerprint",), name="voices_voice_fingerprint"),
            models.Index(fields=("received_at",), name="voices_voice_received"),
            # reviews of the shop itself
            models.Index(
                fields=("-submitted_at", "-id"),
                condition=models.Q(
                    state="published", kind="comment", product__isnull=True, parent__isnull=True, stars__isnull=False
                ),
                name="voices_voice_of_the_shop",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Media(models.Model):
    """A photo, re-encoded by us; paths are relative to MEDIA_ROOT. ``hidden``: not on our own pages; ``closed``: not
    even its file, for it may be shown nowhere (see :func:`voices.actions.withhold`)."""

    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="media")
    position = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=200, unique=True)
    thumb = models.CharField(max_length=200, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(max_length=200, blank=True, default="")
    hidden = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("voice", "position"), name="voices_media_position"),)
        indexes = (models.Index(fields=("voice",), condition=models.Q(hidden=True), name="voices_media_hidden"),)

    def __str__(self) -> str:
        return self.path
