"""A picture that its author refused is nowhere any more; one that was taken over from elsewhere needs leave."""

import json
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import localdate
from PIL import Image
from tests.reading import read

from parvis.core.clock import now
from parvis.domains.evidence import actions as evidence
from parvis.domains.evidence import queries
from parvis.domains.evidence.contracts import Channel, WidgetKind
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries as voice_queries
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason
from parvis.interfaces.storefront.tests.conftest import Shop, deliver

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PLACES = (
    "/en/", "/en/products/", "/en/products/linen-dress/", "/fr/products/linen-dress/",
    "/en/products/linen-dress/reviews/", "/en/products/linen-dress/reviews/?photo=1", "/en/products/linen-dress.md",
    "/en/products/linen-dress.evidence.json", "/sitemap-products-1.xml", "/sitemap-videos-1.xml",
    "/feeds/en/products.jsonl", "/feeds/en/products.csv", "/feeds/en/products.xml", "/feeds/en/reviews.xml",
)  # fmt: skip


_addresses = count(1)


def pictured(shop: Shop, *colours: str, **more: Any) -> int:
    """A public review with photos."""
    photos = []
    for colour in colours:
        kept = BytesIO()
        Image.new("RGB", (400, 500), colour).save(kept, "PNG")
        photos.append(kept.getvalue())
    text = "Here it is in the sun, the colour is lovely and the linen falls well at my height of 170 cm."
    new = NewVoice(product_id=shop.dress, text=text, stars=5, author_name="Zoé", photos=tuple(photos), **more)
    voice = voices.receive(new, at=now())
    deliver()
    voices.decide(
        voice_ids=[voice.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, note="", actor_id=None, at=now(),
        overturn=True,
    )  # fmt: skip
    deliver()
    return voice.id


def holding(visitor: Client, *names: str) -> set[str]:
    """The places at which one of these files is named."""
    cache.clear()
    found = set()
    widget = next(iter(queries.widgets()), None)
    places = [*PLACES, *([f"/w/{widget.key}/linen-dress.html"] if widget else [])]
    for place in places:
        answer = visitor.get(place, REMOTE_ADDR=f"10.1.{next(_addresses)}.1")  # each door lets only so many in
        assert answer.status_code == 200, place
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if any(name in body.decode() for name in names):
            found.add(place.partition("?")[0])
    return found


def test_a_refused_picture_disappears_everywhere(shop: Shop, visitor: Client) -> None:
    voice_id = pictured(shop, "teal", "coral")
    evidence.make_widget(name="p", kind=WidgetKind.PHOTOS, at=now())
    evidence.grant_right(voice_id=voice_id, channels=[Channel.WIDGET], at=now())
    refused, other = voice_queries.voice(voice_id).media
    names = [shot.rpartition("/")[2] for shot in (refused.url, refused.thumb_url)]
    assert {"/en/products/linen-dress/", "/en/products/linen-dress/reviews/"} <= holding(visitor, *names)
    assert any(place.startswith("/w/") for place in holding(visitor, *names))
    assert read(visitor.get(refused.url)).status_code == 200

    right = evidence.grant_right(voice_id=voice_id, path=refused.path, channels=[], refused=True, at=now())
    assert holding(visitor, *names) == set()
    assert read(visitor.get(refused.url)).status_code == read(visitor.get(refused.thumb_url)).status_code == 404
    assert "/en/products/linen-dress/" in holding(visitor, other.url.rpartition("/")[2])
    assert [shot.photo.path for shot in queries.gallery(channel=Channel.SITE, at=now()) if shot.photo] == [other.path]
    summary = queries.summary(shop.dress)
    assert summary is not None
    assert summary.with_photo == 1
    # its author and the team still see it, and may change their mind
    assert len(voice_queries.by_author_token(voice_queries.author_token(voice_id)).media) == 2
    (kept,) = [each for each in queries.media_rights(at=now()) if each.voice.id == voice_id]
    assert len(kept.voice.media) == 2

    everything = evidence.grant_right(voice_id=voice_id, channels=[Channel.SITE], refused=True, at=now())
    summary = queries.summary(shop.dress)
    assert summary is not None
    assert summary.with_photo == 0
    # refused on our own pages, yet allowed to others: its file is served to them
    assert read(visitor.get(other.url)).status_code == 200
    assert "/en/products/linen-dress/" not in holding(visitor, other.url.rpartition("/")[2])
    evidence.end_right(right_id=everything, at=now())
    evidence.end_right(right_id=right, at=now())
    assert "/en/products/linen-dress/" in holding(visitor, *names)
    assert read(visitor.get(refused.url)).status_code == 200


def test_a_rebuild_says_the_same(shop: Shop, visitor: Client) -> None:
    voice_id = pictured(shop, "teal")
    evidence.grant_right(voice_id=voice_id, channels=[], refused=True, at=now())
    voices.withhold(voice_id=voice_id, hidden=(), closed=())  # as an older version of the code left it
    evidence.rebuild(at=now())
    assert voice_queries.voice(voice_id).media == ()
    assert "reviewBody" in json.dumps(visitor.get("/en/products/linen-dress/").content.decode())


def test_a_photo_from_elsewhere_is_shown_as_long_as_there_is_leave(shop: Shop) -> None:
    voice_id = pictured(shop, "teal", syndicated_from="Elsewhere")
    assert voice_queries.voice(voice_id).media == ()
    at = now()
    day = localdate(at)  # rights turn with the days of the shop
    evidence.grant_right(
        voice_id=voice_id, channels=[Channel.SITE], starts_on=day + timedelta(days=2), until=day + timedelta(days=3),
        at=at,
    )  # fmt: skip
    shown = []
    for days in range(6):
        evidence.turn_rights(at=at + timedelta(days=days))
        shown.append(bool(voice_queries.voice(voice_id).media))
    assert shown == [False, False, True, True, False, False]
