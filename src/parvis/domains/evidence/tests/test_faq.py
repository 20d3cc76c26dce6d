"""Frequent questions: proposed from what people ask, decided by people, retracted with their voices."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from parvis.core import outbox
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import (
    FaqChanged,
    FaqEntry,
    FaqReason,
    FaqScope,
    FaqState,
    FaqText,
    FaqUnsupported,
    Heard,
)
from parvis.domains.evidence.models import FaqAsked
from parvis.domains.evidence.models import FaqEntry as Row
from parvis.domains.evidence.queries import files
from parvis.domains.people import testing as people
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, VoiceKind

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
REVIEWS = (
    ("small_1", 3, "Runs small in the chest. I usually wear a 6 and needed an 8."),
    ("small_2", 4, "It runs small, so size up. The fabric is soft and the colour is lovely."),
    ("small_3", 2, "Way too small for me, very tight in the shoulders, it runs small."),
    ("fabric_1", 5, "The fabric is soft and feels expensive. I get compliments every time."),
)
ASKED = (("q1", "Does this run small?"), ("q2", "Does it run small or large?"), ("q3", "Is there a gift box?"))
pytestmark = [pytest.mark.database, pytest.mark.django_db]


@dataclass(frozen=True)
class World:
    product: int
    ids: dict[str, int]
    actor: int


@pytest.fixture(autouse=True)
def own_index(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_ROOT = tmp_path / "index"
    files.forget()
    yield
    files.forget()


def _voice(product: int, key: str, text: str, kind: VoiceKind, stars: int | None = None) -> int:
    new = NewVoice(
        kind=kind, product_id=product, stars=stars, text=text, author_name="Ana", language="en",
        origin=Origin.DEMO, origin_ref=key, submitted_at=AT - timedelta(days=20),
    )  # fmt: skip
    return voices.receive(new, at=AT).id


def _settle() -> None:
    outbox.deliver(at=AT + timedelta(days=9999))


@pytest.fixture
def world() -> World:
    product = shop.small_catalogue().products["linen-dress"]
    ids = {key: _voice(product, key, text, VoiceKind.REVIEW, stars) for key, stars, text in REVIEWS}
    ids |= {key: _voice(product, key, text, VoiceKind.QUESTION) for key, text in ASKED}
    _settle()
    _decide(list(ids.values()), Outcome.PUBLISH, Reason.APPROVED)
    return World(product, ids, people.staff("mathis", at=AT).account_id)


def _decide(ids: list[int], outcome: Outcome, reason: Reason) -> None:
    voices.decide(voice_ids=ids, outcome=outcome, reason=reason, note="", actor_id=None, at=AT)
    _settle()


def _withdraw(*ids: int) -> None:
    _decide(list(ids), Outcome.WITHDRAW, Reason.AUTHOR_REQUEST)


def _proposal() -> FaqEntry:
    (found,) = queries.faq_desk(state=FaqState.PROPOSED, at=AT)
    return found


def _approved(world: World, answer: str = "Yes: most people took one size up.") -> FaqEntry:
    actions.propose_faq(at=AT)
    entry = _proposal()
    actions.approve_faq(
        entry_id=entry.id, revision=entry.revision, question=entry.question, answer=answer, actor_id=world.actor, at=AT
    )
    return queries.faq_entry(entry.id, at=AT)


def _shown(world: World) -> tuple[FaqEntry, ...]:
    return queries.faq_for(locale="en", at=AT, product_id=world.product)


def test_what_several_people_ask_is_proposed_with_an_answer_from_voices(world: World) -> None:
    run = actions.propose_faq(at=AT)
    entry = _proposal()
    assert (run.questions, run.needs, run.proposed) == (3, 1, 1)
    assert (entry.scope, entry.product_id, entry.locale, entry.asked) == (FaqScope.PRODUCT, world.product, "en", 2)
    assert entry.question in {text for _, text in ASKED[:2]}
    assert "3 people say: runs small" in entry.answer
    assert {support.voice_id for support in entry.supports} <= set(world.ids.values())
    assert _shown(world) == ()  # nothing is public before a person approves it


def test_a_second_run_proposes_nothing_new(world: World) -> None:
    actions.propose_faq(at=AT)
    again = actions.propose_faq(at=AT + timedelta(days=30))
    assert (again.needs, again.proposed) == (1, 0)
    assert (Row.objects.count(), FaqAsked.objects.count()) == (1, 2)


def test_an_approved_entry_is_shown_and_a_declined_one_does_not_come_back(world: World) -> None:
    entry = _approved(world)
    (shown,) = _shown(world)
    assert (shown.id, shown.answer) == (entry.id, "Yes: most people took one size up.")
    actions.retract_faq(entry_id=entry.id, revision=entry.revision, actor_id=world.actor, at=AT)
    assert _shown(world) == ()
    actions.propose_faq(at=AT)  # a retracted one is proposed anew
    again = _proposal()
    actions.decline_faq(entry_id=again.id, revision=again.revision, actor_id=world.actor, at=AT)
    assert actions.propose_faq(at=AT).proposed == 0
    states = [version.state for version in queries.faq_versions(entry.id)]
    assert states == [FaqState.DECLINED, FaqState.PROPOSED, FaqState.RETRACTED, FaqState.APPROVED, FaqState.PROPOSED]


def test_two_people_do_not_overwrite_each_other(world: World) -> None:
    actions.propose_faq(at=AT)
    entry = _proposal()
    said = {"entry_id": entry.id, "revision": entry.revision, "question": entry.question, "actor_id": world.actor}
    actions.approve_faq(answer="It does.", at=AT, **said)  # type: ignore[arg-type] # one dict for two calls
    with pytest.raises(FaqChanged):
        actions.approve_faq(answer="It does not.", at=AT, **said)  # type: ignore[arg-type] # as above
    assert queries.faq_entry(entry.id, at=AT).answer == "It does."


@pytest.mark.parametrize("answer", ["", "   ", "x" * 2001], ids=["empty", "blank", "long"])
def test_an_answer_without_words_or_without_end_is_refused(world: World, answer: str) -> None:
    actions.propose_faq(at=AT)
    entry = _proposal()
    with pytest.raises(FaqText):
        actions.approve_faq(
            entry_id=entry.id, revision=entry.revision, question=entry.question, answer=answer, actor_id=world.actor,
            at=AT,
        )  # fmt: skip
    assert _proposal().revision == entry.revision


def test_an_answer_that_loses_most_of_its_voices_leaves_the_page(world: World) -> None:
    entry = _approved(world)
    gone = [support.voice_id for support in entry.supports]
    _withdraw(gone[0])
    (left,) = _shown(world)
    assert (left.lost, left.look_again) == (1, FaqReason.SUPPORT)
    assert gone[0] not in {support.voice_id for support in left.supports}
    _withdraw(*gone[1:])
    assert _shown(world) == ()
    told = queries.faq_entry(entry.id, at=AT)
    assert (told.state, told.reason) == (FaqState.RETRACTED, FaqReason.SUPPORT)
    with pytest.raises(FaqUnsupported):
        actions.approve_faq(
            entry_id=told.id, revision=told.revision, question="Small?", answer="Yes.", actor_id=world.actor, at=AT
        )


def test_words_that_somebody_took_back_are_nowhere_any_more(world: World) -> None:
    words = "Runs small in the chest. I usually wear a 6 and needed an 8."
    actions.propose_faq(at=AT)
    entry = _proposal()
    support = next(each for each in entry.supports if each.voice_id == world.ids["small_1"])
    actions.approve_faq(
        entry_id=entry.id, revision=entry.revision, question=entry.question, answer=f"Ana says: {support.quote}",
        actor_id=world.actor, at=AT,
    )  # fmt: skip
    assert support.quote.rstrip(".") in words
    _withdraw(world.ids["small_1"])
    told = queries.faq_entry(entry.id, at=AT)
    assert (told.state, told.reason, told.answer) == (FaqState.RETRACTED, FaqReason.QUOTED, "")
    assert all(support.quote not in version.answer for version in queries.faq_versions(entry.id))


def test_a_withdrawn_voice_is_gone_before_its_event_is_handed_over(world: World) -> None:
    entry = _approved(world)
    voices.decide(
        voice_ids=[each.voice_id for each in entry.supports], outcome=Outcome.WITHDRAW, reason=Reason.AUTHOR_REQUEST,
        note="", actor_id=None, at=AT,
    )  # fmt: skip
    assert _shown(world) == ()


def test_an_entry_in_the_other_language_is_composed_in_it(world: World) -> None:
    entry = _approved(world)
    made = actions.translate_faq(
        entry_id=entry.id, locale="fr", question="Est-ce que ça taille petit ?", actor_id=world.actor, at=AT
    )
    told = queries.faq_entry(made, at=AT)
    assert (told.locale, told.state, told.need_id) == ("fr", FaqState.PROPOSED, entry.need_id)
    assert "3 personnes disent" in told.answer


def test_an_entry_that_nobody_looked_at_for_a_year_wants_a_look(world: World) -> None:
    entry = _approved(world)
    assert queries.faq_entry(entry.id, at=AT + timedelta(days=360)).look_again is None
    assert queries.faq_entry(entry.id, at=AT + timedelta(days=370)).look_again is FaqReason.OLD


def test_the_revision_moves_with_what_is_shown(world: World) -> None:
    before = queries.revision(world.product)
    entry = _approved(world)
    approved = queries.revision(world.product)
    _withdraw(entry.supports[0].voice_id)
    assert len({before, approved, queries.revision(world.product)}) == 3


def test_what_nobody_has_answered_is_told(world: World) -> None:
    asked = [
        _voice(world.product, f"gift_{number}", f"Is the gift wrapping free, number {number}?", VoiceKind.QUESTION)
        for number in (1, 2, 3)
    ]
    _settle()
    _decide(asked, Outcome.PUBLISH, Reason.APPROVED)
    actions.propose_faq(at=AT)
    ((_, words, count),) = queries.faq_unanswered(locale="en")
    assert "gift" in words
    assert count >= 3


def _heard(world: World, ref: str, text: str, language: str = "en") -> Heard:
    return Heard(ref=ref, text=text, language=language, product_id=world.product, asked_at=AT - timedelta(days=2))


def test_what_is_asked_in_private_counts_and_is_kept_once_without_personal_data(world: World) -> None:
    asked = [
        _heard(world, "assistant:1", "Does it run small? Write to me at ana@example.org"),
        _heard(world, "assistant:2", "Does it run small?"),
        _heard(world, "assistant:2", "Does it run small?"),
        _heard(world, "assistant:3", "   "),
    ]
    actions.hear(asked)
    actions.hear(asked[:1])
    actions.propose_faq(at=AT)
    entry = _proposal()
    assert (entry.asked, entry.asked_privately) == (4, 2)
    assert entry.question in {text for _, text in ASKED[:2]}  # public words stand before private ones
    told = {each.text for each in queries.faq_asked(entry.need_id) if each.voice_id is None}
    assert "Does it run small? Write to me at •••••••••••••••" in told


def test_private_questions_alone_are_proposed_for_a_person_to_word(world: World) -> None:
    actions.hear([_heard(world, f"assistant:{n}", "Est-ce que ça taille petit ?", "fr") for n in range(2)])
    actions.propose_faq(at=AT)
    french = next(each for each in queries.faq_desk(state=FaqState.PROPOSED, at=AT) if each.locale == "fr")
    assert (french.question, french.state) == ("Est-ce que ça taille petit ?", FaqState.PROPOSED)


def test_who_is_erased_is_no_longer_counted(world: World) -> None:
    actions.hear([_heard(world, "assistant:1", "Does it run small?")])
    actions.propose_faq(at=AT)
    assert (actions.unhear(["assistant:1", "assistant:7"]), actions.unhear(["assistant:1"])) == (1, 0)
    assert _proposal().asked_privately == 0


def test_one_gathering_at_a_time_and_one_that_died_does_not_block_the_next(world: World) -> None:
    first = actions.start_faq(at=AT, actor_id=world.actor)
    assert actions.start_faq(at=AT + timedelta(minutes=1)) == first
    died = queries.faq_run(at=AT + timedelta(hours=1))
    assert died is not None
    assert died.lost
    later = actions.start_faq(at=AT + timedelta(hours=1))
    assert later != first
    done = actions.propose_faq(at=AT + timedelta(hours=1), gathering_id=later)
    assert done.ended_at is not None
    assert done.questions == 3
    assert queries.faq_run(at=AT + timedelta(hours=1)) == done


def test_one_run_proposes_no_more_than_a_person_can_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.hear([_heard(world, f"assistant:{n}", "Is the fabric soft?") for n in range(2)])
    monkeypatch.setattr("parvis.domains.evidence.rules.MOST_PROPOSED", 1)
    assert actions.propose_faq(at=AT).proposed == 1
    assert actions.propose_faq(at=AT + timedelta(days=30)).proposed == 1  # the next one's turn
