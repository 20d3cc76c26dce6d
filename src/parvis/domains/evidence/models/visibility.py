"""What programs may read, what they saw, and what a simulation said."""

from django.db import models


class CrawlerRule(models.Model):
    """Whether a program may read the shop, where the brand has decided so itself."""

    crawler = models.CharField(max_length=60, primary_key=True)
    allowed = models.BooleanField()
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.crawler} {'may' if self.allowed else 'may not'}"


class BotLook(models.Model):
    """What a page gave to one program, fetched over HTTP with its user agent: one row each time something else was seen
    than before; ``checked_at`` moves on while nothing changes. ``seen`` holds what was read
    (science.visibility.reader), ``changes`` what differs from the row before."""

    bot = models.CharField(max_length=60)
    path = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    seen = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    first_at = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("path", "bot", "-first_at"), name="evidence_botlook_latest"),)

    def __str__(self) -> str:
        return f"{self.bot} {self.path}"


class PageAudit(models.Model):
    """The score of a product's page in one language, by the rules of science.visibility.score; ``given``: what each
    rule gave, what costs most first. Made anew when the product or what is said of it changes."""

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=5)
    path = models.CharField(max_length=300)
    score = models.FloatField()
    given = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    audited_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("product", "language"), name="evidence_audit_once"),)
        indexes = (models.Index(fields=("language", "score", "product"), name="evidence_audit_score"),)

    def __str__(self) -> str:
        return f"{self.path} {self.score}"


class Simulation(models.Model):
    """A run of the answer-engine simulator: what was asked, against whom, and what came out (contracts.Visibility)."""

    name = models.CharField(max_length=120)
    given = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name
