"""The collector: what it takes, what it refuses, what it keeps of a person."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from parvis.domains.analytics.models import DailySalt, RawEvent
from parvis.domains.analytics.rules.throttle import Throttle
from parvis.domains.analytics.web import collector

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HEADERS = {"user-agent": FIREFOX, "sec-fetch-site": "same-origin", "accept-language": "fr"}
SENT = 1_800_000_000_000


@pytest.fixture(autouse=True)
def _unthrottled() -> Iterator[None]:
    collector.throttle._levels.clear()
    yield
    collector.throttle._levels.clear()


def item(kind: str = "page_view", **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": kind, "at": SENT - 100, **fields}


def batch(*events: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"sent": SENT, "path": "/fr/", "locale": "fr", "events": list(events), **fields}


def send(
    body: Any, *, client: Client | None = None, kind: str = "text/plain;charset=UTF-8", **headers: str
) -> HttpResponse:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    merged = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    response: HttpResponse = (client or Client()).post("/collect/", data, content_type=kind, headers=merged)
    return response


# -- what is taken --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", "application/json"])
def test_a_batch_is_kept_with_what_the_server_knows(kind: str) -> None:
    sent = batch(item("product_view", product=12), item("proof_view", product=12, voices=[4, 5], surface="pdp.list"))
    assert send(sent, kind=kind).status_code == 204
    first, second = RawEvent.objects.order_by("id")
    assert {first.kind, second.kind} == {"product_view", "proof_view"}
    proof = RawEvent.objects.get(kind="proof_view")
    assert (proof.product_id, proof.voice_ids, proof.surface, proof.path) == (12, [4, 5], "pdp.list", "/fr/")
    assert (proof.locale, proof.device, proof.bot, proof.visitor) == ("fr", "desktop", False, None)
    assert len(proof.visit) == 12
    assert first.visit == second.visit


def test_the_same_beacon_again_adds_nothing() -> None:
    body = batch(item(), item())
    assert [send(body).status_code for _ in range(3)] == [204, 204, 204]
    assert RawEvent.objects.count() == 2


def test_one_id_twice_in_a_batch_counts_once() -> None:
    twice = item()
    assert send(batch(twice, twice)).status_code == 204
    assert RawEvent.objects.count() == 1


def test_a_wrong_clock_moves_nothing() -> None:
    before = datetime.now(UTC)
    years = 5 * 365 * 86_400_000
    body = batch(item(at=SENT - years - 2000), item(at=SENT - years + 60_000), sent=SENT - years)
    assert send(body).status_code == 204
    old, future = RawEvent.objects.order_by("at")
    assert timedelta(seconds=1) < old.received_at - old.at < timedelta(seconds=3)
    assert future.at == future.received_at >= before


def test_age_is_bounded_to_a_day() -> None:
    send(batch(item(at=0)))
    row = RawEvent.objects.get()
    assert row.received_at - row.at == timedelta(hours=24)


def test_an_event_before_midnight_belongs_to_yesterdays_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)  # in Paris
    monkeypatch.setattr(collector, "now", lambda: midnight + timedelta(seconds=2))
    send(batch(item(at=SENT - 5000), item(at=SENT - 1000)))
    before, after = RawEvent.objects.order_by("at")
    assert before.visit != after.visit
    monkeypatch.setattr(collector, "now", lambda: midnight - timedelta(minutes=1))
    send(batch(item("list_view")))
    assert RawEvent.objects.get(kind="list_view").visit == before.visit
    assert DailySalt.objects.count() == 2


# -- what is refused ------------------------------------------------------------------------------------------

HOSTILE = {
    "not json": "hello",
    "nothing": " ",
    "a list": "[]",
    "no events": json.dumps(batch()),
    "51 events": json.dumps(batch(*(item() for _ in range(51)))),
    "unknown kind": json.dumps(batch(item("purchase"))),
    "a kind that only the server tells": json.dumps(batch(item("order"))),
    "unknown field": json.dumps(batch(item(value_minor=10**6))),
    "unknown field of the batch": json.dumps(batch(item(), bot=False)),
    "huge product": json.dumps(batch(item(product=2**63))),
    "huge number": '{"sent": 1' + "0" * 5000 + ', "events": []}',
    "infinite time": '{"sent": 1e999, "events": [{"id": "' + str(uuid4()) + '", "kind": "page_view", "at": 1}]}',
    "NaN": '{"sent": NaN, "events": [{"id": "' + str(uuid4()) + '", "kind": "page_view", "at": 1}]}',
    "negative product": json.dumps(batch(item(product=-1))),
    "text for a number": json.dumps(batch(item(product="12"))),
    "fraction": json.dumps(batch(item(product=1.5))),
    "NUL in path": json.dumps(batch(item(), path="/a\0b")),
    "escape codes in path": json.dumps(batch(item(), path="/a\x1b[31m")),
    "lone surrogate": json.dumps(batch(item())).replace("/fr/", "/\\ud800"),
    "long path": json.dumps(batch(item(), path="/" + "x" * 300)),
    "page of another site as path": json.dumps(batch(item(), path="https://elsewhere.example/")),
    "surface with markup": json.dumps(batch(item(surface="<b>"))),
    "too many voices": json.dumps(batch(item("proof_view", voices=list(range(1, 22))))),
    "bad id": json.dumps(batch(item() | {"id": "1"})),
    "deep": "[" * 30_000 + "]" * 30_000,
    "deep inside": '{"sent": 1, "events": ' + '{"a":' * 10_000 + "1" + "}" * 10_000 + "}",
    "not utf-8": b'{"sent": 1, "path": "/\xff\xfe", "events": []}',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies_get_one_clear_answer_and_leave_nothing(body: str | bytes) -> None:
    response = send(body)
    assert response.status_code == 422
    assert response["content-type"] == "application/problem+json"
    assert json.loads(response.content)["code"] == "bad_beacon"
    assert len(response.content) < 1500
    assert RawEvent.objects.count() == 0


def test_one_bad_event_refuses_its_batch() -> None:
    assert send(batch(item(), item("nonsense"))).status_code == 422
    assert RawEvent.objects.count() == 0


def test_64_kilobytes_are_the_most() -> None:
    assert send(json.dumps(batch(item())) + " " * 70_000).status_code == 413


def test_other_types_methods_and_sites_are_refused() -> None:
    assert send(batch(item()), kind="application/x-www-form-urlencoded").status_code == 415
    assert Client().get("/collect/").status_code == 405
    assert send(batch(item()), sec_fetch_site="cross-site").status_code == 403
    assert send(batch(item()), sec_fetch_site="same-site").status_code == 403
    old = {"user-agent": FIREFOX, "accept-language": "fr"}
    post = Client().post
    body = json.dumps(batch(item()))
    assert post("/collect/", body, content_type="text/plain", headers=old).status_code == 403
    elsewhere = {**old, "origin": "https://elsewhere.example"}
    assert post("/collect/", body, content_type="text/plain", headers=elsewhere).status_code == 403
    ours = {**old, "origin": "http://testserver"}
    assert post("/collect/", body, content_type="text/plain", headers=ours).status_code == 204


def test_one_address_cannot_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "throttle", Throttle(burst=5, per_second=0.0001))
    assert [send(batch(item())).status_code for _ in range(8)] == [204] * 5 + [429] * 3
    assert RawEvent.objects.count() == 5


def test_the_throttle_drains_and_forgets_the_oldest_caller() -> None:
    bucket = Throttle(burst=2, per_second=1, callers=2)
    assert [bucket.allows("a", seconds=0) for _ in range(3)] == [True, True, False]
    assert bucket.allows("a", seconds=1.5)
    assert not bucket.allows("a", seconds=1.5)
    bucket.allows("b", seconds=2)
    bucket.allows("c", seconds=2)
    assert bucket.allows("a", seconds=2.1)
    assert bucket.allows("a", seconds=2.1)


# -- what is kept of a person ---------------------------------------------------------------------------------


def test_no_cookie_without_consent() -> None:
    for consent in (None, "none", "marketing"):
        client = Client()
        if consent:
            client.cookies["parvis_consent"] = consent
        response = send(batch(item()), client=client)
        assert not response.cookies
    assert set(RawEvent.objects.values_list("visitor", flat=True)) == {None}


def test_with_consent_a_visitor_spans_batches() -> None:
    client = Client()
    client.cookies["parvis_consent"] = "analytics.marketing"
    cookie = send(batch(item()), client=client).cookies["parvis_visitor"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert not send(batch(item()), client=client).cookies
    assert list(RawEvent.objects.values_list("visitor", flat=True)) == [cookie.value] * 2


def test_consent_taken_back_deletes_the_cookie() -> None:
    client = Client()
    client.cookies["parvis_visitor"] = "A" * 22
    client.cookies["parvis_consent"] = "none"
    assert send(batch(item()), client=client).cookies["parvis_visitor"]["max-age"] == 0
    assert RawEvent.objects.get().visitor is None


def test_a_forged_visitor_cookie_is_replaced() -> None:
    client = Client()
    client.cookies["parvis_consent"] = "analytics"
    client.cookies["parvis_visitor"] = "'; DROP TABLE"
    assert send(batch(item()), client=client).cookies["parvis_visitor"].value != "'; DROP TABLE"


@pytest.mark.parametrize("signal", ["sec_gpc", "dnt"])
def test_privacy_signals_win_over_the_cookie(signal: str) -> None:
    client = Client()
    client.cookies["parvis_consent"] = "analytics"
    response = send(batch(item(), referrer="news.example"), client=client, **{signal: "1"})
    assert not response.cookies
    row = RawEvent.objects.get()
    assert (row.visitor, row.referrer) == (None, "")
    assert len(row.visit) == 12


def test_visits_of_two_days_cannot_be_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    from parvis.domains.analytics import actions

    monday = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
    visits = [actions.visit_of(at=monday + timedelta(days=n), address="192.0.2.1", agent=FIREFOX) for n in range(3)]
    assert len(set(visits)) == 3
    assert actions.forget_salts(at=monday + timedelta(days=2)) == 1
    assert set(DailySalt.objects.values_list("day", flat=True)) == {
        (monday + timedelta(days=1)).date(),
        (monday + timedelta(days=2)).date(),
    }
    assert actions.visit_of(at=monday, address="192.0.2.1", agent=FIREFOX) != visits[0]


# -- machines -------------------------------------------------------------------------------------------------


def test_machines_are_marked_not_dropped() -> None:
    assert (
        send(batch(item()), user_agent="Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)").status_code
        == 204
    )
    assert send(batch(item(), auto=True)).status_code == 204
    quick = batch(*(item("page_view", at=SENT - n) for n in range(10)))
    assert send(quick).status_code == 204
    signs = RawEvent.objects.values_list("bot", "bot_sign")
    assert set(signs) == {(True, "agent"), (True, "headless"), (True, "speed")}


def test_a_machine_gets_no_visitor() -> None:
    client = Client()
    client.cookies["parvis_consent"] = "analytics"
    assert not send(batch(item()), client=client, user_agent="curl/8.5").cookies
    assert RawEvent.objects.get().visitor is None


# -- many at once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_three_threads_post_the_same_and_their_own() -> None:
    shared = [batch(*(item() for _ in range(10))) for _ in range(10)]
    own = [[batch(*(item() for _ in range(5))) for _ in range(10)] for _ in range(3)]
    statuses: list[int] = []

    def post(number: int) -> None:
        for common, mine in zip(shared, own[number], strict=True):
            for body in (common, mine, common):
                statuses.append(send(body).status_code)  # noqa: PERF401 - each is a request
        connection.close()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert set(statuses) == {204}
    assert RawEvent.objects.count() == RawEvent.objects.values("event_id").distinct().count() == 100 + 150
