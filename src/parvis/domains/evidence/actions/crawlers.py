"""The brand decides which programs may read its shop."""

from datetime import datetime

from parvis.core.errors import NotFound
from parvis.domains.evidence.models import CrawlerRule
from parvis.domains.people import actions as people
from parvis.science.visibility.crawlers import BY_NAME


def set_crawler(*, crawler: str, allowed: bool | None, actor_id: int | None, at: datetime) -> None:
    """Let a known program read, keep it out, or (None) go back to the default of its purpose. Noted in the audit trail.

    Raises NotFound for a program that is not known.
    """
    if crawler not in BY_NAME:
        raise NotFound(kind="crawler", key=crawler)
    if allowed is None:
        CrawlerRule.objects.filter(pk=crawler).delete()
    else:
        held = {"allowed": allowed, "changed_at": at, "changed_by": actor_id}
        CrawlerRule.objects.update_or_create(crawler=crawler, defaults=held)
    people.note(
        actor_id=actor_id, verb="evidence.crawler_set", subject_kind="crawler", subject_id=crawler,
        detail={"allowed": allowed}, at=at,
    )  # fmt: skip
