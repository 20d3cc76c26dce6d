"""Every address of the studio, for every role: who may open it is written here a second time, on purpose."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from parvis.interfaces.studio import frame, urls
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ROLES = {"o": "olivia", "m": "mathis", "c": "camille", "v": "victor"}
# name: (method, roles that may)
EXPECTED = {
    "overview": ("get", "omcv"),
    "metrics": ("get", "omcv"),
    "design": ("get", "omcv"),
    "moderation": ("get", "omcv"),
    "moderation_decide": ("post", "omc"),
    "moderation_undo": ("post", "omc"),
    "policy": ("get", "o"),
    "groups": ("get", "omcv"),
    "group": ("get", "omcv"),
    "waiting": ("get", "o"),
    "waiting_progress": ("get", "o"),
    "quality": ("get", "omcv"),
    "record": ("get", "o"),
    "voice_report": ("post", "omcv"),
    "proposal_back": ("post", "omc"),
    "voice": ("get", "omcv"),
    "voice_decide": ("post", "omc"),
    "voice_answer": ("post", "omc"),
    "voice_opinion": ("post", "omc"),
    "voice_video": ("post", "omc"),
    "opinions": ("get", "omcv"),
    "reading": ("get", "omcv"),
    "reading_progress": ("get", "omcv"),
    "reading_again": ("post", "o"),
    "reading_categories": ("get", "o"),
    "reading_drift": ("get", "omcv"),
    "models": ("get", "omcv"),
    "models_progress": ("get", "omcv"),
    "models_act": ("post", "o"),
    "star_model": ("get", "omcv"),
    "reading_aspect_new": ("get", "o"),
    "reading_aspect": ("get", "o"),
    "conversations": ("get", "oc"),
    "conversation": ("get", "oc"),
    "conversation_answer": ("post", "oc"),
    "next_reviews": ("get", "omcv"),
    "visibility": ("get", "omcv"),
    "visibility_changes": ("get", "omcv"),
    "visibility_crawlers": ("post", "o"),
    "visibility_product": ("get", "omcv"),
    "visibility_again": ("post", "om"),
    "simulator": ("get", "om"),
    "simulation": ("get", "om"),
    "proof": ("get", "omcv"),
    "widgets": ("get", "omcv"),
    "widget_new": ("post", "om"),
    "widget": ("get", "omcv"),
    "widget_preview": ("get", "omcv"),
    "widget_change": ("post", "om"),
    "newsletter": ("get", "omcv"),
    "newsletter_preview": ("get", "omcv"),
    "rights": ("get", "omcv"),
    "right_grant": ("post", "om"),
    "right_end": ("post", "om"),
    "faq": ("get", "omcv"),
    "faq_look": ("post", "omc"),
    "faq_gathering": ("get", "omcv"),
    "faq_entry": ("get", "omcv"),
    "faq_translate": ("post", "omc"),
    "copy": ("get", "omcv"),
    "copy_new": ("post", "om"),
    "copy_claims": ("get", "omcv"),
    "copy_proof": ("post", "om"),
    "copy_facts": ("get", "om"),
    "copy_tone": ("get", "omcv"),
    "copy_rules": ("post", "om"),
    "copy_learn": ("post", "om"),
    "copy_texts": ("post", "om"),
    "copy_draft": ("get", "omcv"),
    "copy_save": ("post", "om"),
    "copy_act": ("post", "om"),
    "copy_decide": ("post", "om"),
    "copy_version": ("get", "omcv"),
    "copy_file": ("get", "omcv"),
    "products": ("get", "omcv"),
    "product_new": ("get", "om"),
    "product": ("get", "omcv"),
    "product_edit": ("post", "om"),
    "product_state": ("post", "om"),
    "variant": ("get", "omcv"),
    "variant_stock": ("post", "om"),
    "variant_price": ("post", "om"),
    "reminders": ("get", "omc"),
    "legal": ("get", "o"),
    "legal_publish": ("post", "o"),
    "variant_preorder": ("post", "om"),
    "variant_gtin": ("post", "om"),
    "variant_archived": ("post", "om"),
    "parcel_pack": ("post", "oc"),
    "parcel_news": ("post", "oc"),
    "parcel_label": ("post", "oc"),
    "parcel_unpack": ("post", "oc"),
    "order_invoice": ("get", "oc"),
    "refund_credit": ("get", "oc"),
    "returns": ("get", "omc"),
    "return": ("get", "omc"),
    "return_accept": ("post", "oc"),
    "return_refuse": ("post", "oc"),
    "return_receive": ("post", "oc"),
    "return_pay_back": ("post", "oc"),
    "withdrawal_settle": ("post", "oc"),
    "declaration_aside": ("post", "oc"),
    "shipping": ("get", "o"),
    "shipping_new": ("get", "o"),
    "shipping_method": ("get", "o"),
    "shipping_act": ("post", "o"),
    "selling": ("get", "o"),
    "orders": ("get", "omc"),
    "order": ("get", "omc"),
    "order_ship": ("post", "oc"),
    "order_deliver": ("post", "oc"),
    "order_cancel": ("post", "oc"),
    "refund": ("get", "oc"),
    "payments": ("get", "omc"),
    "payments_compare": ("post", "oc"),
    "payments_settle": ("post", "oc"),
    "dispute": ("get", "omc"),
    "customers": ("get", "oc"),
    "customer": ("get", "oc"),
    "customer_erase": ("post", "o"),
    "customers_same": ("get", "oc"),
    "customers_not_same": ("post", "oc"),
    "customers_merge": ("get", "oc"),
    "customers_split": ("post", "oc"),
    "customer_handles": ("post", "oc"),
    "imports": ("get", "om"),
    "import_upload": ("post", "om"),
    "import": ("get", "om"),
    "import_rejected": ("get", "om"),
    "import_columns": ("get", "om"),
    "import_products": ("post", "om"),
    "import_start": ("post", "om"),
    "import_discard": ("post", "om"),
    "invitations": ("get", "omcv"),
    "campaign_start": ("post", "om"),
    "campaign_end": ("post", "om"),
    "invitation_settings": ("get", "om"),
    "invitation_preview": ("get", "om"),
    "mail": ("get", "oc"),
    "mail_message": ("get", "oc"),
    "mail_html": ("get", "oc"),
    "mail_again": ("post", "o"),
    "settings": ("get", "o"),
    "team": ("get", "o"),
    "team_invite": ("post", "o"),
    "team_policy": ("post", "o"),
    "team_change": ("post", "o"),
    "tokens": ("get", "o"),
    "token_issue": ("post", "o"),
    "token_revoke": ("post", "o"),
    "offers": ("get", "om"),
    "offer_new": ("get", "om"),
    "offer_preview": ("post", "om"),
    "offer": ("get", "om"),
    "offer_stop": ("post", "om"),
    "gift_cards": ("get", "om"),
    "gift_card_issue": ("post", "om"),
    "gift_card": ("get", "om"),
    "gift_card_act": ("post", "om"),
    "taxes": ("get", "om"),
    "taxes_report": ("get", "om"),
    "webhooks": ("get", "o"),
    "webhook_create": ("post", "o"),
    "webhook_change": ("post", "o"),
    "webhook_messages": ("get", "o"),
    "webhook_resend": ("post", "o"),
    "agents": ("get", "omcv"),
    "agent": ("get", "omcv"),
    "agent_journal": ("get", "omcv"),
    "agent_register": ("post", "om"),
    "agents_switch": ("post", "om"),
    "agents_newcomers": ("post", "om"),
    "agent_switch": ("post", "om"),
    "agent_allowance": ("post", "om"),
    "agent_news_again": ("post", "om"),
    "agent_key_issue": ("post", "o"),
    "agent_key_revoke": ("post", "o"),
    "agent_endpoint": ("post", "o"),
    "agent_endpoint_change": ("post", "o"),
    "agent_signing": ("post", "o"),
    "agent_feeds": ("get", "omcv"),
    "agent_feed_add": ("post", "om"),
    "agent_feed_change": ("post", "om"),
    "audit": ("get", "o"),
}


def _address(name, shop):
    parts = {
        "voice_id": shop.held,
        "product_id": shop.product,
        "variant_id": shop.variant,
        "order_id": shop.order,
        "customer_id": shop.customer,
        "run_id": shop.run,
        "merge_id": 1,
        "burst_id": 1,
        "simulation_id": 1,
        "account_id": shop.owner,
        "token_id": shop.token,
        "endpoint_id": shop.endpoint,
        "agent_id": shop.agent,
        "news_id": 1,
        "feed_id": 1,
        "message_id": 1,
        "campaign_id": 1,
        "mail_id": 1,
        "widget_id": 1,
        "right_id": 1,
        "conversation_id": 1,
        "difference_id": 1,
        "dispute_id": 1,
        "star_model_id": 1,
        "draft_id": 1,
        "number": 1,
        "language": "fr",
        "ending": "csv",
        "key": "fabric",
        "kind": "terms",
        "entry_id": 1,
        "parcel_id": 1,
        "refund_id": 1,
        "return_id": 1,
        "declaration_id": 1,
        "promotion_id": 1,
        "card_id": 1,
    }
    pattern = next(pattern for pattern in urls.urlpatterns if pattern.name == name)
    wanted = {key: parts[key] for key in pattern.pattern.converters}
    return reverse(f"studio:{name}", kwargs=wanted)


def test_every_address_is_in_the_table():
    assert {pattern.name for pattern in urls.urlpatterns} == set(EXPECTED)
    assert all(hasattr(pattern.callback, "permission") for pattern in urls.urlpatterns)
    assert get_resolver().reverse_dict is not None


@pytest.mark.parametrize("letter", list(ROLES))
def test_each_role_opens_what_it_may_and_nothing_else(shop, letter):
    client = signed_in(ROLES[letter])
    client.raise_request_exception = True
    for name, (method, allowed) in EXPECTED.items():
        answer = getattr(client, method)(_address(name, shop))
        if letter in allowed:
            assert answer.status_code in {200, 302, 404, 409, 422}, (name, answer.status_code)
            assert "/accounts/" not in answer.get("Location", ""), name
        else:
            assert answer.status_code == 403, (name, answer.status_code)


def test_nobody_and_shoppers_stay_outside(shop):
    shopper, nobody = signed_in("emma"), Client()
    for name, (method, _allowed) in EXPECTED.items():
        assert getattr(shopper, method)(_address(name, shop)).status_code == 403, name
        assert getattr(nobody, method)(_address(name, shop))["Location"].startswith("/accounts/login/"), name


@pytest.mark.parametrize("letter", list(ROLES))
def test_the_rooms_shown_are_those_that_open(shop, letter):
    client = signed_in(ROLES[letter], locale="en")
    page = client.get("/studio/").content.decode()
    for name in (
        "moderation",
        "products",
        "orders",
        "customers",
        "imports",
        "invitations",
        "mail",
        "metrics",
        "settings",
    ):
        shown = f'href="{reverse(f"studio:{name}")}"' in page
        assert shown == (letter in EXPECTED[name][1]), name


def test_who_may_not_see_customers_sees_orders_without_names(shop):
    from parvis.domains.checkout import queries

    order = queries.order(shop.order)
    page = signed_in("mathis").get(f"/studio/orders/{shop.order}/").content.decode()
    listed = signed_in("mathis").get("/studio/orders/").content.decode()
    for secret in (order.email, order.name, order.address.line1):
        assert secret not in page
        assert secret not in listed
    # nor can names be found out by searching for them
    assert order.number in signed_in("mathis").get("/studio/orders/?q=nobody").content.decode()
    assert order.email in signed_in("camille").get(f"/studio/orders/{shop.order}/").content.decode()


def test_a_viewer_sees_personal_data_masked(shop):
    moderator = signed_in("camille").get(f"/studio/voices/{shop.held}/").content.decode()
    viewer = signed_in("victor").get(f"/studio/voices/{shop.held}/").content.decode()
    listed = signed_in("victor").get("/studio/moderation/").content.decode()
    assert "emma.fletcher@mail.example" in moderator
    assert "emma.fletcher@mail.example" not in viewer
    assert "emma.fletcher@mail.example" not in listed


def test_rooms_stand_in_groups_and_the_one_of_the_page_is_open(shop):
    page = signed_in("olivia", locale="fr").get("/studio/orders/").content.decode()
    groups = re.findall(r'<details class="nav__group" name="rooms"( open)?>\s*<summary[^>]*>([^<]+)', page)
    assert [name for _, name in groups] == ["Mesures", "Contributions", "Preuve", "Vente", "Installation"]
    assert [name for opened, name in groups if opened] == ["Vente"]
    assert page.count('aria-current="page"') >= 1
    assert set(frame.GROUPS) == {room.group for room in frame.ROOMS}
