"""Several people send nearly the same words; the team sees one group and decides about all of it at once."""

from datetime import timedelta

from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.test_accessibility import barriers
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import NewVoice, VoiceState

WORDS = "Une robe {} magnifique, livrée en deux jours, je recommande cette boutique à tout mon entourage !"
PEOPLE = ("vraiment", "absolument", "tout à fait", "assez", "très", "plus que")


def test_a_group_is_refused_at_once_and_taken_back(visit: Visit, world: World) -> None:
    ids = [
        actions.receive(
            NewVoice(
                product_id=world.products["wool-sweater"],
                text=WORDS.format(word),
                stars=5,
                author_name=f"Personne {number}",
                language="fr",
                origin_ref=f"crowd:{number}",
            ),
            at=now() - timedelta(minutes=7 * number),
        ).id
        for number, word in enumerate(PEOPLE)
    ]
    world.settle()
    page = visit(width="phone", theme="dark")
    steps.sign_in(page, "camille")
    page.goto("/studio/moderation/")
    page.get_by_role("link", name="Groupes").first.click()
    page.locator("h2 a").first.click()
    here = page.url.removeprefix(world.url)
    assert not barriers(page, ["/studio/moderation/groups/", here])
    expect(page.locator("input[name=voice]:checked")).to_have_count(6)
    page.locator("#bulk-reason").select_option("not_genuine")
    page.locator("button[name=bulk][value=refuse]").press("Enter")
    expect(page.locator(".undo__bar")).to_contain_text("6")
    assert {queries.voice(key).state for key in ids} == {VoiceState.REFUSED}
    page.locator("button[data-key=u]").click()
    expect(page.locator("input[name=voice]:checked")).to_have_count(6)
    assert {queries.voice(key).state for key in ids} == {VoiceState.HELD}
