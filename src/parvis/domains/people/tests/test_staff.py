"""The team: roles, permissions, and an owner at all times."""

from datetime import UTC, datetime

import pytest

from parvis.domains.people import actions, queries, rules, testing
from parvis.domains.people.contracts import Permission, Role

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def test_owner_may_everything_and_viewer_changes_nothing():
    assert rules.permissions_of(Role.OWNER) == frozenset(Permission)
    assert all(permission.endswith(".view") for permission in rules.permissions_of(Role.VIEWER))


def test_only_owner_and_care_see_who_the_customers_are():
    seeing = {role for role in Role if Permission.CUSTOMERS_VIEW in rules.permissions_of(role)}
    assert seeing == {Role.OWNER, Role.CARE}


def test_a_member_of_staff_is_known_by_the_account():
    made = testing.staff("camille", at=AT)
    found = queries.staff(made.account_id)
    assert found == made
    assert found is not None
    assert found.may(Permission.ORDERS_REFUND)
    assert not found.may(Permission.SETTINGS_EDIT)


def test_the_last_owner_stays():
    olivia = testing.staff("olivia", at=AT)
    with pytest.raises(actions.LastOwner):
        actions.set_role(account_id=olivia.account_id, role=Role.VIEWER, at=AT)
    with pytest.raises(actions.LastOwner):
        actions.deactivate_staff(account_id=olivia.account_id, at=AT)
    mathis = testing.staff("mathis", at=AT)
    actions.set_role(account_id=mathis.account_id, role=Role.OWNER, actor_id=olivia.account_id, at=AT)
    actions.set_role(account_id=olivia.account_id, role=Role.VIEWER, actor_id=mathis.account_id, at=AT)
    assert queries.staff(olivia.account_id).role == Role.VIEWER


def test_an_inactive_owner_does_not_count_as_one():
    olivia, mathis = testing.staff("olivia", at=AT), testing.staff("mathis", at=AT)
    actions.set_role(account_id=mathis.account_id, role=Role.OWNER, at=AT)
    actions.deactivate_staff(account_id=mathis.account_id, at=AT)
    with pytest.raises(actions.LastOwner):
        actions.deactivate_staff(account_id=olivia.account_id, at=AT)


def test_a_deactivated_member_is_nobody_until_reactivated():
    victor = testing.staff("victor", at=AT)
    actions.deactivate_staff(account_id=victor.account_id, at=AT)
    assert queries.staff(victor.account_id) is None
    assert [person.active for person in queries.all_staff()] == [False]
    actions.reactivate_staff(account_id=victor.account_id, at=AT)
    assert queries.staff(victor.account_id) is not None


def test_the_same_address_joins_the_team_once():
    testing.staff("victor", at=AT)
    with pytest.raises(actions.AlreadyStaff):
        actions.create_staff(email="Viewer@Parvis.example", name="Again", role=Role.CARE, at=AT)


def test_what_was_done_to_the_team_is_on_record():
    olivia, victor = testing.staff("olivia", at=AT), testing.staff("victor", at=AT)
    actions.set_role(account_id=victor.account_id, role=Role.CARE, actor_id=olivia.account_id, at=AT)
    last, first = queries.audit("staff", victor.account_id)
    assert (last.verb, last.actor_name, dict(last.detail)) == (
        "staff.role_changed",
        "Olivia Marchand",
        {"before": "viewer", "role": "care"},
    )
    assert first.verb == "staff.created"


def test_second_factor_can_be_asked_of_roles():
    victor, mathis = testing.staff("victor", at=AT), testing.staff("mathis", at=AT)
    actions.require_two_factor(roles=[Role.MARKETER], at=AT)
    assert queries.staff(mathis.account_id).two_factor_due
    assert not queries.staff(victor.account_id).two_factor_due
    actions.require_two_factor(roles=[], at=AT)
    assert not queries.staff(mathis.account_id).two_factor_due


def test_staff_is_read_in_two_statements(django_assert_num_queries):
    made = testing.staff("camille", at=AT)
    with django_assert_num_queries(2):
        queries.staff(made.account_id)


def test_the_cast_is_made_once():
    first = testing.seed(at=AT)
    again = testing.seed(at=AT)
    assert first == again
    assert {person.role for person in testing.CAST if person.role} == set(Role)
