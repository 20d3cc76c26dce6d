"""API tokens: shown once, kept as a hash, stopped at once."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.core.errors import Invalid, NotFound
from parvis.domains.people import actions, models, queries, testing
from parvis.domains.people.contracts import Scope

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def issued():
    owner = testing.staff("olivia", at=AT)
    return actions.issue_token(
        name="Warehouse", scopes=[Scope.ORDERS_READ, Scope.CATALOG_READ], account_id=owner.account_id, at=AT
    )


def test_a_token_opens_by_its_secret_only(issued):
    token, secret = issued
    assert queries.token(secret, at=AT).id == token.id
    assert queries.token(secret, at=AT).scopes == {Scope.ORDERS_READ, Scope.CATALOG_READ}
    assert queries.token(secret[:-1], at=AT) is None
    assert queries.token("", at=AT) is None


def test_the_secret_is_kept_nowhere(issued):
    token, secret = issued
    row = models.ApiToken.objects.values().get()
    assert secret not in str(row)
    assert secret not in str(models.AuditEntry.objects.values())
    assert secret.startswith(token.prefix)


def test_its_use_is_noted_once_a_minute(issued, django_assert_num_queries):
    token, secret = issued
    with django_assert_num_queries(2):
        queries.token(secret, at=AT)
    with django_assert_num_queries(1):
        queries.token(secret, at=AT + timedelta(seconds=30))
    queries.token(secret, at=AT + timedelta(minutes=2))
    assert queries.tokens()[0].last_used_at == AT + timedelta(minutes=2)
    assert token.last_used_at is None


def test_revoked_is_revoked_at_once(issued):
    token, secret = issued
    actions.revoke_token(token_id=token.id, at=AT)
    actions.revoke_token(token_id=token.id, at=AT)
    assert queries.token(secret, at=AT) is None
    assert [entry.verb for entry in queries.audit("token", token.id)] == ["token.revoked", "token.issued"]
    with pytest.raises(NotFound):
        actions.revoke_token(token_id=0, at=AT)


def test_expired_is_expired():
    owner = testing.staff("olivia", at=AT)
    _, secret = actions.issue_token(
        name="Short", scopes=[Scope.VOICES_READ], account_id=owner.account_id, at=AT, expires_at=AT + timedelta(hours=1)
    )
    assert queries.token(secret, at=AT) is not None
    assert queries.token(secret, at=AT + timedelta(hours=1)) is None


@pytest.mark.parametrize(("name", "scopes"), [("", [Scope.VOICES_READ]), ("Program", [])])
def test_a_token_needs_a_name_and_a_scope(name, scopes):
    owner = testing.staff("olivia", at=AT)
    with pytest.raises(Invalid):
        actions.issue_token(name=name, scopes=scopes, account_id=owner.account_id, at=AT)
