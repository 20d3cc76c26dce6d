"""Who is one person: looked at side by side, made one by a person, taken apart again."""

import pytest

from parvis.domains.people import actions, queries
from parvis.interfaces.studio.tests.conftest import AT, signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def pair(shop):
    first = actions.ensure_customer(email="ana.b@gmail.com", name="Ana Bellini", at=AT)
    second = actions.ensure_customer(email="anab@gmail.com", name="<b>Ana</b> Bellini", at=AT)
    return first.id, second.id


@pytest.fixture
def care(pair):
    return signed_in("camille", locale="en")


def test_likenesses_are_listed_and_can_be_told_apart(care, pair):
    page = care.get("/studio/customers/same/").content.decode()
    assert "one mailbox in two spellings: anab@gmail.com" in page
    assert "&lt;b&gt;Ana" in page
    assert (
        f"/studio/customers/merge/?kept={pair[0]}&amp;gone={pair[1]}"
        in care.get(f"/studio/customers/{pair[0]}/").content.decode()
    )
    care.post("/studio/customers/same/no/", {"first": pair[0], "second": pair[1]})
    assert "Nobody looks like somebody else" in care.get("/studio/customers/same/").content.decode()


def test_two_become_one_only_when_somebody_has_made_sure(care, pair):
    both = {"kept": pair[0], "gone": pair[1]}
    assert "What they have in common" in care.get("/studio/customers/merge/", both).content.decode()
    unsure = care.post("/studio/customers/merge/", {**both, "note": "she said so"})
    assert unsure.status_code == 422
    assert 'value="she said so"' in unsure.content.decode()
    assert queries.customer(pair[1]).merged_into is None
    done = care.post("/studio/customers/merge/", {**both, "note": "she said so", "sure": "on"}, follow=True)
    page = done.content.decode()
    assert queries.customer(pair[1]).merged_into == pair[0]
    assert "she said so" in page
    assert "made two customers one" in page
    (merge,) = queries.merges_of(pair[0])
    assert (merge.actor_name, merge.evidence) == ("Camille Roussel", ("email:anab@gmail.com",))
    gone = care.get(f"/studio/customers/{pair[1]}/").content.decode()
    assert "This record was made one with another" in gone
    again = care.post("/studio/customers/merge/", {**both, "sure": "on"})
    assert again.status_code == 409
    assert "cannot be made one" in again.content.decode()
    care.post(f"/studio/customers/merges/{merge.id}/split/")
    assert queries.customer(pair[1]).merged_into is None
    twice = care.post(f"/studio/customers/merges/{merge.id}/split/", follow=True).content.decode()
    assert "can no longer be taken apart" in twice


def test_two_accounts_need_a_word(shop, pair):
    from parvis.domains.people import testing as people

    owner = signed_in("olivia", locale="fr")
    emma, grace = people.customer("emma", at=AT), people.customer("grace", at=AT)
    both = {"kept": emma.id, "gone": grace.id, "sure": "on"}
    assert "Fermer le compte de grace@parvis.example" in owner.get("/studio/customers/merge/", both).content.decode()
    assert owner.post("/studio/customers/merge/", both).status_code == 409
    assert owner.post("/studio/customers/merge/", {**both, "close_account": "on"}).status_code == 302


def test_any_two_can_be_compared_by_their_address(care, pair):
    page = care.get("/studio/customers/merge/", {"kept": "ANA.B@gmail.com", "gone": "claire@parvis.example"})
    assert "Nothing in common is known" in page.content.decode()
    assert care.get("/studio/customers/merge/", {"kept": "nobody@a.example", "gone": "1"}).status_code == 404
    assert care.get("/studio/customers/merge/", {"kept": "9" * 40, "gone": "1"}).status_code == 404


def test_names_elsewhere_are_linked_and_taken_away(care, pair):
    here = f"/studio/customers/{pair[0]}/"
    care.post(f"{here}handles/", {"channel": "Instagram", "handle": "@ana"})
    assert "@ana" in care.get(here).content.decode()
    taken = care.post(f"/studio/customers/{pair[1]}/handles/", {"channel": "instagram", "handle": "@ana"}, follow=True)
    assert "belongs to another customer" in taken.content.decode()
    care.post(f"{here}handles/", {"channel": "instagram", "handle": "@ana", "remove": "1"})
    assert queries.identities(pair[0]) == ()


def test_the_pages_take_few_statements(care, pair, django_assert_max_num_queries):
    for number in range(10):
        actions.ensure_customer(email=f"x.{number}@gmail.com", at=AT)
        actions.ensure_customer(email=f"x{number}@gmail.com", at=AT)
    care.get("/studio/customers/same/")
    with django_assert_max_num_queries(14):
        care.get("/studio/customers/same/")
