"""A guest sends something back with nothing but the link of the order; the team receives it and pays it back."""

import re

from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World, eventually

from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import OrderState, ReturnState, Seller
from parvis.domains.messaging import queries as mails


def test_a_guest_sends_a_piece_back_and_gets_the_money(visit: Visit, world: World) -> None:
    checkout.save_seller(Seller(name="Maison", address="1 rue Haute\n75001 Paris", registration="RCS 0"), at=now())
    order = world.sold({"DR-S": 2}, email="back@shopper.example")
    checkout.ship(order_id=order.id, tracking="6A1", at=now())
    checkout.deliver(order_id=order.id, at=now())

    guest = visit(f"/en/orders/{order.token}/", width="phone")
    expect(guest.locator("main")).to_contain_text("6A1")
    guest.get_by_role("link", name="Send something back").click()
    guest.locator("select[name^=pieces_]").select_option("1")
    guest.locator("select[name^=reason_]").select_option("too_small")
    guest.get_by_role("button", name="Confirm the withdrawal").dblclick()
    expect(guest).to_have_url(re.compile("/returns/"))
    expect(guest.locator("main")).to_contain_text("1 rue Haute")
    assert guest.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # the name of what goes back stands in one line, not word under word
    assert guest.evaluate("document.querySelector('.line--plain .strong').offsetHeight") < 40
    (back,) = queries.order(order.id).returns
    slip = guest.request.get(guest.get_by_role("link", name="Print the slip (PDF)").get_attribute("href") or "")
    assert slip.body()[:5] == b"%PDF-"

    team = visit()
    steps.sign_in(team, "olivia", to="/studio/returns/")
    team.get_by_role("link", name=back.number).click()
    team.get_by_role("button", name="Received", exact=True).click()
    expect(team.get_by_role("heading", name="Give the money back")).to_be_visible()
    expect(team.locator("input[name=amount]")).to_have_value("89.00")
    team.get_by_role("button", name="Refund", exact=True).dblclick()
    expect(team.locator("main")).to_contain_text("Paid back")
    after = queries.order(order.id)
    assert (after.state, after.refunded.amount_minor) == (OrderState.PARTLY_REFUNDED, 8900)
    assert queries.return_(back.id).state is ReturnState.REFUNDED

    guest.goto(f"/en/orders/{order.token}/")
    expect(guest.get_by_role("link", name=re.compile("Credit note"))).to_be_visible()
    refund = after.refunds[0].id
    eventually(lambda: mails.message_by_key(f"checkout.refund:{refund}") is not None, "nobody told the buyer")


def test_a_withdrawal_is_declared_without_the_link(visit: Visit, world: World) -> None:
    order = world.sold({"SW-S": 1}, email="declares@shopper.example")
    checkout.ship(order_id=order.id, at=now())
    checkout.deliver(order_id=order.id, at=now())
    page = visit("/fr/", script=False, locale="fr-FR")
    page.get_by_role("link", name="Se rétracter du contrat ici").click()
    page.locator("[name=order_number]").fill(order.number)
    page.locator("main [name=email]").fill("declares@shopper.example")
    page.locator("[name=name]").fill("Quick Buyer")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Confirmer la rétractation").click()
    expect(page.get_by_text("Votre déclaration est envoyée")).to_be_visible()
    eventually(lambda: bool(queries.order(order.id).returns), "the worker did not look at the declaration")
    assert queries.order(order.id).returns[0].state is ReturnState.ACCEPTED
