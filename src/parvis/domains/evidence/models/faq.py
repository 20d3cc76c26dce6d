"""Frequent questions: a need that people share, its entry in each language, who asked, and the voices that answer."""

from django.db import models


class FaqNeed(models.Model):
    """What several people asked in words of their own, about a product, a category or (neither) the shop."""

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, null=True, related_name="+")
    category_key = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"need {self.pk}"


class FaqHeard(models.Model):
    """A question that somebody put in private, to the assistant or to the team: counted, its words never shown to
    shoppers as they are. ``ref`` says where it was put, once."""

    ref = models.CharField(max_length=80, unique=True)
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=8, blank=True, default="")
    text = models.CharField(max_length=600)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("asked_at",), name="evidence_faq_heard_at"),)

    def __str__(self) -> str:
        return self.ref


class FaqAsked(models.Model):
    """One who asked it: with a voice, or (``heard``) in private."""

    need = models.ForeignKey(FaqNeed, on_delete=models.CASCADE, related_name="asked")
    voice = models.ForeignKey("voices.Voice", on_delete=models.CASCADE, null=True, related_name="+")
    heard = models.ForeignKey(FaqHeard, on_delete=models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=8, blank=True, default="")
    centrality = models.FloatField(default=0.0)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("need", "voice"), name="evidence_faq_asked_once"),
            models.UniqueConstraint(fields=("need", "heard"), name="evidence_faq_heard_once"),
            models.CheckConstraint(
                name="evidence_faq_asked_by",
                condition=models.Q(voice=None, heard__isnull=False) | models.Q(voice__isnull=False, heard=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.voice_id or self.heard_id} asked {self.need_id}"


class FaqEntry(models.Model):
    """A question and its answer in one language, as somebody of the team approved it (or has yet to)."""

    need = models.ForeignKey(FaqNeed, on_delete=models.CASCADE, related_name="entries")
    locale = models.CharField(max_length=8)
    state = models.CharField(max_length=12)
    question = models.CharField(max_length=300)
    answer = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    supports_at_approval = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("need", "locale"), name="evidence_faq_entry_once"),)
        indexes = (models.Index(fields=("state", "locale"), name="evidence_faq_state"),)

    def __str__(self) -> str:
        return self.question


class FaqGathering(models.Model):
    """One look at what people ask: when, at whose wish (None: the month's turn), and what came of it."""

    actor_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    questions = models.PositiveIntegerField(default=0)
    needs = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0)
    unanswered = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"gathering {self.pk}"


class FaqSupport(models.Model):
    """Words of a voice that the answer rests on; gone with the voice. ``place`` orders them."""

    entry = models.ForeignKey(FaqEntry, on_delete=models.CASCADE, related_name="supports")
    voice = models.ForeignKey("voices.Voice", on_delete=models.CASCADE, related_name="+")
    quote = models.CharField(max_length=600)
    polarity = models.FloatField(default=0.0)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "voice"), name="evidence_faq_support_once"),)

    def __str__(self) -> str:
        return f"voice {self.voice_id} supports {self.entry_id}"


class FaqVersion(models.Model):
    """What an entry said at each change, and who changed it: kept, but for words that their author took back."""

    entry = models.ForeignKey(FaqEntry, on_delete=models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=12)
    question = models.CharField(max_length=300)
    answer = models.TextField()
    reason = models.CharField(max_length=40, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "revision"), name="evidence_faq_version_once"),)

    def __str__(self) -> str:
        return f"{self.entry_id}.{self.revision}"
