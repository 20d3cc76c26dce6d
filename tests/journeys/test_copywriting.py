"""A text for a product's page, from the first words to the way back, by keyboard alone."""

import re

from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.test_accessibility import barriers
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.copywriting import actions, queries
from parvis.domains.copywriting.contracts import DraftState


def test_a_text_is_written_blocked_published_and_taken_back_by_keyboard(visit: Visit, world: World) -> None:
    product = world.products["linen-dress"]
    facts = "A light linen dress. Two pockets. Wash at 30 degrees. A belt to tie is included."
    actions.save_facts(product_id=product, language="en", text=facts, actor_id=None, at=now())
    page = visit(width="phone", theme="dark")
    steps.sign_in(page, "olivia", to=f"/studio/copy/?product={product}")
    page.get_by_role("button", name="Make a draft").press("Enter")
    expect(page).to_have_url(re.compile(r"/studio/copy/\d+/$"))
    here = page.url.removeprefix(world.url)
    draft_id = int(here.split("/")[-2])

    page.locator("textarea[name=short]").fill("A light linen dress. It heals eczema.")
    page.get_by_role("button", name="Save as a new version").press("Enter")
    expect(page.locator(".copy-sentence--blocked")).to_have_count(1)
    assert not barriers(page, [here, f"{here}versions/2/", "/studio/copy/", "/studio/copy/claims/"])
    page.goto(here)
    page.locator("textarea[name=short]").fill("A light linen dress.")
    page.get_by_role("button", name="Save as a new version").press("Enter")
    expect(page.locator(".copy-sentence--blocked")).to_have_count(0)
    for name in ("Hand in for approval", "Approve", "Publish on the product’s page"):
        page.get_by_role("button", name=name, exact=True).press("Enter")
    undo = page.get_by_role("button", name="Take the publication back")
    expect(undo).to_be_visible()
    assert queries.draft(draft_id).state is DraftState.PUBLISHED
    undo.press("Enter")
    expect(undo).to_have_count(0)
    assert queries.publications(draft_id)[0].undone_at is not None
