"""What agents write is text of strangers: it reaches pages as text, never as markup."""

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.checkout import models
from parvis.domains.people import testing as cast
from parvis.interfaces.agents.acp.simulator import Agent

pytestmark = [pytest.mark.database, pytest.mark.django_db]
EVIL = "<script>alert(1)</script>"


def test_names_and_addresses_are_escaped_where_people_read_them(helper: Agent) -> None:
    address = {
        "name": f"Eve {EVIL}",
        "line_one": f"1 {EVIL}",
        "line_two": "{{ 7|add:7 }}",
        "city": f"Paris{EVIL}",
        "state": "",
        "country": "FR",
        "postal_code": "75011",
    }
    delivery = {"email": "eve@example.com", "phone_number": "+33612345678", "address": address}
    session = helper.buy([{"id": "DR-S"}], delivery=delivery, at=now(), locale='fr"><img src=x>', metadata={EVIL: EVIL})
    assert session["fulfillment_details"]["address"]["line_one"] == f"1 {EVIL}"
    order = models.Order.objects.get()
    staff = Client()
    staff.force_login(cast.account("olivia", at=now()), backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = {}
    for path in (f"/studio/orders/{order.id}/", "/studio/orders/", f"/en/orders/{order.token}/"):
        page = staff.get(path)
        assert page.status_code == 200, path
        text = page.content.decode()
        assert EVIL not in text
        assert "<img src=x>" not in text
        shown[path] = text.count("&lt;script&gt;")
    assert all(shown[path] for path in shown if path != "/studio/orders/"), shown
