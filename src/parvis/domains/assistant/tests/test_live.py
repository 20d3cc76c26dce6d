"""Asking in a live room: short, about what is on screen or was named, the same on a retry, nothing of who withdrew."""

from dataclasses import replace

import pytest

from parvis.domains.assistant import actions, models, queries
from parvis.domains.assistant.contracts import Intent, Outcome, Room, Side, Surface
from parvis.domains.assistant.tests.conftest import AT, Square, settle
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import Reason

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def room_of(square: Square) -> Room:
    return Room(id=7, product_id=square.sweater, product_ids=(square.sweater, square.dress))


def begun(square: Square, room: Room) -> str:
    return actions.begin_in_room(room=room, locale="en", at=AT)


def test_a_conversation_of_a_room_says_where_it_began(square: Square) -> None:
    row = models.Conversation.objects.get(token=begun(square, room_of(square)))
    assert (row.surface, row.origin, row.product_id) == (Surface.LIVE.value, "room:7", square.sweater)
    assert queries.conversation_by_token(row.token).surface is Surface.LIVE


def test_the_product_that_is_named_else_the_one_on_screen(square: Square) -> None:
    room = room_of(square)
    token = begun(square, room)
    named = actions.ask_in_room(
        token=token, key="a" * 8, question="Does the dress run small?", room=room, locale="en", at=AT
    )
    assert named.product_id == square.dress
    assert named.says is not None
    assert named.says.side is Side.AGREES
    assert named.against is not None
    assert named.against.side is Side.DISAGREES
    seen = actions.ask_in_room(token=token, key="b" * 8, question="Is it itchy?", room=room, locale="en", at=AT)
    assert (seen.product_id, seen.turn.outcome, seen.says, seen.clip) == (square.sweater, Outcome.UNSAID, None, None)


def test_a_retry_is_about_what_was_on_screen_then(square: Square) -> None:
    room = replace(room_of(square), product_id=square.dress)
    token = begun(square, room)
    first = actions.ask_in_room(token=token, key="same-key", question="Is it itchy?", room=room, locale="en", at=AT)
    later = replace(room, product_id=square.sweater)
    again = actions.ask_in_room(token=token, key="same-key", question="Is it itchy?", room=later, locale="en", at=AT)
    assert again.turn.id == first.turn.id
    assert again.product_id == square.dress


def test_nothing_of_who_withdrew_is_said_aside(square: Square) -> None:
    room = replace(room_of(square), product_id=square.dress)
    token = begun(square, room)
    asked = actions.ask_in_room(token=token, key="c" * 8, question="show me on dry skin", room=room, locale="en", at=AT)
    assert asked.turn.intent is Intent.SHOW
    assert asked.against is not None
    assert asked.against.voice_id
    voices.withdraw(voice_id=asked.against.voice_id, reason=Reason.AUTHOR_REQUEST, actor_id=None, at=AT)
    settle()
    now = queries.aside(queries.conversation_by_token(token).turns[0])
    assert now.against is None or now.against.voice_id != asked.against.voice_id
