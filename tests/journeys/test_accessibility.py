"""Every main page, in both themes, languages and widths: no serious barrier, and nothing wider than the phone."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout.contracts import Details, Door, Wanted
from parvis.domains.checkout.models import CartReminder, StockAlert
from parvis.domains.people import actions as people
from parvis.domains.people import testing as cast
from parvis.domains.people.contracts import GrantScope
from parvis.domains.people.queries import customer_by_email
from parvis.domains.people.testing import BY_KEY, agent
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Origin

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"
BARRIERS = """async () => {
  const result = await axe.run(document, { resultTypes: ["violations"] });
  return result.violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.help}: ` + each.nodes.slice(0, 3)
      .map((node) => node.target + " " + node.html.slice(0, 140)).join(" | "));
}"""
OWNERS = ("moderation/rules/", "moderation/rules/waiting/", "reading/aspects/fabric/", "reading/categories/")
LOOKS = pytest.mark.parametrize(
    ("width", "theme", "language"), [("phone", "dark", "fr"), ("desktop", "light", "en")], ids=["phone-dark", "desktop"]
)


def barriers(page: Page, paths: "list[str]") -> list[str]:
    """What axe finds serious or critical on each page, and pages that scroll sideways on a phone."""
    found = []
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        page.evaluate(AXE.read_text("utf-8"))
        found += [f"{path}: {told}" for told in page.evaluate(BARRIERS)]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            found.append(f"{path}: {wide} pixels wider than the window")
    return found


def asks_of(who: str) -> str:
    """An assistant that may do something for one of the cast already, and the page on which it asks for more."""
    known = {"client_id": f"client_of_{who}", "redirect_uri": "https://assistant.example/callback"}
    people.remember_assistant(client_id=known["client_id"], name="Helpful", redirects=[known["redirect_uri"]], at=now())
    people.allow(
        **known, account_id=cast.account(who, at=now()).pk, scopes=[GrantScope.ORDERS], challenge="c" * 43,
        resource="http://testserver/mcp", at=now(),
    )  # fmt: skip
    asked = {"response_type": "code", "code_challenge": "c" * 43, "code_challenge_method": "S256"}
    return f"/oauth/authorize?{urlencode({**known, **asked})}"


@LOOKS
def test_shop_pages(visit: Visit, world: World, width: str, theme: str, language: str) -> None:
    order = world.sold({"DR-S": 1}, email=f"axe-{width}@shopper.example")
    page = visit(f"/{language}/", width=width, theme=theme, locale="fr-FR" if language == "fr" else "en-GB")
    found = barriers(page, ["/accounts/login/", f"/{language}/"])
    steps.put_in_cart(page, "linen-dress", "S", language=language)
    parts = [
        "products/",
        "products/linen-dress/",
        "products/linen-dress/reviews/?aspect=fit_small",
        "products/linen-dress/ask/?q=pockets",
        "products/linen-dress/review/",
        "shop-reviews/",
        "shop-reviews/write/",
        "cart/",
        "checkout/",
        f"orders/{order.token}/",
        f"orders/{order.token}/return/",
        *buying_pages(world, width),
        "legal/terms/",
        "legal/withdrawal/",
        "withdrawal/",
        "privacy/",
        "how-we-handle-reviews/",
        f"report/{voices.voice_by_origin(Origin.DEMO, 'cast:complaint_en').id}/",
    ]
    found += barriers(page, [f"/{language}/{part}" for part in parts])
    who = "claire" if language == "fr" else "grace"
    steps.sign_in(page, who, to=f"/{language}/account/")
    found += barriers(page, [f"/{language}/account/", f"/{language}/account/consents/", asks_of(who)])
    found += barriers(page, [f"/{language}/account/assistants/"])
    world.sold({"DR-S": 1}, email=BY_KEY[who].email, customer_id=customer_by_email(BY_KEY[who].email).id, save=True)
    found += barriers(page, [f"/{language}/checkout/"])
    assert page.locator("#confirm").count() == 1, "one confirmation for who is known"
    assert not found, "\n".join(found)


def buying_pages(world: World, who: str) -> list[str]:
    """The pages that somebody comes to by a link of their own: an order that waits for its payment, what an agent has
    prepared, a wish to be told, a cart that was left."""
    email, at = f"links-{who}@shopper.example", now()
    waiting = world.placed({"SW-S": 1}, email=email)
    session = checkout.open_session(
        door=Door.UCP,
        lines=[Wanted(variant_id=world.variants["SW-S"], quantity=1)],
        details=Details(email=email),
        locale="en",
        agent_id=agent(at=at),
        at=at,
    )
    checkout.ask_for_alert(variant_id=world.variants["DR-L"], email=email, locale="en", at=at)
    left = checkout.add_to_cart(token=None, variant_id=world.variants["SW-M"], at=at)
    checkout.note_reminder(cart_token=left.token, email=email, locale="en", at=at)
    wish, reminder = StockAlert.objects.get(email=email), CartReminder.objects.get(email=email)
    return [
        f"checkout/pay/{waiting.token}/",
        f"checkout/continue/{session.token}/",
        f"alerts/{wish.token}/",
        f"cart/back/{reminder.token}/",
        f"cart/back/{reminder.token}/?stop=1",
    ]


@LOOKS
def test_studio_pages(visit: Visit, world: World, width: str, theme: str, language: str) -> None:
    order = world.sold({"DR-S": 1}, email=f"axe-studio-{width}@shopper.example")
    voice = voices.voice_by_origin(Origin.DEMO, "cast:complaint_en")
    page = visit(width=width, theme=theme)
    steps.sign_in(page, "mathis" if language == "fr" else "olivia")
    parts = [
        "",
        "moderation/",
        "opinions/",
        "moderation/?desk=checks",
        "moderation/quality/",
        # for owners
        *(
            [
                "moderation/rules/",
                "moderation/rules/waiting/",
                "reading/aspects/fabric/",
                "reading/categories/",
                "invitations/",
                "mail/",
            ]
            if language == "en"
            else []
        ),
        "reading/?text=The+fabric+is+soft",
        "reading/drift/",
        f"voices/{voice.id}/",
        "next-reviews/",
        "visibility/",
        "visibility/changes/",
        f"visibility/products/{world.products['linen-dress']}/",
        "visibility/simulator/",
        "products/",
        f"products/{world.products['linen-dress']}/",
        "orders/",
        f"orders/{order.id}/",
        "imports/",
        "metrics/",
    ]
    found = barriers(page, [f"/studio/{part}" for part in parts])
    assert not found, "\n".join(found)
