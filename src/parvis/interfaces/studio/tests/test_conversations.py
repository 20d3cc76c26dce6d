"""The team's pages of conversations: empty, with figures, and with an answer."""

from typing import Any

import pytest

from parvis.core.clock import now
from parvis.domains.assistant import actions, queries
from parvis.domains.assistant.contracts import Asker, Surface
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_conversations_are_listed_read_and_answered(db: Any) -> None:
    desk = signed_in("camille")
    empty = desk.get("/studio/conversations/").content.decode()
    assert 'class="figures"' not in empty
    token = actions.begin(locale="en", surface=Surface.PAGE, at=now())
    actions.ask(token=token, key="one", question="<b>Is it solar?</b>", locale="en", at=now())
    actions.hand_over(token=token, at=now(), email="ana@shopper.example")
    listed = desk.get("/studio/conversations/?resolution=waiting").content.decode()
    assert "&lt;b&gt;Is it solar?" in listed
    assert "<b>Is it solar" not in listed
    number = queries.conversation_by_token(token).id
    assert "ana@shopper.example" in desk.get(f"/studio/conversations/{number}/").content.decode()
    refused = desk.post(f"/studio/conversations/{number}/answer/", {"text": "  ", "key": "k-1-answer"})
    assert refused.status_code == 422
    for _ in range(2):
        desk.post(f"/studio/conversations/{number}/answer/", {"text": "No.", "key": "k-2-answer"})
    told = [turn.text for turn in queries.conversation(number).turns if turn.asker is Asker.PERSON]
    assert told == ["No."]
    assert not queries.waiting()
