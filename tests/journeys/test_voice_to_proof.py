"""The whole loop: read proof, ask, buy, review with a photo; once a person publishes it, it is proof for the next."""

import re

from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import PATIENCE, World

WORDS = "The linen is crisp and cool, and the pockets hold a phone. I take it on every journey."
MOTS = "Le lin est frais et agréable à porter, la coupe est parfaite. Je la mets dès qu'il fait beau."


def test_what_one_shopper_says_becomes_proof_for_the_next(visit: Visit, world: World) -> None:
    page = visit("/en/")

    # browse: what people say is a filter, and the price an order
    page.goto("/en/products/")
    page.get_by_label("Runs small").check()
    expect(page.locator("main h1 + p")).to_have_text("1 product")
    page.get_by_label("Sort").select_option("price")
    expect(page).to_have_url(re.compile("sort=price"))
    page.get_by_role("link", name="Linen dress").click()

    # read proof: the passage that says it is marked in the words of those who said it
    page.locator(".pros-cons").get_by_role("link", name=re.compile("Runs small")).click()
    reviews = page.locator("#results article.review")
    expect(reviews.first).to_be_visible()
    passages = page.locator("#results article.review mark").all_inner_texts()
    assert any("small" in passage.lower() for passage in passages), passages
    page.get_by_label("Sort").select_option("recent")
    expect(page).to_have_url(re.compile("sort=recent"))

    # ask: answered with quotes, or told that nobody has said
    page.goto("/en/products/linen-dress/")
    page.locator("#ask-q").fill("Does it run small?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#answer blockquote").first).to_contain_text(re.compile("runs? small", re.IGNORECASE))
    page.locator("#ask-q").fill("Is it suitable for diving under the ice?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#answer")).to_contain_text("Nobody has said")

    # buy as a guest on one page
    steps.put_in_cart(page, "linen-dress", "S")
    steps.check_out(page, email="nora@shopper.example", name="Nora Lind")
    steps.order_number(page)
    expect(page.locator("main")).to_contain_text("nora@shopper.example")

    # review it, verified by the purchase
    page.get_by_role("link", name="Write a review").click()
    expect(page.locator("main")).to_contain_text("verified purchase")
    steps.write_review(page, title="Crisp and cool", text=WORDS, name="Nora", size="S", photo=steps.photo())
    expect(page.locator("#state")).to_contain_text("A person of our team will look at it soon")
    picture = page.locator("main .thumbs img")
    steps.loaded(picture)
    state = page.url

    # until then nobody else sees the photo
    stranger = visit("/en/")
    address = str(picture.get_attribute("src")).partition("?")[0]
    assert stranger.request.get(address).status == 404

    # a person reads it in the studio and publishes it by a key
    studio = visit("/en/")
    steps.sign_in(studio, "olivia", to="/studio/moderation/?q=crisp")
    card = studio.locator("[data-item]").filter(has_text="Crisp and cool")
    steps.loaded(card.locator(".thumbs img"))
    expect(card).to_contain_text("verified purchase")
    studio.keyboard.press("j")
    expect(card).to_be_focused()
    studio.keyboard.press("p")
    expect(studio.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    expect(card).to_have_count(0)
    world.settle()

    # its author sees it, and so does the next visitor, with its photo
    page.goto(state)
    expect(page.locator("#state")).to_contain_text("It is published")
    other = visit("/en/")
    other.goto("/en/products/linen-dress/reviews/?photo=1&verified=1")
    shown = other.locator("article.review").filter(has_text="every journey")
    expect(shown).to_contain_text("Verified purchase")
    expect(shown.locator("dl.attributes")).to_contain_text("S")
    steps.loaded(shown.locator(".thumbs img"))
    other.goto("/en/products/linen-dress/")
    expect(other.locator("article.review").filter(has_text="every journey")).to_be_visible()


def test_the_same_without_scripts_in_french_on_a_phone(visit: Visit, world: World) -> None:
    def small(path: str = "/fr/") -> "steps.Page":
        return visit(path, width="phone", script=False, locale="fr-FR")

    page = small()
    expect(page.locator("html")).to_have_attribute("lang", "fr")

    # browse: the filters are behind a native disclosure, and sent by their button
    page.goto("/fr/products/")
    page.locator(".filters__box > summary").click()
    page.locator("input[name=aspect][value='fit_small:con']").check()
    page.locator(".filters__body button[type=submit]").click()
    expect(page).to_have_url(re.compile("aspect=fit_small"))
    page.get_by_role("link", name="Robe en lin").click()

    # ask
    page.locator("#ask-q").fill("Est-ce que la robe taille petit ?")
    page.locator("form.ask button").click()
    expect(page.locator("#answer blockquote").first).to_be_visible()

    # buy
    steps.put_in_cart(page, "linen-dress", "M", language="fr")
    steps.check_out(page, email="lea@shopper.example", name="Léa Morin", language="fr")
    steps.order_number(page)

    # review
    page.locator("main a[href*='/review/']").click()
    steps.write_review(page, title="Fraîche", text=MOTS, name="Léa", size="M", photo=steps.photo((60, 120, 90)))
    steps.look_again(page, lambda: page.locator("#state .notice--caution").count() == 1, patience=PATIENCE)
    state = page.url

    # a person publishes it, without scripts too
    studio = small()
    steps.sign_in(studio, "camille", to="/studio/moderation/?q=Fraîche")
    studio.locator("[data-item]").filter(has_text="Fraîche").locator("button[value^='publish:']").click()
    expect(studio.locator(".undo button")).to_be_visible()
    world.settle()

    page.goto(state)
    expect(page.locator("#state .notice--positive")).to_be_visible()
    other = small("/fr/products/linen-dress/reviews/?photo=1")
    shown = other.locator("article.review").filter(has_text="Je la mets dès qu'il fait beau")
    expect(shown).to_contain_text("Achat vérifié")
    expect(shown.locator(".thumbs img")).to_be_visible()
