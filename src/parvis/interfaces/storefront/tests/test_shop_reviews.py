"""What people say of the shop itself: a page of its own, counted apart from products, in the structured data."""

import json
import re

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.checkout.testing import paid_order
from parvis.domains.evidence import queries as evidence
from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.contracts import NewVoice, Origin, Outcome, Reason, VoiceKind, VoiceState
from parvis.interfaces.storefront.tests.conftest import Shop, deliver
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


def say(stars: int, text: str, *, verified: bool = False, ref: str = "") -> int:
    new = NewVoice(
        kind=VoiceKind.COMMENT,
        stars=stars,
        text=text,
        author_name="Lea",
        language="en",
        verified=verified,
        origin=Origin.IMPORT,
        origin_ref=ref or text,
    )
    return actions.receive(new, at=now()).id


def public(*ids: int) -> None:
    deliver()
    held = [voice.id for voice in queries.voices(ids).values() if voice.state is VoiceState.HELD]
    if held:
        actions.decide(voice_ids=held, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=None, at=now())
    deliver()


def document(html: str) -> list[dict]:
    found = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found.group(1))["@graph"]


def test_the_page_without_any_says_so_and_invites(shop: Shop, visitor: Client) -> None:
    html = visitor.get(address("shop_reviews")).content.decode()
    assert "Nobody has reviewed the shop yet" in html
    (brand,) = [node for node in document(html) if node["@type"] == "Organization"]
    assert "aggregateRating" not in brand


def test_stars_average_and_the_brands_rating(shop: Shop, visitor: Client) -> None:
    good = say(5, "Delivered the day after, and the parcel was wrapped with care.", verified=True)
    bad = say(2, "Three weeks for a parcel, and </script><b>nobody</b> answered my messages.")
    public(good, bad)
    assert queries.shop_rating() == queries.shop_rating().__class__(
        count=2, average=3.5, distribution=(0, 1, 0, 0, 1), verified=1
    )
    html = visitor.get(address("shop_reviews")).content.decode()
    assert "wrapped with care" in html
    assert "<b>nobody</b>" not in html
    (brand,) = [node for node in document(html) if node["@type"] == "Organization"]
    assert (brand["aggregateRating"]["ratingValue"], brand["aggregateRating"]["ratingCount"]) == ("3.50", 2)
    assert {review["reviewRating"]["ratingValue"] for review in brand["review"]} == {5, 2}
    only = visitor.get(address("shop_reviews") + "?stars=2").content.decode()
    assert "Three weeks" in only
    assert "wrapped with care" not in only
    assert "Nobody has given so many stars" in visitor.get(address("shop_reviews") + "?stars=3").content.decode()


def test_products_do_not_hear_of_it_and_a_withdrawn_one_is_gone(shop: Shop, visitor: Client) -> None:
    before = evidence.summary(shop.dress)
    one = say(1, "The parcel never came, and nobody answers.")
    public(one)
    assert evidence.summary(shop.dress) == before
    actions.withdraw(voice_id=one, at=now())
    assert queries.shop_rating().count == 0
    assert "never came" not in visitor.get(address("shop_reviews")).content.decode()


def test_a_comment_under_a_voice_or_without_stars_is_none(shop: Shop) -> None:
    parent = next(iter(shop.voices.values()))
    under = NewVoice(
        kind=VoiceKind.COMMENT, parent_id=parent, stars=5, text="I agree.", origin=Origin.IMPORT, origin_ref="u"
    )
    bare = NewVoice(kind=VoiceKind.COMMENT, text="Only words about the shop.", origin=Origin.IMPORT, origin_ref="b")
    public(actions.receive(under, at=now()).id, actions.receive(bare, at=now()).id)
    assert queries.shop_rating().count == 0


def test_pages_follow_each_other_and_cost_few_statements(shop: Shop, visitor: Client) -> None:
    ids = [say(4, f"Parcel number {number} came in time and well packed.", ref=str(number)) for number in range(23)]
    public(*ids)
    first = visitor.get(address("shop_reviews")).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = visitor.get(address("shop_reviews") + following.group(1).replace("&amp;", "&")).content.decode()
    seen = re.findall(r'id="voice-(\d+)"', first) + re.findall(r'id="voice-(\d+)"', second)
    assert sorted(map(int, seen)) == sorted(ids)
    assert 'rel="next"' not in second


def test_few_statements(shop: Shop, visitor: Client, django_assert_max_num_queries) -> None:
    public(*[say(4, f"Parcel number {number} came in time.", ref=str(number)) for number in range(12)])
    visitor.get(address("shop_reviews"))
    with django_assert_max_num_queries(8):
        visitor.get(address("shop_reviews"))


def test_from_the_form_to_the_page_and_once_a_person(shop: Shop, visitor: Client) -> None:
    form = address("shop_review")
    said = {
        "stars": "5",
        "title": "Quick",
        "text": "Ordered on Monday, worn on Wednesday. The parcel was small and well packed.",
        "author_name": "Lea",
        "email": "lea@mail.example",
        "consent": "on",
        "key": "one",
    }
    assert visitor.post(form, {"key": "k"}).status_code == 422
    answer = visitor.post(form, said)
    assert answer.status_code == 302
    (voice,) = models.Voice.objects.filter(author_name="Lea")
    assert (voice.kind, voice.product_id, voice.verified) == ("comment", None, False)
    public(voice.pk)
    assert "worn on Wednesday" in visitor.get(address("shop_reviews")).content.decode()
    mine = visitor.get(answer["Location"]).content.decode()
    assert "See it among the reviews of the shop" in mine
    assert visitor.get(address("report", voice_id=voice.pk)).status_code == 200
    assert visitor.post(form, said | {"key": "two"}).status_code == 422  # an address proves nothing
    token = queries.author_token(voice.pk)
    assert visitor.post(form, said | {"key": "three", "mine": token, "stars": "3"}).status_code == 302
    public(*models.Voice.objects.filter(author_name="Lea").values_list("id", flat=True))
    assert queries.shop_rating().distribution == (0, 0, 1, 0, 0)


def test_who_comes_from_an_order_is_verified(shop: Shop, visitor: Client) -> None:
    order = paid_order({"DR-S": 1})
    said = {
        "stars": "4", "title": "", "text": "It all went well, from the order to the door.", "author_name": "Claire",
        "consent": "on", "key": "k", "order": order.token,
    }  # fmt: skip
    assert visitor.post(address("shop_review"), said).status_code == 302
    voice = models.Voice.objects.get(author_name="Claire", kind="comment")
    assert (voice.verified, voice.order_ref) == (True, order.number)
