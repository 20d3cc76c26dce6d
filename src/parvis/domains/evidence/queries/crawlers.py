"""Which programs may read the shop."""

from django.conf import settings

from parvis.domains.evidence.contracts import CrawlerPolicy
from parvis.domains.evidence.models import CrawlerRule
from parvis.science.visibility.crawlers import BY_NAME, CRAWLERS, Crawler, Purpose


def crawler_policies() -> tuple[CrawlerPolicy, ...]:
    """Every known program with what it may, answering ones first. One statement."""
    rules = {rule.crawler: rule for rule in CrawlerRule.objects.all()}
    order = list(Purpose)
    found = []
    for crawler in sorted(CRAWLERS, key=lambda each: (order.index(each.purpose), each.maker, each.name)):
        rule = rules.get(crawler.name)
        found.append(
            CrawlerPolicy(
                crawler=crawler.name,
                maker=crawler.maker,
                purpose=str(crawler.purpose),
                allowed=_default(crawler) if rule is None else rule.allowed,
                decided=rule is not None,
                changed_at=rule.changed_at if rule else None,
            )
        )
    return tuple(found)


def may_read(crawler: str) -> bool:
    """Whether a program may read the shop; those that nobody knows may."""
    rule = CrawlerRule.objects.filter(pk=crawler).first()
    if rule is not None:
        return rule.allowed
    known = BY_NAME.get(crawler)
    return known is None or _default(known)


def _default(crawler: Crawler) -> bool:
    return crawler.purpose is not Purpose.TRAINING or settings.AI_TRAINING
