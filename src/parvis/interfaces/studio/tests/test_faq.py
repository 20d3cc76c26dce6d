"""Frequent questions: gathered in the background, read with their voices, decided about once."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.core import outbox
from parvis.domains.evidence import actions, queries, tasks
from parvis.domains.evidence.contracts import FaqState, Heard
from parvis.domains.evidence.queries import files
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, VoiceKind
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
QUESTION = "Does it run small?"


@pytest.fixture
def asked(shop, settings, tmp_path):
    """Two public questions of one need, one in private, and two reviews that answer; then a gathering."""
    settings.INDEX_ROOT = tmp_path / "index"
    files.forget()
    at = datetime.now(UTC)
    said = [
        (VoiceKind.REVIEW, "It runs small, so size up. The fabric is soft."),
        (VoiceKind.REVIEW, "Way too small for me: it runs small in the <b>shoulders</b>."),
        (VoiceKind.QUESTION, QUESTION),
        (VoiceKind.QUESTION, QUESTION),
    ]
    ids = [
        voices.receive(
            NewVoice(
                kind=kind, product_id=shop.product, stars=3 if kind is VoiceKind.REVIEW else None, text=text,
                author_name="Ana", language="en", origin=Origin.DEMO, origin_ref=f"faq{place}",
                submitted_at=at - timedelta(days=9),
            ),
            at=at,
        ).id
        for place, (kind, text) in enumerate(said)
    ]  # fmt: skip
    outbox.deliver(at=at + timedelta(days=9999))
    voices.decide(voice_ids=ids, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=at)
    outbox.deliver(at=at + timedelta(days=9999))
    private = Heard(
        ref="t:1", text="Does it run small <script>?", language="en", product_id=shop.product, asked_at=at
    )  # fmt: skip
    actions.hear([private])
    actions.propose_faq(at=at)
    yield queries.faq_desk(state=FaqState.PROPOSED, at=at)[0].id
    files.forget()


def _entry(key):
    return queries.faq_entry(key, at=datetime.now(UTC))


def test_what_is_proposed_is_read_with_its_voices_and_approved(asked):
    marketer = signed_in("mathis", locale="en")
    desk = marketer.get("/studio/faq/").content.decode()
    assert QUESTION in desk
    assert "questions read" in desk
    page = marketer.get(f"/studio/faq/{asked}/").content.decode()
    assert "asked by 3 people" in page
    assert "asked in private" in page
    assert "&lt;script&gt;" in page
    assert "<script>?" not in page
    sent = {"verb": "approve", "revision": _entry(asked).revision, "question": QUESTION, "answer": "Take one size up."}
    done = marketer.post(f"/studio/faq/{asked}/", sent, follow=True).content.decode()
    assert "The answer stands on the page." in done
    assert _entry(asked).state is FaqState.APPROVED
    again = marketer.post(f"/studio/faq/{asked}/", sent | {"answer": "Nothing is said."})
    assert again.status_code == 422
    assert "Somebody has changed this entry meanwhile" in again.content.decode()
    assert "Nothing is said." in again.content.decode()  # what was typed is not lost
    assert _entry(asked).answer == "Take one size up."


def test_an_answer_without_words_is_refused_with_the_field(asked):
    marketer = signed_in("mathis", locale="en")
    sent = {"verb": "approve", "revision": _entry(asked).revision, "question": QUESTION, "answer": " "}
    answer = marketer.post(f"/studio/faq/{asked}/", sent)
    assert answer.status_code == 422
    assert _entry(asked).state is FaqState.PROPOSED


def test_gathering_runs_in_the_background_and_shows_its_end(asked, monkeypatch):
    begun = []
    monkeypatch.setattr(tasks.gather_faq, "defer", lambda **given: begun.append(given))
    marketer = signed_in("mathis", locale="en")
    page = marketer.post("/studio/faq/gather/", follow=True).content.decode()
    assert "Questions are read, grouped, and answered from voices." in page
    assert len(begun) == 1
    moving = marketer.get("/studio/faq/gathering/")
    assert "every 2s" in moving.content.decode()
    assert "HX-Refresh" not in moving
    actions.propose_faq(at=datetime.now(UTC), **begun[0])
    assert marketer.get("/studio/faq/gathering/")["HX-Refresh"] == "true"
    assert "Last gathered" in marketer.get("/studio/faq/").content.decode()


def test_a_viewer_reads_and_decides_nothing(asked):
    viewer = signed_in("victor", locale="en")
    assert "Approve" not in viewer.get(f"/studio/faq/{asked}/").content.decode()
    assert viewer.post("/studio/faq/gather/").status_code == 403
    assert viewer.post(f"/studio/faq/{asked}/", {"verb": "approve", "revision": 1}).status_code == 403
