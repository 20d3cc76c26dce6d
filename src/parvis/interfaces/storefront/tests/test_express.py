"""Buying one thing at once; one confirmation for who is known; going on with what an agent has prepared."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.core.clock import now
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as catalog_queries
from parvis.domains.checkout import actions, models, queries
from parvis.domains.checkout.contracts import Details, Door, OrderState, Session, Wanted
from parvis.domains.checkout.ports import CardDetails
from parvis.domains.checkout.testing import DECLINED, HOME
from parvis.domains.people import testing as people
from parvis.domains.voices import queries as voices
from parvis.interfaces.storefront.tests.conftest import Shop
from parvis.interfaces.storefront.tests.test_buying import fill, put_in_cart, token_of
from parvis.interfaces.storefront.tests.test_own_place import signed_in
from parvis.interfaces.storefront.tests.test_pages import address

pytestmark = pytest.mark.database


def _express(visitor: Client, shop: Shop, sku: str = "SW-S", **more: Any) -> str:
    answer = visitor.post(address("express"), {"variant": shop.catalogue.variants[sku], **more})
    assert "/checkout/express/" in answer["Location"]
    return str(answer["Location"])


def _hidden(html: str) -> dict[str, str]:
    form = html[html.index('id="confirm"') :]
    form = form[: form.index("</form>")]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


@pytest.fixture
def known(shop: Shop) -> Client:
    """A customer with an account who has bought once and let the card be kept."""
    client, _account = signed_in("ada@mail.example", "Ada Bell")
    put_in_cart(client, shop)
    html = client.get(address("checkout")).content.decode()
    sent = fill(html, email="ada@mail.example", name="Ada Bell", save="on")
    assert "/orders/" in client.post(address("checkout"), sent)["Location"]
    return client


def test_a_guest_buys_beside_the_cart(shop: Shop, visitor: Client) -> None:
    put_in_cart(visitor, shop, "DR-S")
    where = _express(visitor, shop)
    html = visitor.get(where).content.decode()
    assert "Wool sweater" in html
    assert "Linen dress" not in html
    answer = visitor.post(where, fill(html))
    order = queries.order_by_token(token_of(answer))
    assert (order.state, [line.sku for line in order.lines]) == (OrderState.PAID, ["SW-S"])
    assert models.Order.objects.get(id=order.id).door == Door.EXPRESS
    assert "Linen dress" in visitor.get(address("cart")).content.decode(), "the cart is as it was"
    assert visitor.post(where, fill(html))["Location"] == answer["Location"], "sent twice is one order"
    assert visitor.get(where)["Location"] == answer["Location"], "the back button leads to the order"


def test_one_confirmation_for_who_is_known(shop: Shop, known: Client) -> None:
    where = _express(known, shop)
    html = known.get(where).content.decode()
    assert "Confirm your order" in html
    assert "Visa •••• 4242" in html
    assert "12 rue des Lilas" in html
    answer = known.post(where, _hidden(html))
    order = queries.order_by_token(token_of(answer))
    assert order.state is OrderState.PAID
    assert order.email == "ada@mail.example"
    put_in_cart(known, shop)
    assert "Confirm your order" in known.get(address("checkout")).content.decode(), "the cart's checkout too"
    assert 'name="line1"' in known.get(address("checkout") + "?all=1").content.decode()


def test_a_link_that_was_passed_on_shows_nobody_elses_order(shop: Shop, visitor: Client) -> None:
    where = _express(visitor, shop)
    html = visitor.get(where).content.decode()
    friend = Client(headers={"accept-language": "en"})
    theirs = friend.get(where).content.decode()
    order = queries.order_by_token(token_of(visitor.post(where, fill(html))))
    for answer in (friend.get(where), friend.post(where, fill(theirs, key="another-key"), follow=True)):
        assert answer.status_code == 410
        assert order.token not in answer.content.decode()
        assert "12 rue des Lilas" not in answer.content.decode()
    assert models.Order.objects.count() == 1
    assert order.token in visitor.get(where)["Location"]


def test_changing_an_order_made_beside_the_cart_leaves_the_cart_alone(shop: Shop, visitor: Client) -> None:
    put_in_cart(visitor, shop, "DR-S")
    where = _express(visitor, shop)
    answer = visitor.post(where, fill(visitor.get(where).content.decode(), number=DECLINED))
    back = visitor.post(address("reopen", token=token_of(answer)))
    assert back["Location"] == where
    assert "Wool sweater" in visitor.get(where).content.decode()
    own = visitor.get(address("cart")).content.decode()
    assert ("Linen dress" in own, "Wool sweater" in own) == (True, False)


def test_a_card_that_has_expired_is_not_offered(shop: Shop, known: Client) -> None:
    models.SavedCard.objects.update(exp_year=2025)
    where = _express(known, shop)
    html = known.get(where).content.decode()
    assert "Confirm your order" not in html
    assert 'name="saved"' not in html


def test_a_tampered_total_is_not_charged(shop: Shop, known: Client) -> None:
    where = _express(known, shop)
    sent = _hidden(known.get(where).content.decode())
    orders = models.Order.objects.count()
    answer = known.post(where, {**sent, "shown": "home:1"})
    assert answer.status_code == 422
    assert "The total is now" in answer.content.decode()
    assert models.Order.objects.count() == orders


def test_somebody_elses_express_checkout_does_not_exist(shop: Shop, known: Client) -> None:
    where = _express(known, shop)
    assert Client().get(where).status_code == 404
    assert Client().get(address("express_checkout", token="x" * 32)).status_code == 404


def test_what_is_sold_out_meanwhile_is_said(shop: Shop, visitor: Client) -> None:
    where = _express(visitor, shop, "DR-M", quantity="4")
    html = visitor.get(where).content.decode()
    catalog.adjust_stock(variant_id=shop.catalogue.variants["DR-M"], quantity=-3, reason="lost", at=now())
    assert visitor.post(where, fill(html))["Location"] == address("product", slug="linen-dress")
    assert visitor.get(where)["Location"] == address("product", slug="linen-dress")


@pytest.mark.parametrize("sent", [{}, {"variant": "x"}, {"variant": "99999999"}, {"quantity": "999"}])
def test_nonsense_opens_nothing(shop: Shop, visitor: Client, sent: dict[str, str]) -> None:
    full = {"variant": str(shop.catalogue.variants["SW-S"]), **sent} if "quantity" in sent else sent
    assert visitor.post(address("express"), full)["Location"] == address("cart")
    assert visitor.post(address("express"), {"variant": shop.catalogue.variants["DR-L"]})["Location"] == address("cart")
    assert not models.Session.objects.filter(state="open").exists()


def test_one_that_was_left_too_long_says_so(shop: Shop, visitor: Client) -> None:
    where = _express(visitor, shop)
    models.Session.objects.update(expires_at=now() - timedelta(minutes=1))
    answer = visitor.get(where)
    assert answer.status_code == 410
    assert "valid for some hours only" in answer.content.decode()


# -- going on with what an agent has prepared ------------------------------------------------------------------


def _prepared(shop: Shop, **more: Any) -> Session:
    agent = people.agent(at=now())
    shown = list(shop.voices.values())
    details = Details(email="ada@mail.example", name="Ada Bell", phone="", address=HOME, shipping_method="home")
    given: dict[str, Any] = {
        "door": Door.UCP,
        "lines": [Wanted(variant_id=shop.catalogue.variants["SW-S"], quantity=2)],
        "details": details,
        "locale": "en",
        "agent_id": agent,
        "attribution": {"creator": "lea"},
        "proofs": shown,
        "at": now(),
    }
    return actions.open_session(**{**given, **more})


def test_the_continue_page_lands_with_cart_proof_and_credit(shop: Shop, visitor: Client) -> None:
    session = _prepared(shop)
    put_in_cart(visitor, shop, "DR-S")
    where = address("continue", token=session.token)
    html = visitor.get(where).content.decode()
    assert "Helper has prepared this for you" in html
    assert "What you were shown on the way" in html
    assert "a•••@mail.example" in html
    for private in ("ada@mail.example", "Ada Bell", "12 rue des Lilas"):
        assert private not in html
    assert models.Session.objects.get(token=session.token).handed_over_at is None, "looking changes nothing"
    answer = visitor.post(where, {"email": "Ada@mail.example"})
    page = visitor.get(answer["Location"]).content.decode()
    assert "12 rue des Lilas" in page, "who knows the e-mail finds the details"
    placed = visitor.post(answer["Location"], fill(page, email="ada@mail.example"))
    order = queries.order_by_token(token_of(placed))
    row = models.Order.objects.get(id=order.id)
    assert (order.state, row.door, row.attribution) == (OrderState.PAID, "ucp", {"creator": "lea"})
    assert queries.session(session.token, agent_id=session.agent_id, at=now()).order == order, "the agent sees it too"
    assert "Linen dress" in visitor.get(address("cart")).content.decode(), "the own cart is as it was"
    late = Client().get(where)
    assert late.status_code == 410
    assert order.token not in late.content.decode()


def test_the_link_of_a_program_that_nobody_knows_leads_no_stranger_to_the_order(shop: Shop, visitor: Client) -> None:
    session = _prepared(shop, door=Door.MCP, agent_id=None, details=Details())
    where, desk = address("continue", token=session.token), address("express_checkout", token=session.token)
    assert visitor.get(desk)["Location"] == where
    assert visitor.post(where)["Location"] == desk
    page = visitor.get(desk).content.decode()
    placed = visitor.post(desk, fill(page, email="ada@mail.example"))
    token = token_of(placed)
    assert visitor.get(desk)["Location"] == address("order", token=token), "the back button still leads to the order"
    program = Client().get(desk)  # which has had the link from the beginning
    assert (program.status_code, token in program.content.decode()) == (410, False)


def test_who_does_not_know_the_email_types_anew(shop: Shop, visitor: Client) -> None:
    session = _prepared(shop)
    where = address("continue", token=session.token)
    answer = visitor.post(where, {"email": "eve@mail.example"})
    page = visitor.get(answer["Location"]).content.decode()
    assert "Ada Bell" not in page
    assert "12 rue des Lilas" not in page
    codes = [visitor.post(where, {"email": f"eve{n}@mail.example"}).status_code for n in range(6)]
    assert 429 in codes, "addresses are not tried out"


def test_the_link_alone_shows_nobody_an_order_that_waits_for_its_payment(shop: Shop, visitor: Client) -> None:
    session = _prepared(shop)
    card = CardDetails(number=DECLINED, exp_year=2090, exp_month=12, cvc="123")
    given = {"token": session.token, "agent_id": session.agent_id, "instrument": card, "at": now()}
    made = actions.complete_session(**given)
    assert made.order is not None
    where, desk = (address(name, token=session.token) for name in ("continue", "express_checkout"))
    html = visitor.get(where).content.decode()
    assert "waits for its payment" in html
    assert made.order.token not in html
    assert "It shows that the order is yours" in visitor.post(where, {}, follow=True).content.decode()
    assert visitor.get(desk)["Location"] == where
    assert made.order.token not in str(visitor.post(desk, {"key": "x"}).headers)
    led = visitor.post(where, {"email": "ada@mail.example"}, follow=True)
    assert led.redirect_chain[-1][0] == address("pay", token=made.order.token)


def test_a_withdrawn_voice_is_left_out(shop: Shop, visitor: Client) -> None:
    session = _prepared(shop, proofs=[99_999_999])
    html = visitor.get(address("continue", token=session.token)).content.decode()
    assert "What you were shown on the way" not in html
    assert voices.voices([99_999_999]) == {}


def test_the_desk_of_an_agents_checkout_asks_first(shop: Shop, visitor: Client) -> None:
    session = _prepared(shop)
    led = visitor.get(address("express_checkout", token=session.token))
    assert led["Location"] == address("continue", token=session.token)


def test_what_was_cancelled_or_is_unknown_says_so(shop: Shop, visitor: Client) -> None:
    session = _prepared(shop)
    actions.cancel_session(token=session.token, agent_id=session.agent_id, at=now())
    gone = visitor.get(address("continue", token=session.token))
    assert (gone.status_code, "was given up" in gone.content.decode()) == (410, True)
    assert visitor.get(address("continue", token="x" * 32)).status_code == 404
    assert catalog_queries.available([shop.catalogue.variants["SW-S"]]) == {shop.catalogue.variants["SW-S"]: 5}


def test_a_passkey_is_offered_where_it_helps(shop: Shop, visitor: Client, known: Client) -> None:
    put_in_cart(visitor, shop)
    html = visitor.get(address("checkout")).content.decode()
    assert 'id="passkey_login"' in html
    assert f'<input type="hidden" name="next" value="{address("checkout")}">' in html
    bought = visitor.post(address("checkout"), fill(html), follow=True).content.decode()
    assert "/accounts/signup/passkey/?next=" in bought
    assert visitor.get("/accounts/signup/passkey/").status_code == 200
    put_in_cart(known, shop)
    sent = _hidden(known.get(address("checkout")).content.decode())
    theirs = known.post(address("checkout"), sent, follow=True).content.decode()
    assert "/accounts/2fa/webauthn/add/" in theirs
