"""What is personal goes: with the person, or when nothing came of it. Every column of the domain has its place here."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db import models as fields

from parvis.core import outbox
from parvis.core.clock import now
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.actions.moving import TABLES
from parvis.domains.checkout.contracts import Details, Door, Wanted
from parvis.domains.checkout.testing import AT, HOME, paid_order, placed_order, session_of
from parvis.domains.people import actions as people

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DAY = timedelta(days=1)
MARK = "zzmarkzz"
EMAIL = f"{MARK}@mail.example"

# Goes with a person who is erased: emptied, or the row with it.
GOES = {
    "Order": "email name address tracking visit",
    "OrderEvent": "detail",
    "Parcel": "tracking",
    "ParcelNews": "place",
    "Return": "note answer",
    "Declaration": "email name words",
    "Dispute": "evidence",
    "Session": "details attribution consents cancel_reason visit next_url",
    "Cart": "visit",
    "StockAlert": "email digest",
    "CartReminder": "email digest",
    "GiftCard": "recipient note",
    "SavedCard": "token",
    "MemberStatus": "status",
}
# Stays, and why.
STAYS = {
    "Paper": ("content pdf sha256", "accounting law: ten years"),
    "Payment": ("card_brand card_last4", "the books: which card was charged"),
    "PayAttempt": ("address visit card bin", "keyed digests, which go after a month (actions.bursts)"),
    "Refund": ("reason", "the books: the team's own words about money"),
    "Difference": ("note", "the books: the team's own words about money"),
    "GiftEntry": ("note", "the books: the team's own words about money"),
}
# Nothing of a person.
PLAIN = {
    "Order": "locale currency state adjustments taxes shipping_method cancel_reason door attribution provenance",
    "OrderEvent": "kind",
    "OrderLine": "name sku size colour",
    "Parcel": "state carrier lines",
    "ParcelNews": "key state",
    "Payment": "provider reference state currency decline_code",
    "PayAttempt": "outcome",
    "Refund": "lines taxes state reference failure",
    "Dispute": "reference reason state",
    "Return": "key state",
    "ReturnLine": "reason condition",
    "Reservation": "state",
    "Declaration": "order_number locale",
    "Session": "state locale proofs",
    "Cart": "token state currency codes",
    "StockAlert": "locale state",
    "CartReminder": "locale consent_text state",
    "GiftCard": "last4 state currency",
    "GiftEntry": "kind",
    "SavedCard": "provider brand last4 consent_text",
    "Difference": "provider kind reference order_number currency state",
    "Reconciliation": "provider currency problem days",
    "Paper": "locale currency",
    "PaperSequence": "kind",
    "Promotion": "name_en name_fr currency code products categories status creator",
    "ShippingMethod": "name_en name_fr countries points rates",
    "TaxSetup": "home rates reduced",
    "LegalText": "kind text_en text_fr digest",
    "WebhookSeen": "provider event_id",
    "Moved": "kind",
    "Setting": "value",
    "BrandStamp": "stamp",
}
_TEXTS = (fields.CharField, fields.TextField, fields.JSONField, fields.BinaryField)


def _named(part: dict[str, Any]) -> set[str]:
    return {
        f"{model}.{name}"
        for model, said in part.items()
        for name in (said if isinstance(said, str) else said[0]).split()
    }


def _ours() -> list[type[fields.Model]]:
    return list(apps.get_app_config("checkout").get_models())


def test_every_column_has_been_thought_about() -> None:
    """A new column that can hold words is listed above, and emptied by actions.forgetting where it belongs to GOES."""
    found = {
        f"{model.__name__}.{column.name}"
        for model in _ours()
        for column in model._meta.concrete_fields
        if isinstance(column, _TEXTS) and not column.choices and not column.unique
    }
    goes, stays, plain = _named(GOES), _named(STAYS), _named(PLAIN)
    assert found == goes | stays | plain
    assert len(found) == len(goes) + len(stays) + len(plain), "none is listed twice"


def test_whatever_points_to_a_customer_follows_a_merge() -> None:
    pointing = {
        model
        for model in _ours()
        if any(isinstance(each, fields.ForeignKey) and _is_customer(each) for each in model._meta.concrete_fields)
    }
    assert pointing == set(TABLES.values())


def _is_customer(column: Any) -> bool:
    return bool(column.related_model._meta.label == "people.Customer")


def _marked(owner: int) -> None:
    """A row of every kind, with the mark in each column that goes."""
    shop = small_catalogue()
    order = paid_order({"DR-S": 1})
    where = {"line1": MARK, "city": MARK, "country": "FR"}
    models.Order.objects.filter(id=order.id).update(
        customer=owner, email=EMAIL, name=MARK, address=where, tracking=MARK, visit=MARK
    )
    row = models.Order.objects.get(id=order.id)
    row.trail.create(kind="return_answered", detail={"return": "R-1", "note": MARK, "tracking": MARK}, at=AT)
    parcel = row.parcels.create(key="p", tracking=MARK, news_at=AT, created_at=AT)
    parcel.news.create(key="n", state="in_transit", place=MARK, at=AT, told_at=AT)
    row.returns.create(number="R-1", token="r", key="r", kind="return", note=MARK, answer=MARK, requested_at=AT)
    payment = row.payments.get()
    payment.disputes.create(
        reference="d", reason="fraud", state="lost", amount_minor=1, opened_at=AT, closed_at=AT,
        evidence={"customer_name": MARK, "customer_email": EMAIL, "shipping_address": MARK, "invoice": "Order"},
    )  # fmt: skip
    said = {"order_number": "P-1", "email": f" {EMAIL.upper()}", "name": MARK, "words": MARK, "locale": "en", "at": AT}
    models.Declaration.objects.create(**said)
    models.Declaration.objects.create(**said, order=row)
    for number, whose in enumerate(({"customer_id": owner}, {}, {"order": row})):
        session = session_of(catalogue=shop, details=Details(email=f"{EMAIL} ", name=MARK, address=HOME))
        models.Session.objects.filter(token=session.token).update(
            attribution={"click": MARK}, consents={MARK: True}, cancel_reason={"why": MARK}, visit=MARK,
            next_url=f"https://bank.example/{MARK}{number}", **whose,
        )  # fmt: skip
    models.Cart.objects.filter(order=row).update(customer=owner, visit=MARK)
    digest = hashlib.sha256(EMAIL.encode()).hexdigest()
    models.StockAlert.objects.create(
        token="a", variant_id=shop.variants["DR-L"], email=EMAIL, digest=digest, locale="en", asked_at=AT, created_at=AT
    )
    models.CartReminder.objects.create(
        token="c", email=EMAIL, digest=digest, locale="en", consent="box", agreed_at=AT, due_at=AT
    )
    models.GiftCard.objects.create(
        code_hash="g", last4="1234", currency="EUR", initial_minor=1, balance_minor=1, recipient=EMAIL.title(),
        note=MARK, issued_at=AT,
    )  # fmt: skip
    models.SavedCard.objects.create(
        customer_id=owner, provider="test", token=MARK, brand="Visa", last4="4242", exp_month=1, exp_year=2090,
        consent_text="card-1", saved_at=AT,
    )  # fmt: skip
    models.MemberStatus.objects.create(customer_id=owner, status=MARK, since=AT)


def _holding(mark: str) -> set[str]:
    """Columns of the domain in which ``mark`` stands, in capitals or not."""
    found = set()
    with connection.cursor() as cursor:
        for model in _ours():
            for column in model._meta.concrete_fields:
                cursor.execute(
                    f'SELECT 1 FROM {model._meta.db_table} WHERE "{column.column}"::text ILIKE %s LIMIT 1',
                    [f"%{mark}%"],
                )
                found |= {f"{model.__name__}.{column.name}"} if cursor.fetchone() else set()
    return found


def test_an_erased_person_leaves_nothing_but_papers(db: Any) -> None:
    owner = people.ensure_customer(email=EMAIL, name=MARK, at=AT)
    _marked(owner.id)
    digest = hashlib.sha256(EMAIL.encode()).hexdigest()
    before = _holding(MARK) | _holding(digest)
    assert before >= _named(GOES) - {"Order.email"}
    people.erase_customer(customer_id=owner.id, at=AT)
    while outbox.deliver(at=now()):
        pass
    assert "Order.address" in _holding(MARK), "an order under way needs its address"
    order = models.Order.objects.get(customer=owner.id)
    models.Order.objects.filter(id=order.id).update(state="delivered", shipped_at=AT, delivered_at=AT)
    actions.tidy(at=AT)
    assert _holding(MARK) | _holding(digest) <= _named(STAYS)
    order.refresh_from_db()
    assert (order.address, order.total_minor > 0) == ({"country": "FR"}, True)
    assert models.Dispute.objects.get().evidence == {"invoice": "Order"}
    assert models.GiftCard.objects.get().balance_minor == 1, "the money stays good"
    assert models.OrderEvent.objects.filter(detail={"return": "R-1"}).exists()


def test_what_was_typed_for_nothing_goes_after_a_month(db: Any) -> None:
    left = session_of()
    unpaid = placed_order(key="never", token="another-cart-of-the-tests")
    actions.cancel(order_id=unpaid.id, reason="expired", at=AT)
    bought = paid_order(key="paid", token="third-cart-of-the-tests")
    done = session_of()
    models.Session.objects.filter(token=done.token).update(order=bought.id)
    waits = session_of()
    models.Session.objects.filter(token=waits.token).update(
        order=placed_order(key="waits", token="fourth-cart-of-the-tests").id
    )
    actions.expire_sessions(at=AT + DAY)
    assert actions.forget_unbought(at=AT + 29 * DAY) == 0
    assert actions.forget_unbought(at=AT + 32 * DAY) == 2
    assert actions.forget_unbought(at=AT + 32 * DAY) == 0, "once"
    emptied = models.Session.objects.get(token=left.token)
    assert (emptied.details, emptied.state) == ({}, "expired")
    assert queries.session_of_shopper(left.token, at=AT + 32 * DAY)[0].details == Details()
    gone = queries.order(unpaid.id)
    assert (gone.email, gone.name, gone.address.line1, gone.address.country) == ("", "", "", "FR")
    assert queries.order(bought.id).address.line1 == HOME.line1
    for token in (done.token, waits.token):
        assert models.Session.objects.get(token=token).details["address"]["line1"] == HOME.line1


def test_checkouts_and_statuses_follow_a_person_and_go_back(db: Any) -> None:
    shop = small_catalogue()
    kept, gone = (people.ensure_customer(email=f"{name}@a.example", at=AT).id for name in ("kept", "gone"))
    wanted = [Wanted(variant_id=shop.variants["DR-S"], quantity=1)]
    session = actions.open_session(door=Door.MCP, lines=wanted, locale="en", customer_id=gone, at=AT)
    for owner, status in ((kept, "gold"), (gone, "gold"), (gone, "friend")):
        models.MemberStatus.objects.create(customer_id=owner, status=status, since=AT)

    def held() -> tuple[int | None, set[str], set[str]]:
        row = models.Session.objects.get(token=session.token)
        statuses = models.MemberStatus.objects.values_list("customer_id", "status")
        return row.customer_id, *({name for whose, name in statuses if whose == each} for each in (kept, gone))

    before = held()
    actions.move_customer(kept_id=kept, gone_id=gone, merge_id=1, at=AT)
    assert held() == (kept, {"gold", "friend"}, {"gold"})
    actions.move_back(kept_id=kept, gone_id=gone, merge_id=1, at=AT)
    assert held() == before == (gone, {"gold"}, {"gold", "friend"})
