"""Consents are proof: written once, never changed."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from parvis.core.errors import Invalid
from parvis.core.models import OutboxEvent
from parvis.domains.people import actions, models, queries, rules, testing
from parvis.domains.people.contracts import Purpose

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def _answer(granted, **who):
    return actions.record_consent(purpose=Purpose.ANALYTICS, granted=granted, source="banner", at=AT, **who)


def test_never_asked_is_neither_yes_nor_no():
    assert queries.consent(purpose=Purpose.ANALYTICS, visitor="v1") is None


def test_the_last_answer_counts_and_all_stay():
    claire = testing.customer("claire", at=AT)
    assert _answer(True, customer_id=claire.id)
    assert not _answer(True, customer_id=claire.id)
    assert _answer(False, customer_id=claire.id)
    assert queries.consent(purpose=Purpose.ANALYTICS, customer_id=claire.id) is False
    assert [row.granted for row in queries.consents(claire.id)] == [False, True]
    assert queries.consents(claire.id)[0].text_version == rules.TEXT_VERSION
    assert OutboxEvent.objects.filter(name="people.consent_changed").count() == 2


def test_purposes_are_asked_each_on_its_own():
    _answer(True, visitor="v1")
    assert queries.consent(purpose=Purpose.MARKETING, visitor="v1") is None


def test_a_customer_s_answer_goes_before_the_browser_s():
    claire = testing.customer("claire", at=AT)
    _answer(True, visitor="v1")
    assert queries.consent(purpose=Purpose.ANALYTICS, customer_id=claire.id, visitor="v1") is True
    _answer(False, customer_id=claire.id)
    assert queries.consent(purpose=Purpose.ANALYTICS, customer_id=claire.id, visitor="v1") is False


def test_a_new_wording_is_asked_again():
    _answer(True, visitor="v1")
    again = actions.record_consent(
        purpose=Purpose.ANALYTICS, granted=True, source="banner", at=AT, visitor="v1", text_version="2027-01"
    )
    assert again
    assert OutboxEvent.objects.filter(name="people.consent_changed").count() == 1


def test_somebody_must_be_named():
    with pytest.raises(Invalid):
        _answer(True)


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("table", ["consent", "audit"])
def test_the_database_refuses_to_change_proof(change, table):
    _answer(True, visitor="v1")
    actions.note(actor_id=None, verb="tested", subject_kind="nothing", subject_id=1, at=AT)
    rows = models.Consent.objects.all() if table == "consent" else models.AuditEntry.objects.all()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        rows.update(at=AT.replace(year=2027)) if change == "update" else rows.delete()
    assert rows.count() == 1


def test_every_purpose_has_its_words_in_both_languages():
    for purpose in Purpose:
        assert rules.wording(purpose, "fr") != rules.wording(purpose, "en") != ""
