"""Settings: the team, keys shown once, webhooks, the trail."""

import re

import pytest
from django.test import Client

from parvis.connectors.webhooks import queries as webhooks
from parvis.domains.people import queries, testing
from parvis.domains.people.contracts import Role, Scope
from parvis.domains.people.models import Account
from parvis.interfaces.studio.tests.conftest import AT, signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_somebody_invited_chooses_a_password_and_comes_in(owner, shop, mailoutbox):
    form = {"email": "Nora@parvis.example", "name": "Nora Lind", "role": "care", "locale": "fr"}
    assert owner.post("/studio/settings/team/invite/", form).status_code == 302
    assert not Account.objects.get(email="nora@parvis.example").has_usable_password()
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mailoutbox[0].body).group(1)
    browser = Client()
    page = browser.get(link, follow=True)
    chosen = {"password1": "a-long-way-round", "password2": "a-long-way-round"}
    browser.post(page.request["PATH_INFO"], chosen)
    assert browser.get("/studio/orders/").status_code == 200
    assert owner.post("/studio/settings/team/invite/", form).status_code == 409


def test_roles_change_and_the_last_owner_stays(owner, shop):
    victor = testing.staff("victor", at=AT)
    owner.post(f"/studio/settings/team/{victor.account_id}/", {"role": "marketer"})
    assert queries.staff(victor.account_id).role is Role.MARKETER
    page = owner.post(f"/studio/settings/team/{shop.owner}/", {"active": "no"}, follow=True).content.decode()
    assert "last active owner" in page
    assert queries.staff(shop.owner) is not None
    owner.post(f"/studio/settings/team/{victor.account_id}/", {"active": "no"})
    assert queries.staff(victor.account_id) is None


def test_a_required_second_factor_holds_at_every_door(owner, shop):
    care = signed_in("camille")
    owner.post("/studio/settings/team/policy/", {"roles": ["care"]})
    assert care.get("/studio/")["Location"] == "/accounts/2fa/"
    assert owner.get("/studio/").status_code == 200
    owner.post("/studio/settings/team/policy/", {})
    assert care.get("/studio/").status_code == 200


def test_a_token_is_shown_once_and_works(owner, shop):
    form = {"name": "Feed", "scopes": ["catalog:read", "voices:read"], "days": "90"}
    answer = owner.post("/studio/settings/tokens/issue/", form)
    secret = re.search(r'class="secret"[^>]*>(parvis_[^<]+)<', answer.content.decode()).group(1)
    assert answer["Cache-Control"] == "no-store"
    assert secret not in owner.get("/studio/settings/tokens/").content.decode()
    token = queries.token(secret, at=AT)
    assert token.scopes == {Scope.CATALOG_READ, Scope.VOICES_READ}
    owner.post(f"/studio/settings/tokens/{token.id}/revoke/")
    assert queries.token(secret, at=AT) is None
    assert owner.post("/studio/settings/tokens/issue/", {"name": "Feed"}).status_code == 422


def test_webhooks_are_added_switched_and_removed(owner, shop):
    inside = owner.post("/studio/settings/webhooks/create/", {"url": "http://127.0.0.1/x"})
    assert inside.status_code == 422
    made = owner.post(
        "/studio/settings/webhooks/create/", {"url": "https://93.184.216.34/y", "kinds": ["voices.published"]}
    )
    assert 'class="secret"' in made.content.decode()
    endpoint = webhooks.endpoints()[-1]
    for verb in ("off", "on", "delete"):
        owner.post(f"/studio/settings/webhooks/{endpoint.id}/", {"do": verb})
    assert endpoint.id not in {one.id for one in webhooks.endpoints()}


def test_the_trail_tells_who_did_what(owner, shop):
    owner.post("/studio/settings/team/policy/", {"roles": ["care"]})
    page = owner.get("/studio/settings/audit/").content.decode()
    assert "changed who needs a second factor" in page
    assert "made an API token" in page
    narrowed = owner.get("/studio/settings/audit/?what=token.issued").content.decode()
    assert '<td data-label="What">changed who needs' not in narrowed
    assert owner.get("/studio/settings/audit/?who=x&what=y&cursor=z").status_code == 200


def test_a_customer_is_forgotten_only_when_the_address_is_typed(owner, shop):
    customer = queries.customer(shop.customer)
    owner.post(f"/studio/customers/{shop.customer}/erase/", {"confirm": "somebody@else.example"})
    assert not queries.customer(shop.customer).erased
    owner.post(f"/studio/customers/{shop.customer}/erase/", {"confirm": customer.email.upper()})
    assert queries.customer(shop.customer).erased
    assert customer.name not in owner.get("/studio/customers/").content.decode()


def test_a_screen_left_open_gives_nobody_a_key(shop):
    """The password is asked again, then what was asked for is carried out."""
    browser = signed_in("olivia", locale="en", just_now=False)
    form = {"name": "Feed", "scopes": ["catalog:read"], "days": "90"}
    door = browser.post("/studio/settings/tokens/issue/", form)
    assert door.status_code == 302
    assert door["Location"].startswith("/accounts/reauthenticate/")
    known = {token.id for token in queries.tokens()}
    assert browser.post(door["Location"], {"password": "a guess"}).status_code == 200
    assert {token.id for token in queries.tokens()} == known
    answer = browser.post(door["Location"], {"password": testing.PASSWORD})
    assert re.search(r'class="secret"[^>]*>(parvis_[^<]+)<', answer.content.decode())
    assert len(queries.tokens()) == len(known) + 1
    # five minutes of peace
    assert browser.post("/studio/settings/tokens/issue/", form).status_code == 200
