"""Our own pages over real HTTP, as programs fetch them; scores; what changed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.analytics.models import Crawl
from parvis.domains.catalog import actions as catalog
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Audit
from parvis.domains.voices import actions as voices
from parvis.interfaces.agents import looking, tasks
from parvis.interfaces.storefront.tests.conftest import Shop, deliver, furnished, shop  # noqa: F401 - fixtures
from parvis.science.visibility.crawlers import CRAWLERS

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(shop: Shop, live_server: Any, settings: Any) -> Shop:
    """The shop behind a real socket, which is also its public address."""
    settings.PUBLIC_URL = live_server.url
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    return shop


PATH = "/en/products/linen-dress/"


def test_every_program_is_given_what_people_are_given(served: Shop) -> None:
    people = looking.look(PATH, looking.PEOPLE)
    assert people.status == 200
    assert people.seen["kinds"]["Review"] > 0
    for crawler in (each for each in CRAWLERS if each.sends):
        seen = looking.look(PATH, crawler.name)
        assert seen.status == 200
        assert seen.seen["kinds"] == people.seen["kinds"], crawler.name
        assert seen.seen["words"] == people.seen["words"], crawler.name
    assert {each.bot for each in queries.looks(PATH)} == {"people", *(each.name for each in CRAWLERS if each.sends)}
    assert not Crawl.objects.exists()  # our own looks are no visits of theirs


def test_a_withdrawn_review_is_a_change_that_is_named(served: Shop) -> None:
    first = looking.look(PATH, "GPTBot")
    again = looking.look(PATH, "GPTBot")
    assert (again.since, again.changes) == (first.since, ())
    assert again.checked_at > first.checked_at
    voices.withdraw(voice_id=queries.shown_for(served.dress, limit=1).proofs[0].voice.id, actor_id=None, at=now())
    deliver()
    then = looking.look(PATH, "GPTBot")
    changed = {what: (before, after) for what, before, after in then.changes}
    assert int(changed["kinds.Review"][0]) == int(changed["kinds.Review"][1]) + 1
    assert "rated" in changed
    (told,) = queries.changed_looks(since=now() - timedelta(hours=1))
    assert told.path == PATH


def test_a_page_is_scored_and_scored_again_when_it_changes(served: Shop) -> None:
    wanted = queries.unaudited(language="en", before=now() - timedelta(days=30), limit=50)
    assert set(wanted) == set(served.catalogue.products.values())
    found = looking.audit(served.dress, "en")
    assert 0 < found.score < 100
    given = {key: (points, most) for key, points, most, _fix in found.given}
    assert given["open"] == (10, 10)
    assert given["valid"] == (10, 10)
    assert given["answered"][0] == 0
    assert served.dress not in queries.unaudited(language="en", before=now() - timedelta(days=30), limit=50)
    catalog.update_product(
        product_id=served.dress, texts={"description_en": "Soft linen, woven in Normandy. " * 12}, at=now()
    )
    assert served.dress in queries.unaudited(language="en", before=now() - timedelta(days=30), limit=50)
    actions.set_crawler(crawler="OAI-SearchBot", allowed=False, actor_id=None, at=now())
    after = {key: points for key, points, _most, _fix in looking.audit(served.dress, "en").given}
    assert after["described"] > given["described"][0]
    assert after["answerers"] == 0
    total = queries.audit_sum(language="en")
    assert total.count == 1
    assert "answerers" in {key for key, *_ in total.lost}


def test_a_shop_that_does_not_answer_is_said_so(shop: Shop, settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    seen = looking.look(PATH, "GPTBot")
    assert seen.status == 0
    assert looking.audit(shop.dress, "en").score < 60
    tasks.audit_one(shop.dress)
    assert queries.audit(shop.dress, language="fr") is not None


def test_only_some_states_of_a_page_are_kept(shop: Shop) -> None:
    for number in range(20):
        actions.keep_look(bot="GPTBot", path="/x/", status=200, seen={"words": number}, at=now())
    from parvis.domains.evidence.models import BotLook

    assert BotLook.objects.count() == 12
    (last,) = queries.looks("/x/")
    assert last.changes == (("words", "18", "19"),)
    assert re.fullmatch(r"[0-9a-f]{64}", BotLook.objects.first().digest)


def test_the_score_moves_by_the_points_of_what_was_mended(served: Shop) -> None:
    """The studio leads to a question that waits; once the brand has answered it, the page scores more, and by how much
    is what the rule promised."""
    from parvis.domains.people import testing as people
    from parvis.domains.voices.contracts import NewVoice, Outcome, Reason, VoiceKind

    question = voices.receive(
        NewVoice(kind=VoiceKind.QUESTION, product_id=served.dress, text="Is the dress lined?", language="en"), at=now()
    )
    voices.decide(
        voice_ids=[question.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=None, at=now(), overturn=True
    )
    deliver()
    before = looking.audit(served.dress, "en")
    people.staff("olivia", at=now())
    team = Client(headers={"host": "localhost"})
    team.force_login(people.account("olivia", at=now()), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = team.get(f"/studio/visibility/products/{served.dress}/")
    assert answer.status_code == 200, answer.headers.get("Location")
    page = answer.content.decode()
    assert f'href="/studio/voices/{question.id}/#answer"' in page
    told = team.get(f"/studio/voices/{question.id}/").content.decode()
    assert 'id="answer"' in told
    assert team.post(f"/studio/voices/{question.id}/answer/", {"text": "Yes, with cotton."}).status_code in (302, 303)
    deliver()
    assert served.dress in queries.unaudited(language="en", before=now() - timedelta(days=30), limit=50)
    after = looking.audit(served.dress, "en")
    gained = {key: points for key, points, *_ in after.given if points != dict_of(before)[key]}
    assert set(gained) == {"answered"}
    moved = gained["answered"] - dict_of(before)["answered"]
    assert moved == pytest.approx(10 / 3, abs=0.01)
    assert after.score - before.score == pytest.approx(moved, abs=0.11)


def dict_of(found: Audit) -> dict[str, float]:
    return {key: points for key, points, *_ in found.given}
