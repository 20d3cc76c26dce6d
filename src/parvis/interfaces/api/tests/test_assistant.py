"""Programs talk with the assistant: each write once, a customer's orders with the scope for them alone."""

from typing import Any

import pytest

from parvis.domains.assistant import models
from parvis.domains.catalog import testing as shop
from parvis.domains.people import testing as people
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.tests.program import AT, Program

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def program(db: Any) -> Program:
    shop.small_catalogue()
    return Program(Scope.ASSISTANT_ASK)


def begin(program: Program, **more: Any) -> Any:
    return program("POST", "/assistant/conversations", {"locale": "en", **more}, key=f"begin-{more}")


def test_a_conversation_by_program(program: Program) -> None:
    begun = begin(program)
    assert begun.status_code == 201
    address = f"/assistant/conversations/{begun.json()['token']}"
    first = program("POST", f"{address}/turns", {"text": "How is it delivered?"}, key="one")
    again = program("POST", f"{address}/turns", {"text": "How is it delivered?"}, key="one")
    assert (first.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert first.json() == again.json()
    assert (first.json()["intent"], first.json()["terms"]) == ("delivery", ["delivery"])
    assert models.Turn.objects.count() == 1
    judged = program("POST", f"{address}/turns/1/word", {"word": "yes"}, key="judge")
    assert judged.json()["word"] == "yes"
    called = program("POST", f"{address}/person", {"words": "Please"}, key="person")
    assert (called.json()["resolution"], called.json()["waits"]) == ("handed_over", True)
    read = program("GET", address)
    assert [turn["text"] for turn in read.json()["turns"]] == ["How is it delivered?", "Please"]
    assert program("POST", f"{address}/turns", {"text": "a" * 20_000}, key="long").status_code == 422
    assert program("POST", f"{address}/turns/9/word", {"word": "yes"}, key="none").status_code == 404


def test_what_the_token_may(program: Program) -> None:
    emma = people.customer("emma", at=AT)
    refused = begin(program, customer_id=emma.id)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert begin(Program(Scope.ASSISTANT_ASK, Scope.ORDERS_READ), customer_id=emma.id).status_code == 201
    assert begin(Program(Scope.EVIDENCE_READ)).status_code == 403
    assert program("GET", f"/assistant/conversations/{'x' * 32}").status_code == 404
