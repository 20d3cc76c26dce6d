"""One person, one customer: suggested with reasons, merged by people, taken apart without loss."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from parvis.core.errors import Conflict, NotFound
from parvis.core.models import OutboxEvent
from parvis.domains.people import actions, queries, rules, testing
from parvis.domains.people.contracts import Evidence, EvidenceKind, NewCustomer, Purpose, Strength
from parvis.domains.people.models import Account, AuditEntry, Customer, Merge, Pair

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
LATER = AT + timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Ana.B+shop@googlemail.com", "anab@gmail.com", True),
        ("ana+x@outlook.fr", "ana@outlook.fr", True),
        ("ana.b@outlook.fr", "anab@outlook.fr", False),
        ("ana+x@own.example", "ana@own.example", False),  # whether that house ignores it is not known
        ("ana@proton.me", "ana@protonmail.com", True),
        ("+@gmail.com", "...@gmail.com", False),
    ],
)
def test_spellings_of_one_mailbox(first, second, same):
    assert (rules.email_key(first) == rules.email_key(second)) == same


def test_erased_addresses_have_nothing_in_common():
    assert rules.email_key(rules.erased_email(1)) == ""


@pytest.mark.parametrize(
    ("phone", "country", "key"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678"),
        ("0033612345678", "DE", "+33612345678"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("07911 123456", "GB", "+447911123456"),
        ("0612345678", "ZZ", ""),
        ("12", "FR", ""),
        ("00 00 00 00 00", "FR", ""),
        ("call me", "FR", ""),
    ],
)
def test_telephones_with_their_country(phone, country, key):
    assert rules.phone_key(phone, country) == key


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        ("Claire Dubois", "DUBOIS Claire", True),
        ("C. Dubois", "Claire Dubois", True),
        ("Hélène Dubois", "Helene Dubois", True),
        ("Claire Dubois", "Marc Dubois", False),
        ("Claire Dubois", "Claire Martin", False),
        ("", "Claire", None),
    ],
)
def test_names_support_or_contradict(first, second, agree):
    assert rules.names_agree(first, second) is agree


def test_a_name_is_no_reason_and_a_telephone_is_a_households():
    phone, email = Evidence(kind=EvidenceKind.PHONE, detail=""), Evidence(kind=EvidenceKind.EMAIL, detail="")
    assert rules.strength([phone], names=False) is Strength.WEAK
    assert rules.strength([phone], names=None) is Strength.WEAK
    assert rules.strength([phone], names=True) is Strength.MEDIUM
    assert rules.strength([email], names=False) is Strength.STRONG
    assert "name" not in set(EvidenceKind)


def person(email, name="", **more):
    return actions.ensure_customer(email=email, name=name, at=AT, **more)


def home(customer, phone):
    return actions.save_address(
        customer_id=customer.id,
        name=customer.name,
        line1="3 rue X",
        postcode="69001",
        city="Lyon",
        country="FR",
        phone=phone,
    )


@pytest.mark.database
@pytest.mark.django_db
class TestSuggestions:
    def test_mailbox_telephone_and_noted_pairs_but_never_a_name(self):
        first, second = person("ana.b@gmail.com", "Ana B"), person("anab+news@gmail.com", "Ana B")
        third, fourth = person("marc@a.example", "Marc D"), person("lea@b.example", "Léa D")
        person("ana@other.example", "Ana B")  # the same name alone
        home(third, "06 12 34 56 78")
        home(fourth, "+33612345678")
        actions.note_likeness(first_id=second.id, second_id=third.id, kind=EvidenceKind.ORDER, detail="P-000001", at=AT)
        found = [(pair.first.id, pair.second.id, pair.strength) for pair in queries.likenesses()]
        assert found == [
            (first.id, second.id, Strength.STRONG),
            (third.id, fourth.id, Strength.WEAK),
            (second.id, third.id, Strength.WEAK),
        ] or set(found) == {
            (first.id, second.id, Strength.STRONG),
            (third.id, fourth.id, Strength.WEAK),
            (second.id, third.id, Strength.WEAK),
        }
        assert found[0][2] is Strength.STRONG
        assert [pair.first.id for pair in queries.likenesses_of(fourth.id)] == [third.id]
        actions.not_same(first_id=fourth.id, second_id=third.id, actor_id=None, at=AT)
        assert queries.likenesses_of(fourth.id) == ()
        assert AuditEntry.objects.filter(verb="customer.told_apart").count() == 2

    def test_a_telephone_of_a_crowd_is_no_evidence(self):
        for number in range(5):
            home(person(f"p{number}@a.example"), "06 12 34 56 78")
        assert queries.likenesses() == ()

    def test_the_number_of_statements_does_not_grow(self, django_assert_max_num_queries):
        for number in range(20):
            person(f"a.{number}@gmail.com"), person(f"a{number}@gmail.com")
        with django_assert_max_num_queries(6):
            assert len(queries.likenesses()) == 20


@pytest.mark.database
@pytest.mark.django_db
class TestMerging:
    def test_all_that_is_theirs_comes_along_and_goes_back(self):
        kept, gone = person("ana@a.example"), person("ana@b.example", "Ana B")
        mine, theirs = home(kept, ""), home(gone, "06 12 34 56 78")
        actions.add_identity(customer_id=gone.id, channel="instagram", handle="@ana", at=AT)
        camille = testing.staff("camille", at=AT).account_id
        merge = actions.merge_customers(
            kept_id=kept.id, gone_id=gone.id, actor_id=camille, evidence=["phone"], note_text="She said so", at=AT
        )
        assert queries.customer(gone.id).merged_into == kept.id
        assert queries.customer(kept.id).name == "Ana B"
        assert {row.id for row in queries.addresses(kept.id)} == {mine.id, theirs.id}
        assert sum(row.default for row in queries.addresses(kept.id)) == 1
        assert queries.customers_by_handle("instagram", ["@ana"]) == {"@ana": kept.id}
        assert queries.customer_by_email("ana@b.example").id == kept.id
        assert person("ANA@b.example").id == kept.id
        assert actions.ensure_customers([NewCustomer(email="ana@b.example")], at=AT) == {"ana@b.example": kept.id}
        assert [row.id for row in queries.customer_list().items] == [kept.id]
        assert [row.id for row in queries.customer_list(text="b.example").items] == [kept.id]
        assert queries.family(gone.id) == queries.family(kept.id) == (kept.id, gone.id)
        ((told, note),) = [(row.actor_name, row.note) for row in queries.merges_of(kept.id)]
        assert (told, note) == ("Camille Roussel", "She said so")
        actions.split_customers(merge_id=merge.id, actor_id=camille, at=LATER)
        assert queries.customer(gone.id).merged_into is None
        assert queries.customer(kept.id).name == ""
        assert [row.id for row in queries.addresses(gone.id)] == [theirs.id]
        assert queries.addresses(gone.id)[0].default
        assert queries.customers_by_handle("instagram", ["@ana"]) == {"@ana": gone.id}
        assert person("ana@b.example").id == gone.id
        assert queries.merges_of(kept.id)[0].undone_at == LATER
        names = list(OutboxEvent.objects.order_by("id").values_list("name", flat=True))
        assert [name for name in names if "customers" in name] == ["people.customers_merged", "people.customers_split"]
        for customer in (kept, gone):
            verbs = [row.verb for row in queries.audit("customer", customer.id)]
            assert verbs[:2] == ["customer.split", "customer.merged"]

    def test_chains_are_short_and_come_apart_in_any_order(self):
        a, b, c = person("a@a.example"), person("b@b.example"), person("c@c.example")
        first = actions.merge_customers(kept_id=b.id, gone_id=a.id, actor_id=None, at=AT)
        second = actions.merge_customers(kept_id=c.id, gone_id=b.id, actor_id=None, at=AT)
        assert {row.merged_into for row in queries.customers([a.id, b.id]).values()} == {c.id}
        assert person("a@a.example").id == c.id
        actions.split_customers(merge_id=first.id, actor_id=None, at=LATER)
        assert queries.customer(a.id).merged_into is None
        assert queries.customer(b.id).merged_into == c.id
        actions.split_customers(merge_id=second.id, actor_id=None, at=LATER)
        assert queries.customer(b.id).merged_into is None

    def test_taking_the_later_one_apart_first_leaves_the_earlier_one(self):
        a, b, c = person("a@a.example"), person("b@b.example"), person("c@c.example")
        actions.merge_customers(kept_id=b.id, gone_id=a.id, actor_id=None, at=AT)
        second = actions.merge_customers(kept_id=c.id, gone_id=b.id, actor_id=None, at=AT)
        actions.split_customers(merge_id=second.id, actor_id=None, at=LATER)
        assert queries.customer(a.id).merged_into == b.id

    def test_what_cannot_be_is_refused(self):
        a, b, c = person("a@a.example"), person("b@b.example"), person("c@c.example")
        with pytest.raises(actions.CannotMerge):
            actions.merge_customers(kept_id=a.id, gone_id=a.id, actor_id=None, at=AT)
        with pytest.raises(NotFound):
            actions.merge_customers(kept_id=a.id, gone_id=10**9, actor_id=None, at=AT)
        merge = actions.merge_customers(kept_id=a.id, gone_id=b.id, actor_id=None, at=AT)
        for kept, gone in ((c, b), (b, c), (a, b)):
            with pytest.raises(actions.CannotMerge):
                actions.merge_customers(kept_id=kept.id, gone_id=gone.id, actor_id=None, at=AT)
        actions.split_customers(merge_id=merge.id, actor_id=None, at=AT)
        with pytest.raises(actions.CannotSplit):
            actions.split_customers(merge_id=merge.id, actor_id=None, at=AT)

    def test_an_account_moves_and_two_need_a_word(self):
        emma, guest = testing.customer("emma", at=AT), person("emma@elsewhere.example")
        merge = actions.merge_customers(kept_id=guest.id, gone_id=emma.id, actor_id=None, at=AT)
        assert queries.customer_of_account(emma.account_id).id == guest.id
        actions.split_customers(merge_id=merge.id, actor_id=None, at=AT)
        assert queries.customer_of_account(emma.account_id).id == emma.id
        grace = testing.customer("grace", at=AT)
        with pytest.raises(actions.TwoAccounts):
            actions.merge_customers(kept_id=emma.id, gone_id=grace.id, actor_id=None, at=AT)
        assert queries.customer(grace.id).merged_into is None
        merge = actions.merge_customers(kept_id=emma.id, gone_id=grace.id, actor_id=None, at=AT, close_account=True)
        assert not Account.objects.get(id=grace.account_id).is_active
        actions.split_customers(merge_id=merge.id, actor_id=None, at=AT)
        assert Account.objects.get(id=grace.account_id).is_active

    def test_a_refusal_outlives_the_merge_until_the_person_says_otherwise(self):
        kept, gone = person("a@a.example"), person("b@b.example")
        record = {"purpose": Purpose.MARKETING, "source": "test"}
        actions.record_consent(granted=False, customer_id=gone.id, at=AT, **record)
        actions.record_consent(granted=True, customer_id=kept.id, at=AT, **record)
        actions.merge_customers(kept_id=kept.id, gone_id=gone.id, actor_id=None, at=LATER)
        assert queries.consent(purpose=Purpose.MARKETING, customer_id=kept.id) is False
        assert queries.consent(purpose=Purpose.MARKETING, customer_id=gone.id) is False
        assert actions.record_consent(granted=True, customer_id=kept.id, at=LATER, **record)
        assert queries.consent(purpose=Purpose.MARKETING, customer_id=gone.id) is True
        assert len(queries.consents(kept.id)) == 3

    def test_erasing_a_person_erases_every_record_of_theirs(self):
        kept, gone = person("a@a.example", "A"), person("b@b.example", "B")
        merge = actions.merge_customers(
            kept_id=kept.id, gone_id=gone.id, actor_id=None, at=AT, evidence=["a@a.example"], note_text="Ann B"
        )
        actions.note_likeness(
            first_id=gone.id, second_id=person("c@c.example", "C").id, kind=EvidenceKind.HANDLE, detail="@ann", at=AT
        )
        actions.erase_customer(customer_id=kept.id, at=LATER)
        assert not Pair.objects.exists()
        assert Merge.objects.values_list("evidence", "note").get() == ([], "")
        assert not Customer.objects.filter(email__in=("a@a.example", "b@b.example")).exists()
        erased = OutboxEvent.objects.filter(name="people.customer_erased")
        assert {row.payload["customer_id"] for row in erased} == {kept.id, gone.id}
        digests = {hashlib.sha256(email.encode()).hexdigest() for email in ("a@a.example", "b@b.example")}
        assert {row.payload["address_digest"] for row in erased} == digests
        with pytest.raises(actions.CannotSplit):
            actions.split_customers(merge_id=merge.id, actor_id=None, at=LATER)

    def test_the_trail_of_an_erased_person_keeps_acts_and_no_names(self):
        ann, ben = person("ann@a.example", "Ann"), person("ben@b.example", "Ben")
        for customer, handle in ((ann, "@ann.paris"), (ben, "@ben")):
            told = {"customer_id": customer.id, "channel": "instagram", "handle": handle, "actor_id": None, "at": AT}
            actions.link_identity(**told)
        actions.unlink_identity(customer_id=ann.id, channel="instagram", handle="@ann.paris", actor_id=None, at=AT)
        merge = actions.merge_customers(
            kept_id=ben.id, gone_id=ann.id, actor_id=None, at=AT, evidence=["phone +33612345678"]
        )
        actions.split_customers(merge_id=merge.id, actor_id=None, at=AT)
        late = {"detail": {"reason": "late"}, "actor_id": None, "at": AT}
        actions.note(verb="order.refunded", subject_kind="order", subject_id=ann.id, **late)
        actions.erase_customer(customer_id=ann.id, at=LATER)
        trail = queries.audit("customer", ann.id)
        assert [(each.verb, each.detail) for each in reversed(trail)] == [
            ("customer.identity_linked", {"channel": "instagram"}),
            ("customer.identity_unlinked", {"channel": "instagram"}),
            ("customer.merged", {"customer": ben.id, "merge": merge.id}),
            ("customer.split", {"customer": ben.id, "merge": merge.id}),
            ("customer.erased", {}),
        ]
        others = repr([each.detail for each in queries.audit("customer", ben.id)])
        assert "@ben" in others, "who was not erased keeps theirs"
        assert "33612345678" not in others
        assert queries.audit("order", ann.id)[0].detail == {"reason": "late"}, "a number of something else"

    def test_nothing_but_an_erasure_changes_the_trail(self):
        ann = person("ann@a.example")
        actions.link_identity(customer_id=ann.id, channel="tiktok", handle="@ann", actor_id=None, at=AT)
        actions.erase_customer(customer_id=ann.id, at=LATER)
        rows = AuditEntry.objects.filter(subject_kind="customer")
        for change in ({"detail": {}}, {"verb": "customer.praised"}):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                rows.update(**change)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('parvis.erasing', 'on', true)")
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                rows.update(detail={"channel": "another"})
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                rows.delete()


@pytest.mark.database
@pytest.mark.django_db
class TestAddressesAndHandles:
    def test_who_changes_the_address_stays_the_same_person(self):
        ana = person("old@a.example", "Ana")
        actions.update_profile(customer_id=ana.id, email="new@a.example", at=AT)
        assert person("old@a.example").id == ana.id
        assert actions.ensure_customers([NewCustomer(email="OLD@a.example")], at=AT) == {"old@a.example": ana.id}
        assert queries.customer_by_email("old@a.example").id == ana.id
        actions.update_profile(customer_id=ana.id, email="old@a.example", at=AT)
        assert person("new@a.example").id == ana.id

    def test_handles_are_linked_and_unlinked_with_an_audit(self):
        ana, bob = person("a@a.example"), person("b@b.example")
        who = {"channel": "instagram", "handle": "@x", "actor_id": None, "at": AT}
        actions.link_identity(customer_id=ana.id, **who)
        with pytest.raises(Conflict):
            actions.link_identity(customer_id=bob.id, **who)
        (pair,) = queries.likenesses_of(bob.id)
        assert (pair.first.id, pair.strength) == (ana.id, Strength.STRONG)
        actions.unlink_identity(customer_id=ana.id, **who)
        actions.unlink_identity(customer_id=ana.id, **who)
        assert queries.identities(ana.id) == ()
        verbs = [row.verb for row in queries.audit("customer", ana.id)]
        assert verbs == ["customer.identity_unlinked", "customer.identity_linked"]
