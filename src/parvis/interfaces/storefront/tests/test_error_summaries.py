"""What is wrong with a form is told at its head, each point with a link to its field, and the field is there."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout.testing import paid_order
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries
from parvis.interfaces.storefront.tests.conftest import Shop
from parvis.interfaces.storefront.tests.test_own_place import signed_in
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


def targets(html: str) -> list[str]:
    """The fields that the summary leads to; each has to be on the page, once."""
    start = html.index("error-summary")
    found = re.findall(r'href="#([^"]+)"', html[start : html.index("</ul>", start)])
    for target in found:
        assert html.count(f'id="{target}"') == 1, target
    return found


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ("review", ["id_stars_0", "id_text", "id_author_name", "id_email", "id_consent"]),
        ("question", ["id_text", "id_author_name", "id_email", "id_consent"]),
    ],
)
def test_forms_of_visitors(shop: Shop, visitor: Client, place: str, fields: list[str]) -> None:
    answer = visitor.post(address(place, slug="linen-dress"), {"key": "k"})
    assert answer.status_code == 422
    assert set(fields) <= set(targets(answer.content.decode()))


def test_a_report(shop: Shop, visitor: Client) -> None:
    voice = next(iter(shop.voices.values()))
    answer = visitor.post(address("report", voice_id=voice), {"email": "nobody"})
    assert answer.status_code == 422
    assert "id_email" in targets(answer.content.decode())


def test_details_of_an_account(shop: Shop) -> None:
    client, _account = signed_in()
    answer = client.post(address("account_details"), {"name": "", "language": "xx"})
    assert "id_language" in targets(answer.content.decode())


def test_signing_up(shop: Shop, visitor: Client) -> None:
    answer = visitor.post(reverse("account_signup"), {"email": "nobody", "password1": "short", "password2": "other"})
    assert "id_email" in targets(answer.content.decode())


def test_each_product_of_an_invitation_has_its_own(shop: Shop, visitor: Client) -> None:
    past = now() - timedelta(days=20)
    order = paid_order({"DR-S": 1, "SW-S": 1}, at=past)
    checkout.ship(order_id=order.id, at=past)
    checkout.deliver(order_id=order.id, at=past)
    (invitation,) = voices.schedule_invitations(order_ids=[order.id], at=past)
    voices.invite_due(at=now())
    page = address("invited", token=queries.invitation_token(invitation))
    answer = visitor.post(page, {"product": str(shop.dress), f"p{shop.dress}-key": "k"})
    assert f"id_p{shop.dress}-stars_0" in targets(answer.content.decode())
    assert answer.content.decode().count("error-summary") == 1
