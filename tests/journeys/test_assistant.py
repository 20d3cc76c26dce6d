"""A voice is withdrawn while the answer that quotes it is on screen; who looks again does not see it."""

from playwright.sync_api import expect
from tests.journeys.conftest import Visit
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.assistant import queries as talks
from parvis.domains.voices import actions as voices
from parvis.domains.voices.contracts import Reason


def test_a_voice_that_is_withdrawn_leaves_the_answer_on_screen(visit: Visit, world: World) -> None:
    page = visit("/en/products/linen-dress/", width="phone")
    page.locator("#ask-q").fill("Does it run small?")
    page.locator("[data-ask] button[type=submit]").click()
    answer = page.locator("#answer")
    expect(answer.locator(".turn__question")).to_have_text("Does it run small?")
    quotes = answer.locator("blockquote")
    expect(quotes.first).to_be_visible()
    said = quotes.first.inner_text()

    token = next(each["value"] for each in page.context.cookies() if each["name"] == "parvis_assistant")
    [first, *_] = talks.conversation_by_token(token).turns[0].passages
    voices.withdraw(voice_id=first.voice_id or 0, reason=Reason.AUTHOR_REQUEST, actor_id=None, at=now())
    world.settle()

    # looked at again, as when a telephone is taken out of the pocket
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(answer.locator(".gone")).to_contain_text("withdrawn since")
    expect(answer.get_by_text(said[:40])).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    # nor does a page that was kept show it
    page.go_back()
    page.goto("/en/assistant/")
    expect(page.locator("#answer .gone")).to_contain_text("withdrawn since")
