"""Tables of the event log: rows wait here for at most a minute or so, then live as Parquet (see actions.compact)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class RawEvent(models.Model):
    """An event as received, until it is compacted. ``id`` counts up; ``event_id`` is the sender's and is unique through
    :class:`SeenEvent`, so that this table needs one index only and takes thousands of rows a second."""

    event_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    visit = models.CharField(max_length=32, default="")
    visitor = models.CharField(max_length=40, null=True)
    product_id = models.BigIntegerField(null=True)
    product_ids = ArrayField(models.BigIntegerField(), null=True)
    voice_ids = ArrayField(models.BigIntegerField(), null=True)
    surface = models.CharField(max_length=40, default="")
    path = models.CharField(max_length=300, default="")
    referrer = models.CharField(max_length=120, default="")
    locale = models.CharField(max_length=5, default="")
    device = models.CharField(max_length=10, default="")
    value_minor = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    answered = models.BooleanField(null=True)
    bot = models.BooleanField(default=False)
    bot_sign = models.CharField(max_length=10, default="")
    provenance = models.CharField(max_length=20, default="")

    class Meta:
        db_table = "analytics_event"

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class SeenEvent(models.Model):
    """Ids received lately: a beacon sent again finds its id here, also when its row is Parquet already."""

    event_id = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "analytics_seen"

    def __str__(self) -> str:
        return str(self.event_id)


class Segment(models.Model):
    """A Parquet file that belongs to the log: what is not listed here does not exist, whatever lies in the folder.

    ``dataset``: events, visits, products or proofs (the last three are rollups of a day). ``level`` 0 is fresh from
    PostgreSQL, higher levels are merges, ``whole`` marks the single file of a finished day. ``retired_at``: replaced
    by a merge; kept a while for readers that have just listed it. ``totals`` of a finished day's visits: what its
    figures are made of, counted once.
    """

    dataset = models.CharField(max_length=10)
    day = models.DateField()
    path = models.CharField(max_length=200, unique=True)
    level = models.PositiveSmallIntegerField(default=0)
    whole = models.BooleanField(default=False)
    rows = models.BigIntegerField()
    bytes = models.BigIntegerField()
    received_until = models.DateTimeField()
    totals = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("dataset", "day"), condition=models.Q(retired_at__isnull=True), name="analytics_segment_live"
            ),
        )

    def __str__(self) -> str:
        return self.path


class DailySalt(models.Model):
    """The secret of a day's visit ids. Deleted after 48 hours: from then on nobody can link a visit to a browser."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    class Meta:
        db_table = "analytics_salt"

    def __str__(self) -> str:
        return str(self.day)


class LoadedSource(models.Model):
    """A bulk load that is in the log already; see actions.loading."""

    source = models.CharField(max_length=100, primary_key=True)
    rows = models.BigIntegerField()
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "analytics_loaded"

    def __str__(self) -> str:
        return self.source


class ForgottenVisitor(models.Model):
    """A visitor who took consent back: gone from the rows at once, from the files with the next night's task."""

    visitor = models.CharField(max_length=40, primary_key=True)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "analytics_forgotten"

    def __str__(self) -> str:
        return f"forgotten {self.pk}"


class Crawl(models.Model):
    """How often a program of an engine read a page on a day; nothing about who runs it."""

    day = models.DateField()
    bot = models.CharField(max_length=60)
    path = models.CharField(max_length=300)
    hits = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("day", "bot", "path"), name="analytics_crawl_once"),)

    def __str__(self) -> str:
        return f"{self.bot} {self.path} {self.hits}"
