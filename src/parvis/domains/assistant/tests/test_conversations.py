"""A conversation: one turn for one question, graded, judged, handed over with everything, forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core import outbox
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.assistant import actions, handlers, models, queries
from parvis.domains.assistant.contracts import Asker, Outcome, Resolution, Surface, Word
from parvis.domains.assistant.tests.conftest import AT, Square
from parvis.domains.messaging import queries as mail
from parvis.domains.messaging.contracts import MessageFilters
from parvis.domains.people import actions as registry
from parvis.domains.people import testing as people
from parvis.domains.people.contracts import CustomerErased, CustomersMerged, CustomersSplit

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def events(name: str) -> list[dict[str, Any]]:
    return list(OutboxEvent.objects.filter(name=name).order_by("id").values_list("payload", flat=True))


def test_the_same_key_is_the_same_turn_and_another_key_another(square: Square) -> None:
    first = square.ask("Does it run small?", key="one")
    assert square.ask("Does it run small?", key="one").id == first.id
    assert square.ask("something else under the same key", key="one").text == "Does it run small?"
    assert square.ask("Is it comfortable?", key="two").number == 2
    assert queries.conversation_by_token(square.token).revision == 2


def test_a_conversation_is_graded_by_rules_and_by_the_shopper(square: Square) -> None:
    square.ask("Does it run small?")
    assert queries.conversation_by_token(square.token).resolution is Resolution.RESOLVED
    square.ask("Is the factory powered by solar panels?")
    assert queries.conversation_by_token(square.token).resolution is Resolution.PARTLY
    actions.judge(token=square.token, number=1, word=Word.NO, at=AT)
    found = queries.conversation_by_token(square.token)
    assert found.resolution is Resolution.NOT
    assert [turn.word for turn in found.turns] == [Word.NO, None]
    actions.judge(token=square.token, number=1, word=None, at=AT)
    assert queries.conversation_by_token(square.token).resolution is Resolution.PARTLY
    assert [each["resolution"] for each in events("assistant.graded")] == ["resolved", "partly", "not", "partly"]


def test_who_asks_the_same_again_was_not_helped(square: Square) -> None:
    square.ask("Does it run small?", key="a")
    square.ask("does it run small ?", key="b")
    assert [turn.resolution for turn in queries.conversation_by_token(square.token).turns] == [
        Resolution.NOT,
        Resolution.RESOLVED,
    ]


def test_what_goes_into_the_cart_from_an_answer_is_noted(square: Square) -> None:
    square.ask("show me on oily skin")
    actions.note_added(token=square.token, number=1, variant_id=square.variants["DR-S"], at=AT)
    turn = queries.conversation_by_token(square.token).turns[0]
    assert turn.added_variant_id == square.variants["DR-S"]
    assert turn.resolution is Resolution.RESOLVED
    with pytest.raises(NotFound):
        actions.note_added(token=square.token, number=9, variant_id=square.variants["DR-S"], at=AT)


def test_a_person_takes_over_with_the_whole_context(square: Square) -> None:
    shown = square.ask("show me on dry skin")
    square.ask("Is the factory powered by solar panels?")
    square.ask("compare with the wool sweater")
    variants = [square.variants["DR-S"]]
    actions.hand_over(token=square.token, at=AT, email="ana@shopper.example", words="Please?", variant_ids=variants)
    actions.hand_over(token=square.token, at=AT)  # pressed twice: one person is asked for
    [event] = events("assistant.handed_over")
    assert event["product_ids"] == [square.dress, square.sweater]
    assert event["variant_ids"] == variants
    assert set(event["voice_ids"]) == {each.voice_id for each in shown.passages}
    assert event["questions"] == 4
    found = queries.conversation(event["conversation_id"])
    assert (found.resolution, found.waits) == (Resolution.HANDED_OVER, True)
    assert [turn.text for turn in found.turns][-1] == "Please?"
    assert queries.waiting() == 1

    staff = people.staff("camille", at=AT)
    for _ in range(2):
        actions.answer_as_person(
            conversation_id=found.id, text="It is not.", key="reply", actor_id=staff.account_id, at=AT
        )
    after = queries.conversation(found.id)
    assert not after.waits
    assert [turn.text for turn in after.turns if turn.asker is Asker.PERSON] == ["It is not."]
    sent = mail.messages(MessageFilters(), None, limit=9).items
    assert [each.to_email for each in sent] == ["ana@shopper.example"]
    with pytest.raises(Invalid):
        actions.hand_over(token=square.token, at=AT, email="nonsense")


def test_a_conversation_is_its_owners(square: Square) -> None:
    mine, other = people.customer("emma", at=AT), people.customer("claire", at=AT)
    assert queries.known_token(square.token, customer_id=None)
    assert actions.adopt(token=square.token, customer_id=mine.id)
    assert not queries.known_token(square.token, customer_id=None)
    assert not queries.known_token(square.token, customer_id=other.id)
    assert not actions.adopt(token=square.token, customer_id=other.id)
    assert not queries.known_token("guessed", customer_id=None)
    square.ask("Does it run small?")
    assert [each.id for each in queries.conversations_of(mine.id)] == [queries.conversation_by_token(square.token).id]
    for _ in range(2):
        handlers.forget([CustomerErased(customer_id=mine.id)])
    assert not models.Turn.objects.exists()


def test_conversations_follow_a_merge_and_go_back_with_a_split(square: Square) -> None:
    kept, gone = people.customer("emma", at=AT), people.customer("claire", at=AT)
    kepts, gones = (actions.begin(locale="en", surface=Surface.PAGE, at=AT) for _ in range(2))
    for token, owner in ((kepts, kept), (gones, gone)):
        actions.adopt(token=token, customer_id=owner.id)
        actions.ask(token=token, key="one", question="Does it run small?", locale="en", at=AT)

    def owners() -> list[int | None]:
        rows = dict(models.Conversation.objects.values_list("token", "customer_id"))
        return [rows[kepts], rows[gones]]

    def hear() -> None:
        while outbox.deliver(at=now()):
            pass

    merge = registry.merge_customers(kept_id=kept.id, gone_id=gone.id, actor_id=None, close_account=True, at=AT)
    hear()
    assert owners() == [kept.id, kept.id]
    since = actions.begin(locale="en", surface=Surface.PAGE, at=AT)
    actions.adopt(token=since, customer_id=kept.id)
    actions.ask(token=since, key="one", question="Is it comfortable?", locale="en", at=AT)
    registry.split_customers(merge_id=merge.id, actor_id=None, at=AT)
    told = [CustomersSplit(kept_id=kept.id, gone_id=gone.id, merge_id=merge.id)]
    hear()
    handlers.follow(told)  # a second time changes nothing
    assert owners() == [kept.id, gone.id]
    assert models.Conversation.objects.get(token=since).customer_id == kept.id, "what came since stays"
    handlers.follow([CustomersMerged(kept_id=kept.id, gone_id=gone.id, merge_id=merge.id)])
    assert owners() == [kept.id, gone.id], "a merge that is heard of after it was taken apart"


def test_old_conversations_go_by_themselves(square: Square) -> None:
    square.ask("Does it run small?")
    assert actions.forget_old(at=AT + timedelta(days=179)) == 0
    assert actions.forget_old(at=AT + timedelta(days=181)) > 0
    with pytest.raises(NotFound):
        queries.conversation_by_token(square.token)


def test_figures_say_what_they_are_shares_of(square: Square) -> None:
    square.ask("Does it run small?")
    square.ask("Is the factory powered by solar panels?", key="unsaid")
    actions.judge(token=square.token, number=1, word=Word.YES, at=AT)
    other = actions.begin(locale="fr", surface=Surface.PAGE, at=AT)
    actions.ask(token=other, key="hello", question="bonjour", locale="fr", at=AT)
    found = queries.figures(since=AT - timedelta(days=1), until=AT + timedelta(days=1))
    assert (found.conversations, found.asked) == (1, 2)  # a greeting is no question
    partly = found.by_resolution[Resolution.PARTLY]
    assert (partly.count, partly.share) == (1, 1.0)
    assert partly.low is not None
    assert partly.low < 0.5  # one conversation proves little
    assert (found.unsaid.count, found.worded.count, found.agreement.share) == (1, 1, 1.0)
    [unsaid] = queries.unsaid(since=AT - timedelta(days=1), until=AT + timedelta(days=1))
    assert (unsaid.text, unsaid.times) == ("Is the factory powered by solar panels?", 1)
    empty = queries.figures(since=AT + timedelta(days=5), until=AT + timedelta(days=6))
    assert (empty.conversations, empty.by_resolution[Resolution.NOT].share) == (0, None)
    rows = queries.conversations(text="solar").items
    assert [row.first_question for row in rows] == ["Does it run small?"]
    assert not queries.conversations(resolution="waiting").items


def test_a_long_thread_costs_no_more_statements_than_a_short_one(square: Square) -> None:
    square.ask("show me on dry skin")
    with CaptureQueriesContext(
        connection,
    ) as short:
        queries.conversation_by_token(square.token)
    for number in range(4):
        square.ask("show me on dry skin", key=f"again-{number}")
    with CaptureQueriesContext(connection) as long:
        found = queries.conversation_by_token(square.token)
    assert len(found.turns) == 5
    assert len(long) == len(short) <= 10


def test_greetings_are_greeted(square: Square) -> None:
    turn = square.ask("thank you")
    assert turn.outcome is Outcome.GREETED
    assert queries.conversation_by_token(square.token).resolution is None
