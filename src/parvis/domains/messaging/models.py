"""Tables of outgoing mail."""

from enum import StrEnum
from typing import Any

from django.db import models

from parvis.domains.messaging.contracts import Ground, MessageState, NoticeKind, Purpose


def _choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in enum]


class Message(models.Model):
    """A mail, written when it is asked for. ``key`` makes it one however often it is asked for."""

    key = models.CharField(max_length=150, unique=True)
    # what stands before the @ of its Message-ID: drawn, so that nobody can guess it and call a mail returned
    mail_id = models.CharField(max_length=32, db_index=True)
    template = models.CharField(max_length=100)
    purpose = models.CharField(max_length=20, choices=_choices(Purpose))
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    to_email = models.CharField(max_length=254, blank=True, default="")
    address_digest = models.CharField(max_length=64, blank=True, default="")
    locale = models.CharField(max_length=2)
    subject = models.CharField(max_length=250, blank=True, default="")
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    state = models.CharField(max_length=20, choices=_choices(MessageState), default=MessageState.WAITING)
    ground = models.CharField(max_length=20, choices=_choices(Ground), blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")
    reference = models.CharField(max_length=255, blank=True, default="")
    # where one POST ends mails like this one, of service mail that its reader asked for and may end
    stop_url = models.CharField(max_length=500, blank=True, default="")
    provenance = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    # when it was last handed over, whatever came of it; what the limit a person counts
    handed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="messaging_sent_when"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="suppressed") | ~models.Q(ground=""), name="messaging_suppressed_why"
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=models.Q(state="waiting"), name="messaging_due"),
            models.Index(fields=("claimed_until",), condition=models.Q(state="sending"), name="messaging_claimed"),
            models.Index(fields=("address_digest", "-handed_at"), name="messaging_reader"),
            models.Index(fields=("customer", "-id"), name="messaging_customer"),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"


class Notice(models.Model):
    """News of a mail from the way there, each once: it came back, it was taken, it was called unwanted."""

    event = models.CharField(max_length=200, unique=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=_choices(NoticeKind))
    code = models.CharField(max_length=20, blank=True, default="")
    told = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("-at",), name="messaging_notice_recent"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.message_id}"


class Refusal(models.Model):
    """A kind of mail that an address must not get. It outlives the person's record: only a digest is kept."""

    address_digest = models.CharField(max_length=64)
    purpose = models.CharField(max_length=20, choices=_choices(Purpose))
    ground = models.CharField(max_length=20, choices=_choices(Ground))
    source = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("address_digest", "purpose"), name="messaging_refusal_once"),)

    def __str__(self) -> str:
        return f"{self.purpose} refused"


class MessagingSettings(models.Model):
    """What the brand decided about its mail: one row, number 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    cap_messages = models.PositiveSmallIntegerField(default=2)
    cap_days = models.PositiveSmallIntegerField(default=7)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="messaging_settings_single"),
            models.CheckConstraint(
                condition=models.Q(cap_messages__gte=1) & models.Q(cap_days__gte=1), name="messaging_settings_cap"
            ),
        )

    def __str__(self) -> str:
        return "settings"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.id = 1
        super().save(*args, **kwargs)
