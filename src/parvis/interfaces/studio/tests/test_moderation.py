"""The bench: deciding one by one and many at once, taking back, two people at the same voice."""

import pytest

from parvis.domains.people import testing as people
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import Outcome, QueueFilters, Reason, VoiceState
from parvis.interfaces.studio.tests.conftest import AT, signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
HTMX = {"HX-Request": "true", "HX-Target": "bench"}


def _held():
    return [item.voice.id for item in queries.queue(QueueFilters()).items]


def test_what_waits_is_shown_with_its_reason(owner, shop):
    page = owner.get("/studio/moderation/").content.decode()
    assert "names or reaches a person" in page
    assert "holds a link" in page
    assert f'href="/studio/voices/{shop.held}/"' in page


def test_one_button_decides_and_undo_takes_it_back_without_a_script(owner, shop):
    answer = owner.post("/studio/moderation/decide/", {"one": f"publish:{shop.held}", "back": "/studio/moderation/"})
    assert (answer.status_code, answer["Location"]) == (302, "/studio/moderation/")
    assert queries.voice(shop.held).state is VoiceState.PUBLISHED
    page = owner.get("/studio/moderation/").content.decode()
    assert "1 voice published." in page
    decision = queries.decisions(shop.held)[0].id
    assert f'name="decisions" value="{decision}"' in page
    owner.post("/studio/moderation/undo/", {"decisions": str(decision), "back": "/studio/moderation/"})
    assert queries.voice(shop.held).state is VoiceState.HELD
    assert 'name="decisions"' not in owner.get("/studio/moderation/").content.decode()


def test_many_are_decided_at_once_and_taken_back_at_once(owner, shop):
    ids = _held()[:3]
    answer = owner.post("/studio/moderation/decide/", {"bulk": "refuse", "reason": "spam", "voice": ids}, headers=HTMX)
    assert "3 voices refused." in answer.content.decode()
    assert {queries.voice(key).state for key in ids} == {VoiceState.REFUSED}
    decisions = " ".join(str(queries.decisions(key)[0].id) for key in ids)
    owner.post("/studio/moderation/undo/", {"decisions": decisions}, headers=HTMX)
    assert {queries.voice(key).state for key in ids} == {VoiceState.HELD}


def test_a_missing_reason_keeps_the_selection_and_is_said_beside_the_button(owner, shop):
    ids = _held()[:2]
    sent = {"bulk": "refuse", "voice": ids, "back": "/studio/moderation/?q="}
    for headers in ({}, HTMX):
        page = owner.post("/studio/moderation/decide/", sent, headers=headers).content.decode()
        assert page.count(" checked>") >= 2
        assert page.index('id="bulk"') < page.index('id="bulk-problem"') < page.index("data-list")
    none = owner.post("/studio/moderation/decide/", {"bulk": "publish", "back": "/studio/moderation/"})
    assert none.status_code == 422
    assert "Choose at least one voice" in none.content.decode()


def test_refusing_asks_for_a_reason(owner, shop):
    answer = owner.post("/studio/moderation/decide/", {"bulk": "refuse", "voice": [shop.held]}, headers=HTMX)
    assert "Choose the reason" in answer.content.decode()
    assert queries.voice(shop.held).state is VoiceState.HELD


@pytest.mark.parametrize("data", [{}, {"bulk": "publish"}, {"one": "publish:x"}, {"one": "erase:1"}, {"bulk": "no"}])
def test_a_form_that_says_nothing_changes_nothing(owner, shop, data):
    answer = owner.post("/studio/moderation/decide/", data, headers=HTMX)
    assert "Choose at least one voice" in answer.content.decode()
    assert shop.held in _held()


def test_an_unknown_voice_is_told(owner, shop):
    answer = owner.post("/studio/moderation/decide/", {"one": "publish:999999"}, headers=HTMX)
    assert answer.status_code == 200
    assert "999999" in answer.content.decode()


def test_who_comes_second_is_told_who_was_first(owner, shop):
    seen = f"{shop.held}:{queries.decisions(shop.held)[0].id}"
    camille = people.staff("camille", at=AT)
    actions.decide(
        voice_ids=[shop.held], outcome=Outcome.REFUSE, reason=Reason.SPAM, actor_id=camille.account_id, at=AT
    )
    answer = owner.post("/studio/moderation/decide/", {"one": f"publish:{shop.held}", "seen": seen}, headers=HTMX)
    assert "Camille Roussel" in answer.content.decode()
    assert queries.voice(shop.held).state is VoiceState.REFUSED


def test_deciding_keeps_the_filters(owner, shop):
    back = "/studio/moderation/?reason=links"
    answer = owner.post("/studio/moderation/decide/", {"one": f"hold:{shop.held}", "back": back})
    assert answer["Location"] == back
    elsewhere = owner.post("/studio/moderation/decide/", {"one": f"hold:{shop.held}", "back": "https://evil.example/"})
    assert elsewhere["Location"] == "/studio/moderation/"


def test_filters_narrow(owner, shop):
    links = owner.get("/studio/moderation/?reason=links").content.decode()
    assert "holds a link" in links
    assert f'href="/studio/voices/{shop.held}/"' not in links
    found = owner.get("/studio/moderation/?state=&q=favourite").content.decode()
    assert f'href="/studio/voices/{shop.voice}/"' in found
    assert owner.get("/studio/moderation/?state=x&kind=y&stars=9&cursor=z&product=a").status_code == 200


def test_a_viewer_has_nothing_to_press(shop):
    page = signed_in("victor").get("/studio/moderation/").content.decode()
    assert 'name="one"' not in page
    assert 'name="bulk"' not in page


def test_a_voice_tells_all_about_itself(owner, shop):
    page = owner.get(f"/studio/voices/{shop.voice}/").content.decode()
    assert "<mark" in page
    assert "very happy" in page
    assert "nothing against it" in page


def test_a_published_voice_is_withdrawn_with_a_reason_and_comes_back(owner, shop):
    address = f"/studio/voices/{shop.voice}/decide/"
    assert owner.post(address, {"outcome": "withdraw"}).status_code == 422
    owner.post(address, {"outcome": "withdraw", "reason": "rights", "note": "a picture from elsewhere"})
    assert queries.voice(shop.voice).state is VoiceState.WITHDRAWN
    page = owner.get(f"/studio/voices/{shop.voice}/").content.decode()
    assert "a picture from elsewhere" in page
    owner.post(address, {"outcome": "publish"})
    assert queries.voice(shop.voice).state is VoiceState.PUBLISHED


def test_the_brand_answers_a_question(owner, shop):
    address = f"/studio/voices/{shop.question}/answer/"
    assert owner.post(address, {"text": "  "}).status_code == 422
    assert owner.post(address, {"text": "Yes, two deep ones, one on each side."}).status_code == 302
    found = queries.find(QueueFilters(state=None, text="two deep ones")).items
    assert [(voice.author_role, voice.author_name, voice.parent_id) for voice in found] == [
        ("brand", "Olivia Marchand", shop.question)
    ]
