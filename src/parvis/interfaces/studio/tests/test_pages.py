"""Every page: how many statements it takes, both languages, and when there is nothing to show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from parvis.domains.checkout.rules.money import OverRefund
from parvis.domains.checkout.rules.orders import NotPossible
from parvis.domains.people import testing as people
from parvis.domains.people.actions import LastOwner
from parvis.domains.voices.rules.admission import NotAdmitted
from parvis.domains.voices.web.refusals import rejection_ground
from parvis.interfaces.studio import problems
from parvis.interfaces.studio.tests.conftest import AT, signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]

# Three are the session, the account and the member of staff with the policy.
MOST = {
    "/studio/": 15,
    "/studio/metrics/": 4,
    "/studio/moderation/": 14,
    "/studio/moderation/rules/": 9,
    "/studio/moderation/quality/": 16,
    "/studio/voices/{voice}/": 20,
    "/studio/opinions/": 9,
    "/studio/next-reviews/": 18,
    "/studio/products/": 9,
    "/studio/products/{product}/": 10,
    "/studio/variants/{variant}/": 11,
    "/studio/orders/": 7,
    "/studio/orders/{order}/": 19,  # with its parcels, returns, papers and dispute
    "/studio/customers/": 6,
    "/studio/customers/{customer}/": 17,
    "/studio/agents/": 9,
    "/studio/agents/{agent}/": 16,
    "/studio/agents/{agent}/journal/": 7,
    "/studio/imports/": 7,
    "/studio/settings/": 6,
    "/studio/settings/team/": 8,
    "/studio/settings/tokens/": 6,
    "/studio/settings/webhooks/": 6,
    "/studio/settings/audit/": 8,
}


def _address(pattern, shop):
    return pattern.format(**{name: getattr(shop, name) for name in shop.__dataclass_fields__})


def test_each_page_takes_few_statements(owner, shop):
    for pattern, most in MOST.items():
        address = _address(pattern, shop)
        owner.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert owner.get(address).status_code == 200
        assert len(asked) <= most, (pattern, [query["sql"][:110] for query in asked])


def test_each_page_speaks_french(shop):
    client = signed_in("olivia", locale="fr")
    for pattern in MOST:
        page = client.get(_address(pattern, shop)).content.decode()
        assert '<html lang="fr"' in page, pattern
        assert "Modération" in page, pattern


def test_a_page_with_nothing_to_show_says_so(db, settings, tmp_path):
    settings.EVENT_LOG = tmp_path / "events"
    people.staff("olivia", at=AT)
    client = signed_in("olivia", locale="en")
    for pattern, words in {
        "/studio/": "Nothing is measured yet",
        "/studio/moderation/": "Nothing waits",
        "/studio/products/": "The catalogue is empty",
        "/studio/orders/": "No order yet",
        "/studio/customers/": "No customer yet",
        "/studio/imports/": "No import yet",
        "/studio/agents/": "No agent yet",
        "/studio/settings/tokens/": "No token yet",
        "/studio/settings/webhooks/": "Nobody is told yet",
    }.items():
        assert words in client.get(pattern).content.decode(), pattern


def test_the_queue_takes_as_many_statements_however_long_it_is(owner, shop):
    def count():
        with CaptureQueriesContext(connection) as asked:
            owner.get("/studio/moderation/?state=")
        return len(asked)

    before = count()
    from parvis.domains.voices import actions
    from parvis.domains.voices.contracts import NewVoice, Origin

    rows = [
        NewVoice(product_id=shop.product, text=f"Soft and warm number {n}", stars=4, origin=Origin.API)
        for n in range(15)
    ]
    actions.receive_many(rows, at=AT)
    assert count() <= before


def test_errors_that_the_team_meets_have_french_words():
    with translation.override("fr"):
        assert problems.words(NotPossible(state="paid", verb="deliver")).startswith("La commande est dans l’état")
        assert problems.words(OverRefund(left=1250)).startswith("Au plus 12,50")
        assert problems.words(LastOwner()) != LastOwner.template
        assert rejection_ground("unknown_product").startswith("le produit")


def test_every_ground_of_a_rejected_row_has_its_words():
    def below(kind):
        return {kind, *(grand for child in kind.__subclasses__() for grand in below(child))}

    codes = {kind.code for kind in below(NotAdmitted) - {NotAdmitted}}
    assert len(codes) > 10
    assert {code for code in codes if rejection_ground(code) == code} == set()
