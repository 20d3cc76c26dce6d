"""Kept pages: never a stale word, never another visitor's token."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parvis.core import outbox
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import testing as shop
from parvis.domains.evidence.queries import files
from parvis.domains.people import testing as cast
from parvis.domains.voices import actions as voices
from parvis.domains.voices import testing as spoken
from parvis.domains.voices.contracts import Reason

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PAGE = "/en/products/linen-dress/"
AT = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh(settings: Any, tmp_path: Path) -> None:
    settings.INDEX_ROOT = tmp_path / "index"
    files.forget()
    caches["pages"].clear()
    caches["default"].clear()


@pytest.fixture
def said() -> dict[str, int]:
    ids = spoken.receive_cast(shop.small_catalogue().products["linen-dress"])
    outbox.deliver(at=datetime.now(UTC) + timedelta(days=999))
    return ids


def text(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)
    assert found
    return found[1]


def test_a_kept_page_costs_few_statements_and_is_the_same(said: dict[str, int]) -> None:
    first = text(Client())
    with CaptureQueriesContext(connection) as spent:
        second = text(Client())
    assert len(spent) <= 4
    assert first.replace(token(first), "") == second.replace(token(second), "")


def test_the_first_rendering_stays_within_its_statements(said: dict[str, int]) -> None:
    text(Client())
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as spent:
        text(Client())
    assert len(spent) <= 12


def test_every_visitor_has_a_token_of_their_own_and_it_works(said: dict[str, int]) -> None:
    tokens = set()
    for _ in range(3):
        client = Client(enforce_csrf_checks=True)
        page = text(client)
        assert "%csrf-token" not in page
        tokens.add(token(page))
        variant = re.search(r'name="variant"[^>]*value="(\d+)"', page) or re.search(
            r'value="(\d+)"[^>]*name="variant"', page
        )
        assert variant
        form = {"csrfmiddlewaretoken": token(page), "variant": variant[1], "quantity": "1"}
        assert client.post("/en/cart/", form).status_code in {200, 302, 303}
    assert len(tokens) == 3
    assert Client(enforce_csrf_checks=True).post("/en/cart/", {"variant": "1"}).status_code == 403


def test_a_price_and_a_sold_out_size_show_at_once(said: dict[str, int]) -> None:
    client = Client()
    assert "€89" in text(client)
    variants = shop.small_catalogue().variants
    for sku in ("DR-S", "DR-M", "DR-L"):
        catalog.set_price(variant_id=variants[sku], amount_minor=7700, at=AT)
    assert "€77" in text(client)
    before = text(client)
    catalog.hold({variants["DR-M"]: 4}, at=AT)
    assert text(client) != before


def test_a_withdrawn_voice_is_gone_before_its_event_is_handed_over(said: dict[str, int]) -> None:
    client = Client()
    assert "real pockets" in text(client)
    voices.withdraw(voice_id=said["praise_en"], reason=Reason.AUTHOR_REQUEST, actor_id=None, at=AT)
    page = text(client)
    reviews = page[page.index("</header>") :]
    assert "I wear it every week" not in reviews


def test_the_cart_badge_and_the_language_are_the_visitors_own(said: dict[str, int]) -> None:
    anybody = text(Client())
    buyer = Client()
    buyer.post("/en/cart/", {"variant": str(shop.small_catalogue().variants["DR-S"]), "quantity": "2"})
    assert text(buyer) != anybody
    french = Client().get("/fr/products/linen-dress/").content.decode()
    assert 'lang="fr"' in french


def test_signed_in_people_never_get_a_kept_page_nor_leave_one(said: dict[str, int]) -> None:
    account = cast.account("olivia", at=AT)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    mine = text(client)
    assert 'href="/studio/"' in mine
    assert 'href="/studio/"' not in text(Client())
