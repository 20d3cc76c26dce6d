"""People whom assistants sent, and programs that read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from parvis.domains.analytics import actions, queries
from parvis.domains.analytics.contracts import Event, Kind
from parvis.domains.analytics.models import Crawl
from parvis.science.visibility.crawlers import BY_NAME, user_agent

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 12)


def told(visit: str, kind: Kind, minutes: int, **fields: Any) -> Event:
    return Event(id=uuid4(), kind=kind, at=AT + timedelta(minutes=minutes), visit=visit, **fields)


@pytest.fixture
def visits(settings: Any, tmp_path: Any) -> None:
    settings.EVENT_LOG = tmp_path / "events"
    events = [
        # comes from ChatGPT, looks, buys; a later page of the same visit comes from elsewhere
        told("a", Kind.PAGE_VIEW, 0, referrer="chatgpt.com"),
        told("a", Kind.PRODUCT_VIEW, 1, product_id=3),
        told("a", Kind.PAGE_VIEW, 2, referrer="www.perplexity.ai"),
        told("a", Kind.ORDER, 9, order_id=1, value_minor=4_200),
        told("b", Kind.PAGE_VIEW, 0, referrer="www.perplexity.ai"),
        told("c", Kind.PAGE_VIEW, 0, referrer="google.com"),
        told("c", Kind.ORDER, 4, order_id=2, value_minor=1_000),
        told("d", Kind.PAGE_VIEW, 0, provenance="simulated"),
        # a name that only ends alike, and a machine
        told("e", Kind.PAGE_VIEW, 0, referrer="notchatgpt.com"),
        told("f", Kind.PAGE_VIEW, 0, referrer="chatgpt.com", bot=True, bot_sign="agent"),
    ]
    actions.record(events, at=AT)
    actions.compact(at=AT + timedelta(minutes=30))


def test_a_visit_belongs_to_the_assistant_that_sent_it(visits: None) -> None:
    found = {each.assistant: each for each in queries.referred(since=DAY, until=DAY + timedelta(days=1))}
    assert list(found) == ["ChatGPT", "Perplexity", "others"]
    chat = found["ChatGPT"]
    assert (chat.visits, chat.product_visits, chat.ordered, chat.revenue_minor) == (1, 1, 1, 4_200)
    assert (found["Perplexity"].visits, found["Perplexity"].ordered) == (1, 0)
    assert (found["others"].visits, found["others"].revenue_minor, found["others"].simulated) == (3, 1_000, 1)
    assert chat.simulated == 0
    assert chat.conversion.low is not None
    assert chat.conversion.low < 1.0
    (nobody,) = queries.referred(since=DAY - timedelta(days=9), until=DAY)
    assert (nobody.assistant, nobody.visits, nobody.conversion.value) == ("others", 0, None)


def test_pages_given_to_programs_are_counted_by_day_and_page(settings: Any) -> None:
    client = Client(headers={"user-agent": user_agent(BY_NAME["GPTBot"])})
    for path in ("/robots.txt", "/robots.txt", "/en/nowhere-1/", "/en/nowhere-2/", "/static/none.css"):
        client.get(path)
    Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/130.0"}).get("/robots.txt")
    Client(headers={"user-agent": user_agent(BY_NAME["GPTBot"]), "parvis-look": "1"}).get("/robots.txt")
    held = {row.path: (row.bot, row.hits, row.failed) for row in Crawl.objects.all()}
    assert held == {"/robots.txt": ("GPTBot", 2, 0), "404": ("GPTBot", 2, 2)}
    day = Crawl.objects.values_list("day", flat=True)[0]
    (crawled,) = queries.crawled(since=day, until=day + timedelta(days=1))
    assert (crawled.bot, crawled.maker, crawled.hits, crawled.failed) == ("GPTBot", "ChatGPT", 4, 2)
    assert queries.crawled_pages(since=day, until=day + timedelta(days=1)) == (
        ("/robots.txt", {"GPTBot": 2}),
        ("404", {"GPTBot": 2}),
    )
    assert actions.forget_crawls(at=datetime.now(UTC) + timedelta(days=500)) == 2
