"""Customers: one for each address, addresses, identities, and being forgotten."""

from datetime import UTC, datetime

import pytest

from parvis.core.errors import Conflict, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.people import actions, queries, testing
from parvis.domains.people.contracts import NewCustomer
from parvis.domains.people.models import Account, Customer

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOME = {"name": "Claire Dubois", "line1": "3 rue des Tanneurs", "postcode": "69001", "city": "Lyon", "country": "fr"}


def test_one_address_is_one_customer_whatever_its_capitals():
    first = actions.ensure_customer(email="Claire@Example.org ", at=AT)
    again = actions.ensure_customer(email="claire@example.ORG", name="Claire", locale="fr", at=AT)
    assert again.id == first.id
    assert (again.email, again.name) == ("claire@example.org", "Claire")
    assert actions.ensure_customer(email="claire@example.org", name="Somebody else", at=AT).name == "Claire"


@pytest.mark.parametrize("email", ["", "claire", "claire@", "@example.org", "a b@example.org", "x" * 260 + "@a.org"])
def test_what_is_no_address_is_refused(email):
    with pytest.raises(actions.BadEmail):
        actions.ensure_customer(email=email, at=AT)


def test_an_account_is_not_taken_from_a_customer():
    claire = testing.customer("claire", at=AT)
    other = Account.objects.create_user("other@example.org")
    with pytest.raises(Conflict):
        actions.ensure_customer(email=claire.email, account_id=other.pk, at=AT)


def test_many_at_once_with_repeats():
    known = actions.ensure_customer(email="b@example.org", at=AT)
    ids = actions.ensure_customers(
        [NewCustomer(email="A@example.org"), {"email": "b@example.org"}, {"email": "a@example.org", "name": "A"}], at=AT
    )
    assert set(ids) == {"a@example.org", "b@example.org"}
    assert ids["b@example.org"] == known.id
    assert Customer.objects.count() == 2


def test_two_thousand_customers_take_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        assert len(actions.ensure_customers(({"email": f"c{n}@example.org"} for n in range(4100)), at=AT)) == 4100


def test_customers_are_found_page_by_page():
    for number in range(5):
        actions.ensure_customer(email=f"c{number}@example.org", name=f"Name {number}", at=AT)
    first = queries.customer_list(limit=3)
    second = queries.customer_list(limit=3, cursor=first.next)
    assert [row.name for row in (*first.items, *second.items)] == [f"Name {n}" for n in (4, 3, 2, 1, 0)]
    assert second.next is None
    assert [row.name for row in queries.customer_list(text="NAME 3").items] == ["Name 3"]


def test_one_default_address_and_no_repeats():
    claire = testing.customer("claire", at=AT)
    home = actions.save_address(customer_id=claire.id, **HOME)
    assert actions.save_address(customer_id=claire.id, **HOME).id == home.id
    work = actions.save_address(customer_id=claire.id, **{**HOME, "line1": "8 quai Perrache"})
    assert [(row.id, row.default) for row in queries.addresses(claire.id)] == [(work.id, True), (home.id, False)]
    assert home.country == "FR"


def test_nobody_changes_the_address_of_another():
    claire, emma = testing.customer("claire", at=AT), testing.customer("emma", at=AT)
    home = actions.save_address(customer_id=claire.id, **HOME)
    with pytest.raises(NotFound):
        actions.save_address(customer_id=emma.id, address_id=home.id, **HOME)
    actions.delete_address(customer_id=emma.id, address_id=home.id)
    assert queries.addresses(claire.id)


def test_a_handle_belongs_to_one_customer():
    claire, emma = testing.customer("claire", at=AT), testing.customer("emma", at=AT)
    actions.add_identity(customer_id=claire.id, channel="instagram", handle="@claire", at=AT)
    actions.add_identity(customer_id=claire.id, channel="instagram", handle="@claire", at=AT)
    with pytest.raises(Conflict):
        actions.add_identity(customer_id=emma.id, channel="instagram", handle="@claire", at=AT)
    assert [row.handle for row in queries.identities(claire.id)] == ["@claire"]


def test_the_account_follows_the_profile():
    claire = testing.customer("claire", at=AT)
    actions.update_profile(customer_id=claire.id, name="Claire D.", locale="en")
    account = Account.objects.get(id=claire.account_id)
    assert (account.name, account.locale) == ("Claire D.", "en")


def test_to_be_forgotten_leaves_nothing_that_names():
    claire = testing.customer("claire", at=AT)
    actions.save_address(customer_id=claire.id, **HOME)
    actions.add_identity(customer_id=claire.id, channel="instagram", handle="@claire", at=AT)
    actions.erase_customer(customer_id=claire.id, at=AT)
    actions.erase_customer(customer_id=claire.id, at=AT)
    left = queries.customer(claire.id)
    assert left.erased
    assert (left.name, left.account_id) == ("", None)
    assert "claire" not in left.email
    assert not queries.addresses(claire.id)
    assert not queries.identities(claire.id)
    account = Account.objects.get(id=claire.account_id)
    assert not account.is_active
    assert "claire" not in account.email
    assert OutboxEvent.objects.filter(name="people.customer_erased").count() == 1
    assert actions.ensure_customer(email=claire.email, at=AT).id != claire.id
