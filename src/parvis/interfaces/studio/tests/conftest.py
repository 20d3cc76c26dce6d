"""A small shop with something in every room of the studio, and a way to sign in."""

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from parvis.connectors.webhooks import actions as webhooks
from parvis.connectors.webhooks import queries as webhook_queries
from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.checkout.testing import paid_order
from parvis.domains.people import actions as people_actions
from parvis.domains.people import testing as people
from parvis.domains.people.contracts import Scope
from parvis.domains.voices import actions as voices
from parvis.domains.voices.testing import small_square

AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Shop:
    """Ids of what the tests open."""

    product: int
    variant: int
    order: int
    customer: int
    voice: int
    held: int
    question: int
    run: int
    token: int
    endpoint: int
    owner: int
    agent: int


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


def furnish(home):
    """The shop in the database; what it writes beside it in the folder ``home``."""
    with override_settings(HOME=home, EVENT_LOG=home / "events"):
        return _furnish()


@pytest.fixture(scope="module")
def furnished(kept):
    return kept.make(furnish)


@pytest.fixture
def shop(db, furnished, settings, tmp_path):
    made, home = furnished()
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    settings.HOME = tmp_path
    settings.EVENT_LOG = tmp_path / "events"
    cache.clear()
    return made


def _furnish():
    catalogue = small_catalogue()
    owner = people.staff("olivia", at=AT)
    claire = people.customer("claire", at=AT)
    order = paid_order({"DR-S": 2})
    spoken = small_square(catalogue.products["linen-dress"])
    run = voices.import_file(
        stream=_file("product,text,stars\nlinen-dress,A lovely light dress with pockets,5\nnowhere,=cmd|calc,11\n"),
        filename="reviews.csv",
        actor_id=owner.account_id,
        at=AT,
    )
    token, _secret = people_actions.issue_token(
        name="Warehouse", scopes=[Scope.ORDERS_READ], account_id=owner.account_id, at=AT
    )
    endpoint, _secret = webhooks.create_endpoint(
        url="https://93.184.216.34/in",
        kinds=[],
        description="",
        known_kinds=webhook_queries.kinds(),
        actor_id=owner.account_id,
        at=AT,
    )
    return Shop(
        product=catalogue.products["linen-dress"],
        variant=catalogue.variants["DR-S"],
        order=order.id,
        customer=claire.id,
        voice=spoken.voices["praise_en"].id,
        held=spoken.voices["personal_data"].id,
        question=spoken.question_id,
        run=run.id,
        token=token.id,
        endpoint=endpoint,
        owner=owner.account_id,
        agent=people.agent(at=AT),
    )


def _file(text):
    from io import BytesIO

    return BytesIO(text.encode())


def signed_in(key, *, locale=None, just_now=True):
    """A browser in which one of the cast is signed in, and has just given the password again."""
    client = Client()
    account = people.account(key, at=AT)
    if locale:
        people_actions.choose_language(account_id=account.pk, locale=locale)
    client.force_login(account, backend=BACKEND)
    if just_now:
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(account.pk)
        session.save()
    return client


@pytest.fixture
def owner(shop):
    return signed_in("olivia", locale="en")
