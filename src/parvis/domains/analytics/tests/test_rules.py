"""Machines told from people, and what is kept of a person: decided without a database."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory

from parvis.core.days import day_of, days, start_of
from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.models import DailySalt, RawEvent
from parvis.domains.analytics.rules import beacon, bots, privacy
from parvis.domains.analytics.testing import NOON
from parvis.domains.analytics.web import identify, note, visit_of

PEOPLE = {
    "phone": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
        " Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile"
        " Safari/537.36",
        "Mozilla/5.0 (Linux; Android 11; CUBOT X50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile"
        " Safari/537.36",
    ),
    "tablet": (
        "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6"
        " Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    ),
    "desktop": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
        " Safari/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ),
}
MACHINES = (
    "",
    "Mozilla/5.0",
    "curl/8.5.0",
    "python-requests/2.34",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (Linux; Android 6.0.1) AppleWebKit/537.36 Chrome/140 Mobile (compatible; Googlebot/2.1)",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36",
)


@pytest.mark.parametrize(("device", "agent"), [(device, agent) for device, many in PEOPLE.items() for agent in many])
def test_people_are_people_on_their_device(device: str, agent: str) -> None:
    assert bots.agent_sign(agent, language="fr", fetch_site="same-origin") is None
    assert bots.device(agent) == device


@pytest.mark.parametrize("agent", MACHINES)
def test_machines_say_so(agent: str) -> None:
    assert bots.agent_sign(agent, language="fr", fetch_site="same-origin") is not None


def test_headers_that_no_browser_leaves_out() -> None:
    agent = PEOPLE["desktop"][0]
    assert bots.agent_sign(agent, language="", fetch_site="") == "headless"
    assert bots.agent_sign(agent, language="fr", fetch_site="") is None


def batch(*events: tuple[str, int]) -> beacon.Batch:
    items = [{"id": str(uuid4()), "kind": kind, "at": 1_000_000 + at} for kind, at in events]
    return beacon.parse(json.dumps({"sent": 2_000_000, "events": items}).encode())


def test_a_pace_that_no_person_has() -> None:
    reading = [("page_view", 0), ("product_view", 0), ("proof_view", 1000), ("proof_view", 1000), ("proof_click", 1500)]
    assert bots.batch_sign(batch(*reading)) is None
    assert bots.batch_sign(batch(("page_view", 0), ("proof_view", 400))) == "speed"
    assert bots.batch_sign(batch(("proof_view", 0), ("page_view", 100))) is None  # of the page before
    assert bots.batch_sign(batch(*(("page_view", at * 100) for at in range(8)))) == "speed"
    assert bots.batch_sign(batch(*(("page_view", at * 100) for at in range(7)))) is None


# -- persons --------------------------------------------------------------------------------------------------


def test_addresses_keep_what_stays_while_a_person_browses() -> None:
    assert privacy.network("192.0.2.7") == privacy.network("::ffff:192.0.2.7") == "192.0.2.7"
    assert privacy.network("2001:db8:1:2:aaaa::1") == privacy.network("2001:db8:1:2:bbbb::9")
    assert privacy.network("2001:db8:1:3::1") != privacy.network("2001:db8:1:2::1")
    assert privacy.network("unix:") == "unix:"


def test_only_trusted_proxies_are_believed() -> None:
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 198.51.100.4, 10.0.0.9"}
    assert privacy.client_address(meta, proxies=0) == "10.0.0.1"
    assert privacy.client_address(meta, proxies=1) == "10.0.0.9"
    assert privacy.client_address(meta, proxies=2) == "198.51.100.4"
    assert privacy.client_address({"REMOTE_ADDR": "10.0.0.1"}, proxies=1) == "10.0.0.1"


def test_a_visit_tells_nothing_without_its_secret() -> None:
    known = {"address": "192.0.2.7", "agent": "a"}
    visit = privacy.visit_id(salt=b"1" * 32, **known)
    assert visit == privacy.visit_id(salt=b"1" * 32, **known)
    assert visit != privacy.visit_id(salt=b"2" * 32, **known)
    assert visit != privacy.visit_id(salt=b"1" * 32, address="192.0.2.8", agent="a")
    assert len(privacy.visit_id(salt=b"1" * 32, address="\ud800", agent="\udfff")) == 12


def test_consent_is_what_the_cookie_names() -> None:
    assert privacy.purposes("analytics.marketing") == {"analytics", "marketing"}
    for nothing in ("", "none", ".", "none.", "analytics" * 50):
        assert "analytics" not in privacy.purposes(nothing)


def test_days_follow_the_clock_changes() -> None:
    paris = ZoneInfo("Europe/Paris")
    lengths = [
        start_of(day + timedelta(days=1), paris) - start_of(day, paris)
        for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 18))
    ]
    assert [length.total_seconds() / 3600 for length in lengths] == [23, 25, 24]
    assert day_of(datetime(2026, 3, 29, 21, 59, tzinfo=UTC), paris) == date(2026, 3, 29)
    assert day_of(datetime(2026, 3, 29, 22, 0, tzinfo=UTC), paris) == date(2026, 3, 30)
    assert days(date(2026, 2, 27), date(2026, 3, 2)) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]


# -- events that pages tell -----------------------------------------------------------------------------------


def ask(**headers: str) -> Any:
    given = {
        "user-agent": PEOPLE["phone"][0],
        "accept-language": "fr",
        "referer": "https://news.example/a?b=c",
        **headers,
    }
    return RequestFactory().get("/fr/products/dress/ask/?q=secret", headers=given)


@pytest.mark.django_db
@pytest.mark.database
def test_a_page_notes_an_event_in_the_visit_of_its_reader() -> None:
    request = ask()
    note(request, Kind.ASK, at=NOON, product_id=12, voice_ids=(4,), surface="ask", answered=False)
    row = RawEvent.objects.get()
    assert (row.kind, row.product_id, row.voice_ids, row.answered) == ("ask", 12, [4], False)
    assert (row.path, row.referrer, row.device, row.visitor) == (
        "/fr/products/dress/ask/",
        "news.example",
        "phone",
        None,
    )
    assert row.visit == visit_of(request, at=NOON)
    assert DailySalt.objects.count() == 1
    assert "127.0.0.1" not in str(row.__dict__)


@pytest.mark.django_db
@pytest.mark.database
def test_a_refusal_is_heard_by_pages_too() -> None:
    note(ask(**{"sec-gpc": "1"}), Kind.ASK, at=NOON)
    note(ask(**{"user-agent": "curl/8"}), Kind.ASK, at=NOON)
    first, second = RawEvent.objects.order_by("id")
    assert first.referrer == ""
    assert (second.bot, second.bot_sign) == (True, "agent")


def test_the_sender_is_read_without_a_database() -> None:
    request = ask()
    request.COOKIES = {"parvis_consent": "analytics", "parvis_visitor": "A" * 22}
    known = identify(request)
    assert (known.visitor, known.new_visitor, known.unwanted_visitor) == ("A" * 22, False, False)
    request.COOKIES["parvis_consent"] = "none"
    refused = identify(request)
    assert (refused.visitor, refused.new_visitor, refused.unwanted_visitor) == (None, False, True)
