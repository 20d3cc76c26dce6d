"""Leaving a shared machine leaves nothing of the cart behind."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from parvis.domains.catalog import testing as shop
from parvis.domains.people import testing as cast


@pytest.mark.database
@pytest.mark.django_db
def test_signing_out_lets_go_of_the_cart() -> None:
    variants = shop.small_catalogue().variants
    client = Client()
    client.force_login(
        cast.account("claire", at=datetime(2026, 3, 1, tzinfo=UTC)),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    client.post("/en/cart/", {"variant": str(variants["DR-S"]), "quantity": "2"})
    assert client.cookies["parvis_cart"].value
    client.post("/accounts/logout/")
    assert not client.cookies["parvis_cart"].value
    assert "Linen dress" not in client.get("/en/cart/").content.decode()
