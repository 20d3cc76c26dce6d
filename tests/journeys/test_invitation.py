"""From the parcel to the proof: a mail, a form behind its link, a person who reads it, a review for the next; and the
ways in which it ends: reminded once, refused with one click, forgotten."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.test_accessibility import LOOKS, barriers
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.messaging import actions as messaging
from parvis.domains.messaging.testing import Postbox, postbox
from parvis.domains.people import actions as people
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries, rules
from parvis.domains.voices.contracts import Invitation, InvitationState, StopReason

WORDS = "It keeps me warm from morning to night and does not itch at all. The sleeves are long enough for my arms."
LINK = re.compile(r"http://[^/\s]+(/(?:en|fr)/review/[^/\s#]+/)")


@pytest.fixture
def box(world: World) -> Iterator[Postbox]:
    """What this process sends; the worker of the running shop finds none of it due yet."""
    with postbox() as made:
        yield made


def delivered(world: World, lines: dict[str, int], email: str) -> Invitation:
    """Somebody buys, the parcel arrives, and the worker hears of it."""
    order = world.sold(lines, email=email)
    checkout.ship(order_id=order.id, at=now())
    checkout.deliver(order_id=order.id, at=now())
    world.settle()
    invitation = queries.invitation_of_order(order.id)
    assert invitation is not None
    return invitation


def days_pass(until: datetime) -> None:
    """The worker's minutes, all at once, and everything twice: nothing may happen a second time."""
    for _ in range(2):
        voices.invite_due(at=until)
        voices.remind_due(at=until)
        messaging.send_due(at=until)


def link_of(box: Postbox, email: str, number: int = 0) -> str:
    found = LINK.search(box.to(email)[number].text)
    assert found is not None
    return found.group(1)


def test_what_arrived_is_reviewed_and_shown(visit: Visit, world: World, box: Postbox) -> None:
    email = "ines@shopper.example"
    invitation = delivered(world, {"SW-M": 1, "DR-S": 1}, email)
    days_pass(invitation.due_at)
    assert len(box.to(email)) == 1

    # on the phone, without an account and without scripts
    page = visit("/en/", width="phone", script=False)
    page.goto(link_of(box, email))
    sweater = page.locator(f"#product-{world.products['wool-sweater']}")
    expect(sweater).to_contain_text("verified purchase")
    if not sweater.locator("form").is_visible():
        sweater.locator("summary").first.click()
    sweater.locator("label:has(input[name$='-stars'][value='4'])").click()
    sweater.locator("textarea[name$='-text']").fill(WORDS)
    sweater.locator("[name$='-author_name']").fill("Inès")
    sweater.locator("[name$='-photos']").set_input_files(
        [{"name": "me.jpg", "mimeType": "image/jpeg", "buffer": steps.photo()}]
    )
    sweater.locator("[name$='-consent']").check()
    sweater.locator("form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Reviewed: see what becomes of it")
    page.get_by_role("link", name="Reviewed: see what becomes of it").click()
    expect(page.locator("#state")).to_be_visible()
    world.settle()
    steps.look_again(page, lambda: "A person of our team" in page.locator("#state").inner_text(), patience=60)
    state = page.url

    # a person publishes it
    studio = visit("/en/")
    steps.sign_in(studio, "olivia", to="/studio/moderation/?q=morning")
    card = studio.locator("[data-item]").filter(has_text="from morning to night")
    expect(card).to_contain_text("verified purchase")
    studio.keyboard.press("j")
    studio.keyboard.press("p")
    expect(card).to_have_count(0)
    world.settle()
    page.goto(state)
    expect(page.locator("#state")).to_contain_text("It is published")
    other = visit("/en/")
    other.goto("/en/products/wool-sweater/reviews/?verified=1")
    shown = other.locator("article.review").filter(has_text="from morning to night")
    expect(shown).to_contain_text("Verified purchase")

    # the reminder asks about the rest alone, once
    again = queries.invitation(invitation.id)
    assert again.state is InvitationState.INVITED
    assert again.remind_at is not None
    days_pass(again.remind_at + rules.OPENED_PATIENCE)
    days_pass(again.remind_at + 5 * rules.OPENED_PATIENCE)
    assert len(box.to(email)) == 2
    reminder = box.to(email)[1]
    assert f"#product-{world.products['linen-dress']}" in reminder.text
    assert f"#product-{world.products['wool-sweater']}" not in reminder.text

    # one click of the mail program ends it
    address = reminder.headers["List-Unsubscribe"].strip("<>")
    answer = page.request.post(
        "/unsubscribe/" + address.partition("/unsubscribe/")[2],
        data="List-Unsubscribe=One-Click",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status == 200
    world.settle()
    second = delivered(world, {"DR-M": 1}, email)
    days_pass(second.due_at)
    assert len(box.to(email)) == 2
    assert queries.invitation(second.id).stop_reason is StopReason.UNSUBSCRIBED


def test_who_is_forgotten_is_not_written_to(visit: Visit, world: World, box: Postbox) -> None:
    email = "oscar@shopper.example"
    first = delivered(world, {"SW-S": 1}, email)
    days_pass(first.due_at)
    path = link_of(box, email)
    second = delivered(world, {"DR-M": 1}, email)
    assert first.customer_id is not None
    people.erase_customer(customer_id=first.customer_id, at=now())
    days_pass(second.due_at)
    world.settle()
    days_pass(second.due_at)
    assert len(box.to(email)) == 1
    page = visit("/en/")
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 410
    expect(page.locator("main")).to_contain_text("This link no longer works")


@LOOKS
def test_pages_behind_links(visit: Visit, world: World, box: Postbox, width: str, theme: str, language: str) -> None:
    email = f"axe-link-{width}@shopper.example"
    invitation = delivered(world, {"SW-M": 1, "DR-S": 1}, email)
    days_pass(invitation.due_at)
    path = re.sub(r"^/(en|fr)/", f"/{language}/", link_of(box, email))
    unsubscribe = box.to(email)[0].headers["List-Unsubscribe"].strip("<>").partition("/unsubscribe/")[2]
    page = visit(f"/{language}/", width=width, theme=theme, locale="fr-FR" if language == "fr" else "en-GB")
    found = barriers(page, [path, f"{path}?product={world.products['linen-dress']}&stars=2"])
    found += barriers(page, [f"/unsubscribe/{unsubscribe}"])
    steps.sign_in(page, "olivia", to="/studio/")
    found += barriers(page, ["/studio/invitations/", "/studio/invitations/settings/", "/studio/mail/"])
    page.goto("/studio/mail/")
    page.locator("main table th a").first.click()
    found += barriers(page, [page.url])
    assert not found, "\n".join(found)
