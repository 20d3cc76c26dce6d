"""The pages of accounts, in both languages, for whoever comes."""

import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from parvis.domains.people import actions, testing
from parvis.domains.people.contracts import Role
from parvis.domains.people.models import Account

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SIGN_IN = {"login": "owner@parvis.example", "password": testing.PASSWORD}


@pytest.fixture(autouse=True)
def _cast():
    cache.clear()
    testing.staff("olivia", at=AT)


def _code(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def _set_up(client):
    client.post("/accounts/reauthenticate/", {"password": testing.PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page).group(1)
    client.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    return secret


@pytest.mark.parametrize("address", ["login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/"])
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_pages_for_anybody_open_in_both_languages(client, address, locale):
    client.cookies["django_language"] = locale
    answer = client.get(f"/accounts/{address}", follow=True)
    assert answer.status_code == 200
    assert f'<html lang="{locale}"' in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "email/",
        "logout/",
        "reauthenticate/",
        "password/change/",
        "2fa/",
        "2fa/totp/activate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
    ],
)
def test_pages_of_one_s_own_account_open(client, address):
    client.post("/accounts/login/", SIGN_IN)
    client.post("/accounts/reauthenticate/", {"password": testing.PASSWORD})
    answer = client.get(f"/accounts/{address}")
    assert answer.status_code == 200
    assert "design/css/tokens.css" in answer.content.decode()


def test_a_second_factor_is_set_up_and_then_asked_for(client):
    client.post("/accounts/login/", SIGN_IN)
    actions.require_two_factor(roles=[Role.OWNER], at=AT)
    secret = _set_up(client)
    assert {row.type for row in Authenticator.objects.all()} == {"totp", "recovery_codes"}
    client.post("/accounts/logout/")
    cache.clear()
    assert client.post("/accounts/login/", SIGN_IN)["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/accounts/2fa/", follow=False).status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": _code(secret)}).status_code == 302


def test_the_secret_of_a_second_factor_is_not_readable_in_the_database(client):
    client.post("/accounts/login/", SIGN_IN)
    secret = _set_up(client)
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_a_recovery_code_opens_once(client):
    client.post("/accounts/login/", SIGN_IN)
    _set_up(client)
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    code = re.search(r"\b\d{8}\b", re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL).group(1)).group()
    for expected in (302, 200):
        client.post("/accounts/logout/")
        cache.clear()
        client.post("/accounts/login/", SIGN_IN)
        assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == expected


def test_the_language_is_kept_with_the_account(client):
    client.post("/accounts/login/", SIGN_IN)
    client.post("/accounts/language/", {"language": "fr", "next": "/accounts/2fa/"})
    assert Account.objects.get(email=SIGN_IN["login"]).locale == "fr"
    assert '<html lang="fr"' in client.get("/accounts/2fa/").content.decode()


def test_letters_carry_the_brand_and_the_reader_s_language(client, mailoutbox, settings):
    camille = testing.staff("camille", at=AT)
    client.post("/accounts/password/reset/", {"email": camille.email})
    letter = mailoutbox[0]
    assert letter.subject.startswith(settings.BRAND)
    assert "mot de passe" in letter.body
    assert settings.BRAND in letter.body


def test_an_unknown_address_is_answered_alike(client):
    known = client.post("/accounts/password/reset/", {"email": "owner@parvis.example"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@parvis.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_the_digits_of_a_second_factor_cannot_be_tried_out_from_many_places(client):
    client.post("/accounts/login/", SIGN_IN)
    _set_up(client)
    client.post("/accounts/logout/")
    cache.clear()
    client.post("/accounts/login/", SIGN_IN)
    answers = [
        client.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}, REMOTE_ADDR=f"192.0.2.{n}").status_code
        for n in range(12)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_password_cannot_be_tried_out_from_many_places(client):
    answers = [
        client.post("/accounts/login/", {**SIGN_IN, "password": f"guess-{n}"}, REMOTE_ADDR=f"192.0.2.{n}").status_code
        for n in range(62)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_passkeys_are_offered_only_where_the_browser_allows_them(client):
    for host, offered in (("localhost", True), ("127.0.0.1", False)):
        page = client.get("/accounts/login/", headers={"host": host}).content.decode()
        assert ("passkey_login" in page) is offered, host


def test_signing_in_says_nothing_that_others_must_wait_behind(client):
    client.post("/accounts/login/", SIGN_IN)
    assert "signed in as" not in client.get("/en/").content.decode()
