"""Addresses that somebody made up: side ways into the folder of photos, pages without end."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from parvis.core.numbers import LARGEST, page_number, whole

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_photos_of_voices_have_one_door(shop, visitor: Client):
    """Photos of what is held or withdrawn are refused there, and no other spelling of the address asks nobody."""
    folder = Path(settings.MEDIA_ROOT) / "voices" / "2026" / "11"
    folder.mkdir(parents=True)
    (folder / "abcdefghijklmnopqrstuvwx.webp").write_bytes(b"RIFF")
    (Path(settings.MEDIA_ROOT) / "dress.webp").write_bytes(b"RIFF")
    assert visitor.get("/media/dress.webp").status_code == 200
    for way in ("", "./", "x/../", "%2e/", "x/%2e%2e/", "voices/../", "/"):
        assert visitor.get(f"/media/{way}voices/2026/11/abcdefghijklmnopqrstuvwx.webp").status_code == 404, way


@pytest.mark.parametrize("kind", ["products", "videos", "questions"])
def test_a_site_map_far_beyond_the_last_is_refused_at_once(shop, visitor: Client, kind: str):
    began = time.perf_counter()
    for number in ("0", "2", "99999999999999", "9" * 24):
        assert visitor.get(f"/sitemap-{kind}-{number}.xml").status_code == 404
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("page", ["1000" + "0" * 18, "1" + "0" * 5000, "²", "-1", "", "a\x00"], ids=range(6))
def test_a_page_number_that_is_none_is_the_first(shop, visitor: Client, page: str):
    for place in ("/en/products/", "/en/products/linen-dress/reviews/", "/en/shop-reviews/", "/en/faq/"):
        assert visitor.get(place, {"page": page}).status_code == 200


def test_a_cookie_with_nul_is_no_cookie(shop, visitor: Client):
    for name in ("parvis_cart", "parvis_assistant", "parvis_visitor"):
        for place in ("/en/", "/en/cart/", "/en/no-such-page/", "/fr/checkout/", "/en/assistant/thread/"):
            answer = visitor.get(place, headers={"cookie": f'{name}="a\\000b"'})
            assert answer.status_code < 500, (name, place)


def test_a_form_with_nul_or_with_nothing_is_no_accident(shop, visitor: Client):
    nul = "a\x00b"
    given = ({}, {"next": "nowhere"}, {"order": nul}, {"next": nul, "answer": "no"}, {"text": nul, "stars": nul})
    for place in ("products/linen-dress/review", "shop-reviews/write", "consent", "products/linen-dress/question"):
        for typed in given:
            assert visitor.post(f"/en/{place}/", typed).status_code < 500, (place, typed)


def test_numbers_are_digits_that_the_database_holds():
    assert [whole(text) for text in ("0", "12", str(LARGEST))] == [0, 12, LARGEST]
    assert {whole(text) for text in ("", "-1", "²", "٣", "1.5", str(LARGEST + 1), "1" * 6000)} == {None}
    assert [page_number(text, most=9) for text in ("3", "9", "10", "0", "x")] == [3, 9, 1, 1, 1]
