"""Feeds at agents' platforms, and what each of them was sent last."""

from django.db import models


class Feed(models.Model):
    """A feed at a platform: ``url`` is the root of its API, ``remote_id`` its name for the feed once it was made there.
    ``error`` says why the last push stopped; ``failures`` counts those in a row. ``tried_at`` is when a push began
    last, ``pushed_at`` when one that came to its end began; while ``busy_until`` lies ahead somebody is pushing."""

    url = models.CharField(max_length=500)
    sealed_token = models.TextField()
    language = models.CharField(max_length=2)
    country = models.CharField(max_length=2, default="", blank=True)
    remote_id = models.CharField(max_length=200, default="", blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    pushed_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("url", "language", "country"), name="agentfeeds_feed_once"),)

    def __str__(self) -> str:
        return f"{self.url} ({self.language})"


class Sent(models.Model):
    """A product as it was sent last: ``mark`` is a hash of it, ``variants`` the names (id, title) of its variants, by
    which they can be taken back."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="sent")
    key = models.CharField(max_length=200)
    mark = models.CharField(max_length=64)
    variants = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("feed", "key"), name="agentfeeds_sent_once"),)

    def __str__(self) -> str:
        return self.key
