"""Groups of the same words, voices that wait after a change of rules, and what the desks cost the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.core.clock import now
from parvis.domains.voices import actions, models, queries, tasks
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason, VoiceState
from parvis.interfaces.studio.groups.views import different
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PRAISE = "An absolutely wonderful dress, delivered in two days, I recommend it to {} and to everybody around me!"
FRIENDS = ("all", "both", "mums", "dads", "kids", "aunts", "men", "girls", "boys", "you", "her", "him")


def crowd(product, count=6):
    ids = [
        actions.receive(
            NewVoice(
                product_id=product,
                text=PRAISE.format(FRIENDS[i]),
                stars=5,
                author_name=f"Person <b>{i}</b>",
                language="en",
                origin_ref=f"crowd:{i}",
            ),
            at=now() - timedelta(minutes=i),
        ).id
        for i in range(count)
    ]
    actions.examine(ids, at=now())
    return ids


def test_a_group_is_refused_with_one_button_and_taken_back_with_one(owner, shop):
    ids = crowd(shop.product)
    bench = owner.get("/studio/moderation/").content.decode()
    assert 'href="/studio/moderation/groups/"' in bench
    assert "One of 6 voices with nearly the same words." in bench
    (group,) = queries.bursts().items
    here = f"/studio/moderation/groups/{group.id}/"
    assert f'href="{here}"' in owner.get("/studio/moderation/groups/").content.decode()
    page = owner.get(here).content.decode()
    assert page.count('name="voice"') == page.count(" checked>") == 6
    assert "Person &lt;b&gt;0&lt;/b&gt;" in page
    assert "<mark>" in page
    seen = [f"{key}:{queries.decisions(key)[0].id}" for key in ids]
    sent = {"bulk": "refuse", "reason": "not_genuine", "voice": ids, "seen": seen, "back": here}
    answer = owner.post("/studio/moderation/decide/", sent)
    assert answer["Location"] == here
    assert {queries.voice(key).state for key in ids} == {VoiceState.REFUSED}
    assert all(queries.decisions(key)[0].actor_id == shop.owner for key in ids)
    after = owner.get(here).content.decode()
    assert "6 voices refused." in after
    decisions = " ".join(str(queries.decisions(key)[0].id) for key in ids)
    owner.post("/studio/moderation/undo/", {"decisions": decisions, "back": here})
    assert {queries.voice(key).state for key in ids} == {VoiceState.HELD}


def test_without_a_group_the_page_says_so_and_one_that_is_unknown_is_not_found(owner, shop):
    assert "No group" in owner.get("/studio/moderation/groups/").content.decode()
    assert owner.get("/studio/moderation/groups/?cursor=nonsense").status_code == 200
    assert owner.get("/studio/moderation/groups/99999/").status_code == 404


def test_who_may_not_decide_sees_masked_words_and_no_buttons(owner, shop):
    text = "Call me on 06 12 34 56 78 about this wonderful dress, it came in two days and fits {} well!"
    for i, word in enumerate(("so", "very", "quite")):
        new = NewVoice(
            product_id=shop.product, text=text.format(word), stars=5, author_name=f"P{i}", origin_ref=f"tel:{i}"
        )
        actions.examine([actions.receive(new, at=now()).id], at=now())
    group = queries.bursts().items[0].id
    viewer = signed_in("victor", locale="en").get(f"/studio/moderation/groups/{group}/").content.decode()
    assert "06 12 34 56 78" not in viewer
    assert 'name="bulk"' not in viewer
    assert "06 12 34 56 78" in owner.get(f"/studio/moderation/groups/{group}/").content.decode()


def test_what_differs_is_marked_and_long_texts_are_left_whole():
    assert different("a b c", "a x c") == [("a", False), ("x", True), ("c", False)]
    long = "word " * 400
    assert different("a", long) == [(long, False)]


# -- voices that wait -----------------------------------------------------------------------------------------


def _save(owner, **changes):
    page = owner.get("/studio/moderation/rules/")
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)} | changes
    return owner.post("/studio/moderation/rules/", data | {"do": "save", "note": "a trial"})


def test_a_change_of_rules_offers_to_decide_again_and_shows_how_far_it_is(owner, shop, monkeypatch):
    jobs = []
    monkeypatch.setattr(tasks.redecide, "defer", lambda **given: jobs.append(given))
    held = models.Voice.objects.filter(state="held", examined_at__isnull=False).count()
    answer = _save(owner, hold_links="", hold_personal_data="")
    assert (answer.status_code, answer["Location"]) == (302, "/studio/moderation/rules/waiting/")
    page = owner.get("/studio/moderation/rules/waiting/").content.decode()
    assert f"Decide again about {held} voices" in page
    assert "were left to people under earlier rules" in owner.get("/studio/moderation/rules/").content.decode()
    owner.post("/studio/moderation/rules/waiting/", {"do": "start"})
    moving = owner.get("/studio/moderation/rules/waiting/progress/").content.decode()
    assert f"0 of {held}" in moving
    assert 'hx-trigger="every 2s"' in moving
    tasks.redecide(**jobs[0])
    assert queries.voice(shop.held).state is VoiceState.PUBLISHED
    after = owner.get("/studio/moderation/rules/waiting/").content.decode()
    assert "Last done" in after
    assert "None of them would be decided otherwise." in after
    assert "under earlier rules" not in owner.get("/studio/moderation/rules/").content.decode()
    assert "had voices that wait decided about again" in owner.get("/studio/settings/audit/").content.decode()


def test_a_pass_can_be_stopped_from_the_page(owner, shop, monkeypatch):
    monkeypatch.setattr(tasks.redecide, "defer", lambda **given: None)
    _save(owner, hold_links="")
    owner.post("/studio/moderation/rules/waiting/", {"do": "start"})
    owner.post("/studio/moderation/rules/waiting/", {"do": "stop"})
    assert queries.redecidings()[0].finished_at is not None
    answer = owner.post("/studio/moderation/rules/waiting/", {"do": "dance"}, follow=True)
    assert "Choose what to do." in answer.content.decode()


def test_the_rules_of_bursts_interest_and_opinions_are_saved_as_a_version(owner, shop):
    _save(owner, burst_authors="5", burst_hours="6", hold_interest="", second_opinions="release")
    policy = queries.policy()
    assert (policy.burst_authors, policy.burst_hours, policy.hold_interest) == (5, 6, False)
    assert policy.second_opinions is queries.OpinionMode.RELEASE
    page = owner.get("/studio/moderation/rules/").content.decode()
    assert "Several people: at least, Within, in hours" in page


# -- what they cost -------------------------------------------------------------------------------------------


def _statements(client, address):
    client.get(address)  # what is kept for all pages is there
    with CaptureQueriesContext(connection) as told:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(told)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/studio/moderation/", 24),
        ("/studio/moderation/?desk=reports", 24),
        ("/studio/moderation/groups/", 14),
        ("/studio/moderation/rules/waiting/", 16),
        ("/studio/next-reviews/", 24),
    ],
    ids=["bench", "reports", "groups", "waiting", "next-reviews"],
)
def test_a_page_asks_the_database_the_same_however_much_it_shows(owner, shop, camille_id, address, most):
    few = _statements(owner, address)
    ids = crowd(shop.product, 12)
    for key in ids[:6]:
        actions.decide(voice_ids=[key], outcome=Outcome.HOLD, reason=Reason.SECOND_LOOK, actor_id=camille_id, at=now())
    many = _statements(owner, address)
    assert many <= most
    # a desk that held nothing asks what lies on it once there is something; never once for each voice
    assert many - few <= 4


@pytest.fixture
def camille_id(shop):
    from parvis.domains.people import testing as people

    return people.staff("camille", at=now()).account_id
