"""The connector against a server on this machine: both dialects, every way a server can fail, the budget, the log."""

import json
import threading
import time
from decimal import Decimal

import pytest

from parvis.connectors.llm import costs, queries
from parvis.connectors.llm.client import Model
from parvis.connectors.llm.models import Call, Spending
from parvis.connectors.llm.options import Options, Price, options
from parvis.connectors.llm.simulator import Mishap, Simulator
from parvis.core.clock import now
from parvis.core.language_model import BadAnswer, BudgetSpent, Message, ModelUnavailable

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SCHEMA = {
    "type": "object",
    "properties": {
        "insult": {"type": "string", "enum": ["no", "unsure", "yes"]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["insult", "confidence"],
    "additionalProperties": False,
}
ASK = {"system": "Judge.", "messages": [Message(role="user", text="What an idiot wrote this?")]}


def model(server: Simulator, kind: str = "openai", **changed) -> Model:
    given = {
        "kind": kind,
        "base": server.url,
        "model": "small",
        "key": "sesame",
        "price": Price(Decimal(15), Decimal(60)),
        "cap_minor": Decimal(100),
    }
    return Model(Options(**{**given, **changed}), sleep=lambda seconds: None)


@pytest.fixture
def server():
    with Simulator() as running:
        yield running


@pytest.mark.parametrize("kind", ["openai", "gemini"])
def test_a_question_is_answered_in_the_form_asked_for(server, kind):
    made = model(server, kind).complete(**ASK, schema=SCHEMA, purpose="test")
    assert made.json == {"insult": "yes", "confidence": 0.9}
    assert (made.model, made.attempts) == ("small", 1)
    assert made.tokens_in > 0
    assert made.tokens_out > 0
    assert made.cost_minor == Price(Decimal(15), Decimal(60)).of(made.tokens_in, made.tokens_out) > 0
    (asked,) = server.asked
    assert asked.system == "Judge."
    if kind == "openai":
        assert asked.path == "/v1/chat/completions"
        assert asked.headers["Authorization"] == "Bearer sesame"
        assert asked.body["response_format"]["json_schema"]["strict"]
    else:
        assert asked.path == "/v1/models/small:generateContent"
        assert asked.headers["x-goog-api-key"] == "sesame"
        assert "sesame" not in asked.path
        assert "additionalProperties" not in json.dumps(asked.body)


def test_words_without_a_schema(server):
    made = model(server).complete(**ASK)
    assert made.json is None
    assert "simulator" in made.text


def test_a_server_that_does_not_count_is_counted_for(server):
    server.count = False
    made = model(server).complete(**ASK, schema=SCHEMA)
    assert made.tokens_in > 5
    assert made.tokens_out > 5


@pytest.mark.parametrize(
    "mishap",
    [
        Mishap(status=429, headers={"Retry-After": "0"}),
        Mishap(status=429, headers={"Retry-After": "Sun, 22 Nov 2020 10:00:00 GMT"}),
        Mishap(status=503),
        Mishap(status=500, raw=b"<html>"),
        Mishap(closed=True),
        Mishap(cut=True),
    ],
)
def test_what_passes_is_tried_again(server, mishap):
    server.mishaps.append(mishap)
    made = model(server).complete(**ASK, schema=SCHEMA, timeout=10)
    assert made.attempts == 2
    assert made.json["insult"] == "yes"


def test_three_failures_are_enough(server):
    server.mishaps.extend([Mishap(status=503)] * 5)
    with pytest.raises(ModelUnavailable) as caught:
        model(server).complete(**ASK, schema=SCHEMA)
    assert caught.value.retry
    assert len(server.mishaps) == 2
    call = Call.objects.get()
    assert (call.outcome, call.attempts, call.cost_minor) == ("model_unavailable", 3, 0)


@pytest.mark.parametrize("status", [401, 403, 404, 400])
def test_what_stays_wrong_is_not_tried_again(server, status):
    server.mishaps.extend([Mishap(status=status, raw=b'{"error": "no"}')] * 3)
    with pytest.raises(ModelUnavailable) as caught:
        model(server).complete(**ASK)
    assert not caught.value.retry
    assert len(server.mishaps) == 2
    assert "sesame" not in str(caught.value)


def test_a_wait_longer_than_the_time_left_is_not_waited(server):
    server.mishaps.append(Mishap(status=429, headers={"Retry-After": "3600"}))
    begun = time.monotonic()
    with pytest.raises(ModelUnavailable):
        model(server).complete(**ASK, timeout=5)
    assert time.monotonic() - begun < 4


def test_a_slow_server_is_left_at_the_deadline_and_counted_at_its_most(server):
    server.mishaps.extend([Mishap(seconds=2)] * 3)
    with pytest.raises(ModelUnavailable):
        model(server).complete(**ASK, timeout=0.4, max_tokens=1000)
    call = Call.objects.get()
    assert call.estimated
    assert call.cost_minor >= Decimal("0.06")  # a thousand tokens out at 60 a million
    assert Spending.objects.get().spent_minor == call.cost_minor


def test_nobody_there():
    with Simulator() as gone:
        pass
    with pytest.raises(ModelUnavailable) as caught:
        model(gone).complete(**ASK, timeout=2)
    assert caught.value.retry
    assert Spending.objects.get().spent_minor == 0


def test_redirects_are_not_followed(server):
    server.mishaps.append(Mishap(status=302, headers={"Location": "http://127.0.0.1:9/"}))
    with pytest.raises(ModelUnavailable):
        model(server).complete(**ASK)


@pytest.mark.parametrize(
    "said",
    [
        "no json",
        "[]",
        "{}",
        '{"insult": "perhaps", "confidence": 1}',
        '{"insult": "no", "confidence": 7}',
        '{"insult": "no", "confidence": NaN}',
        '{"insult": "no", "confidence": true}',
        '{"insult": "no", "confidence": 1, "publish": true}',
        '{"insult": "no", "confidence": 1} and more',
        "[" * 100_000,
    ],
)
@pytest.mark.parametrize("kind", ["openai", "gemini"])
def test_an_answer_of_another_form_is_no_answer_and_still_charged(server, said, kind):
    server.judge = lambda asked: said
    with pytest.raises(BadAnswer):
        model(server, kind).complete(**ASK, schema=SCHEMA)
    call = Call.objects.get()
    assert call.outcome == "model_bad_answer"
    assert call.cost_minor > 0
    assert Spending.objects.get().spent_minor == call.cost_minor


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("openai", b"{}"),
        ("openai", b'{"choices": [{"message": {"content": ""}}]}'),
        ("openai", b'{"choices": [{"message": {"content": "{", "refusal": null}, "finish_reason": "length"}]}'),
        ("openai", b'{"choices": [{"message": {"content": null, "refusal": "I cannot"}}]}'),
        ("gemini", b'{"promptFeedback": {"blockReason": "SAFETY"}}'),
        ("gemini", b'{"candidates": [{"finishReason": "MAX_TOKENS", "content": {"parts": [{"text": "{"}]}}]}'),
        ("gemini", b'{"candidates": [{"finishReason": "SAFETY"}]}'),
        ("gemini", b'{"candidates": []}'),
    ],
)
def test_answers_that_hold_nothing(server, kind, raw):
    server.mishaps.append(Mishap(raw=raw))
    with pytest.raises(BadAnswer):
        model(server, kind).complete(**ASK, schema=SCHEMA)


@pytest.mark.parametrize("raw", [b"null", b"x" * 3_000_000, b"\xff\xfe", b"[" * 200_000])
def test_answers_of_no_form_at_all(server, raw):
    server.mishaps.extend([Mishap(raw=raw)] * 3)
    with pytest.raises(ModelUnavailable):
        model(server).complete(**ASK)


def test_what_an_older_server_does_not_know_is_left_out(server):
    server.mishaps.append(Mishap(status=400, raw=b'{"error": "unknown field response_format.json_schema"}'))
    server.mishaps.append(Mishap(status=400, raw=b'{"error": "use max_completion_tokens"}'))
    server.mishaps.append(Mishap(status=400, raw=b'{"error": "temperature is not supported"}'))
    server.judge = lambda asked: '```json\n{"insult": "no", "confidence": 0.5}\n```'
    asking = model(server)
    assert asking.complete(**ASK, schema=SCHEMA).json == {"insult": "no", "confidence": 0.5}
    body = server.asked[-1].body
    assert body["response_format"] == {"type": "json_object"}
    assert "max_completion_tokens" in body
    assert "temperature" not in body
    asking.complete(**ASK, schema=SCHEMA)  # it remembers
    assert len(server.asked) == 2


# -- the budget -----------------------------------------------------------------------------------------------


def test_the_day_ends_with_its_budget(server):
    asking = model(server, price=Price(Decimal(0), Decimal(1_000_000)), cap_minor=Decimal(1000))
    asking.complete(**ASK, schema=SCHEMA, max_tokens=900)
    spent = Spending.objects.get().spent_minor
    assert 0 < spent < 900  # what was set aside went back, the true cost stayed
    with pytest.raises(BudgetSpent):
        asking.complete(**ASK, schema=SCHEMA, max_tokens=1000)
    assert len(server.asked) == 1
    assert Spending.objects.get().spent_minor == spent


def test_a_question_dearer_than_a_day_is_not_asked(server):
    with pytest.raises(BudgetSpent):
        model(server, cap_minor=Decimal(0)).complete(**ASK)
    assert server.asked == []
    assert not Spending.objects.exists()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_crowd_cannot_pass_the_cap():
    from django.db import connection

    at, won = now(), []

    def take() -> None:
        try:
            costs.reserve(Decimal(10), cap=Decimal(55), at=at)
            won.append(1)
        except BudgetSpent:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 5
    assert Spending.objects.get().spent_minor == 50


def test_costs_and_times_are_told(server, settings):
    asking = model(server)
    settings.LANGUAGE_MODEL = asking.options
    asking.complete(**ASK, schema=SCHEMA, purpose="one")
    server.judge = lambda asked: "no json"
    with pytest.raises(BadAnswer):
        asking.complete(**ASK, schema=SCHEMA, purpose="one")
    today = queries.today(at=now())
    assert today.model == "small"
    assert 0 < today.share < 1
    (usage,) = queries.usage(since=now().replace(hour=0, minute=0))
    assert (usage.purpose, usage.calls, usage.failed, len(usage.latencies_ms)) == ("one", 2, 1, 1)
    assert usage.cost_minor == today.spent_minor
    settings.LANGUAGE_MODEL = None
    assert queries.today(at=now()) is None


# -- settings -------------------------------------------------------------------------------------------------

GIVEN = {
    "PARVIS_LLM": "openai",
    "PARVIS_LLM_URL": "http://127.0.0.1:8080/v1",
    "PARVIS_LLM_MODEL": "small:7b",
    "PARVIS_LLM_KEY": "sesame",
    "PARVIS_LLM_PRICES": "large=3/12, small:7b=0.15/0.60",
    "PARVIS_LLM_BUDGET": "2.50",
    "PARVIS_LLM_SECONDS": "20",
}


def test_settings_make_a_model():
    problems: list[str] = []
    made = options(GIVEN, problems)
    assert problems == []
    assert made.price == Price(Decimal(15), Decimal(60))
    assert made.cap_minor == 250
    assert "sesame" not in repr(made)
    assert options({**GIVEN, "PARVIS_LLM": ""}, problems) is None
    yen = options(GIVEN, problems, minor=1)
    assert yen.cap_minor == Decimal("2.50")


@pytest.mark.parametrize(
    "wrong",
    [
        {"PARVIS_LLM": "oracle"},
        {"PARVIS_LLM_URL": ""},
        {"PARVIS_LLM_URL": "file:///etc/passwd"},
        {"PARVIS_LLM_MODEL": ""},
        {"PARVIS_LLM_PRICES": ""},
        {"PARVIS_LLM_PRICES": "small:7b=cheap"},
        {"PARVIS_LLM_PRICES": "small:7b=-1/2"},
        {"PARVIS_LLM_BUDGET": "much"},
        {"PARVIS_LLM_BUDGET": "-1"},
        {"PARVIS_LLM_SECONDS": "inf"},
    ],
)
def test_settings_that_cannot_be_used_are_told(wrong):
    problems: list[str] = []
    assert options({**GIVEN, **wrong}, problems) is None
    assert problems
