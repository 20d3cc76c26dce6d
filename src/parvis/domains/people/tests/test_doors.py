"""The doors: who is signed in, what a page asks, how often one may knock."""

import re
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path

from parvis.domains.people import actions, models, queries, testing
from parvis.domains.people.contracts import Permission, Role
from parvis.domains.people.web import client_address, current_customer, requires

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@requires(Permission.STAFF_EDIT)
def team(request):
    return HttpResponse(f"welcome {request.staff.name}")


urlpatterns = [
    path("studio/team/", team),
    path("accounts/", include("parvis.interfaces.accounts.urls")),
    path("preferences/", include("parvis.interfaces.design.urls")),
]


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = __name__
    cache.clear()  # the accounts library counts there


def test_nobody_is_led_to_sign_in_and_back(client):
    answer = client.get("/studio/team/?tab=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/studio/team/%3Ftab%3D1"


def test_a_fragment_leads_the_whole_page_to_sign_in(client):
    answer = client.get("/studio/team/", headers={"HX-Request": "true", "Referer": "/studio/team/"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/accounts/login/")


@pytest.mark.parametrize(("key", "status"), [("olivia", 200), ("mathis", 403), ("camille", 403), ("victor", 403)])
def test_each_role_sees_only_what_it_may(client, key, status):
    client.force_login(testing.account(key, at=AT), backend=BACKEND)
    assert client.get("/studio/team/").status_code == status


def test_a_shopper_is_refused_and_told_why_in_their_language(client):
    client.force_login(testing.account("claire", at=AT), backend=BACKEND)
    answer = client.get("/studio/team/")
    assert answer.status_code == 403
    assert "équipe" in answer.content.decode()


def test_a_dismissed_member_is_out_at_the_next_page(client):
    testing.staff("mathis", at=AT)
    olivia = testing.staff("olivia", at=AT)
    client.force_login(testing.account("olivia", at=AT), backend=BACKEND)
    assert client.get("/studio/team/").status_code == 200
    actions.set_role(account_id=queries.all_staff()[0].account_id, role=Role.OWNER, at=AT)
    actions.deactivate_staff(account_id=olivia.account_id, at=AT)
    assert client.get("/studio/team/").status_code == 403


def test_a_required_second_factor_leads_to_its_page(client):
    testing.staff("olivia", at=AT)
    actions.require_two_factor(roles=[Role.OWNER], at=AT)
    client.force_login(testing.account("olivia", at=AT), backend=BACKEND)
    answer = client.get("/studio/team/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")


def test_signing_in_opens_the_studio(client):
    testing.staff("olivia", at=AT)
    answer = client.post("/accounts/login/", {"login": "Owner@Parvis.example", "password": testing.PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/studio/")


def test_wrong_passwords_lock_this_address_out_of_this_account(client):
    testing.staff("olivia", at=AT)
    testing.staff("victor", at=AT)
    for _ in range(8):
        answer = client.post("/accounts/login/", {"login": "owner@parvis.example", "password": "wrong"})
    assert answer.status_code == 429
    right = client.post("/accounts/login/", {"login": "owner@parvis.example", "password": testing.PASSWORD})
    assert right.status_code == 429
    other = client.post("/accounts/login/", {"login": "viewer@parvis.example", "password": testing.PASSWORD})
    assert other.status_code == 302


def test_no_password_is_kept_of_a_failed_attempt(client):
    from axes.models import AccessAttempt

    client.post("/accounts/login/", {"login": "owner@parvis.example", "password": "sesame-open-now"})
    assert AccessAttempt.objects.count() == 1
    assert "sesame" not in str(AccessAttempt.objects.values())


def test_resetting_passwords_is_limited(client):
    answers = [client.post("/accounts/password/reset/", {"email": f"x{n}@example.org"}).status_code for n in range(10)]
    assert answers[0] == 302
    assert answers[-1] == 429


def test_pages_of_accounts_speak_the_language_of_where_one_comes_from(client):
    assert "Se connecter" in client.get("/accounts/login/?next=/fr/cart/").content.decode()
    assert "Sign in" in client.get("/accounts/login/?next=/en/cart/").content.decode()


def test_a_new_shopper_confirms_the_address_and_finds_what_was_bought_as_a_guest(client, mailoutbox):
    guest = actions.ensure_customer(email="lea@example.org", locale="fr", at=AT)
    form = {"email": "Lea@example.org", "name": "Léa", "password1": testing.PASSWORD, "password2": testing.PASSWORD}
    client.post("/accounts/signup/", form)
    assert queries.customer(guest.id).account_id is None
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mailoutbox[0].body, re.MULTILINE).group()
    client.post("/accounts/confirm-email/", {"code": code})
    account = models.Account.objects.get(email="lea@example.org")
    assert account.name == "Léa"
    assert queries.customer(guest.id).account_id == account.pk


def test_who_confirmed_nothing_is_no_customer():
    request = RequestFactory().get("/")
    request.user = models.Account.objects.create_user("claire@parvis.example")
    assert current_customer(request) is None


@override_settings(TRUSTED_PROXIES=1)
def test_the_visitor_s_address_is_what_our_own_proxy_says():
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.9"}, REMOTE_ADDR="127.0.0.1")
    assert client_address(request) == "10.0.0.9"
    with override_settings(TRUSTED_PROXIES=0):
        assert client_address(request) == "127.0.0.1"


BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
