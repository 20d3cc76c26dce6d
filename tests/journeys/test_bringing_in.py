"""Bringing in what was said elsewhere, and telling who is one person: without JavaScript too, and on a phone."""

import re
from io import BytesIO

from playwright.sync_api import Page, expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.test_accessibility import LOOKS, barriers
from tests.journeys.world import World

from parvis.core.clock import now
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries

EXPORT = """title;body;rating;review_date;curated;reviewer_name;reviewer_email;product_handle;reply;reply_date
Oui;"Une robe légère, et des poches profondes.";5;03/04/2025;ok;Zoé;zoe@shopper.example;linen-dress;Merci;05/04/2025
Déçue;"Une couture a lâché au premier lavage.";4,5/5;04/04/2025;ok;Ida;ida@shopper.example;linen-dress;;
Autre;"Un article que nous ne connaissons pas.";4;04/04/2025;ok;Eva;;their-lamp;;
"""


def _send(page: Page, name: str, text: str) -> None:
    page.goto("/studio/imports/")
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": text.encode("cp1252")}]
    )


def test_an_export_is_recognised_its_dates_asked_about_and_its_product_named(visit: Visit, world: World) -> None:
    page = visit(locale="en-GB")
    steps.sign_in(page, "olivia", to="/studio/imports/")
    _send(page, "judgeme.csv", EXPORT)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("This is an export of Judge.me")).to_be_visible()
    expect(page.locator("main")).to_contain_text("03/04/2025")
    page.get_by_label("day first: 3/4 is the 3rd of April").check()
    page.get_by_role("button", name="Try it out").click()
    expect(page.get_by_text("Products that are not known")).to_be_visible()
    expect(page.locator("main")).to_contain_text("half stars")
    page.get_by_label("their-lamp").fill("wool-sweater")
    page.get_by_role("button", name="Remember and try again").click()
    expect(page.get_by_text("Products that are not known")).to_have_count(0)
    page.get_by_role("button", name="Import the file").click()
    expect(page.locator("main")).to_contain_text("1 answer of the brand came with them")
    world.settle()
    zoe = people_queries.customer_by_email("zoe@shopper.example")
    assert zoe is not None
    (voice,) = queries.by_customer(zoe.id)
    assert (voice.submitted_at.date().isoformat(), voice.stars) == ("2025-04-03", 5)
    shopper = visit("/en/products/linen-dress/reviews/?sort=recent")
    expect(shopper.locator("article.review").filter(has_text="des poches profondes")).to_have_count(1)


def test_it_all_works_without_javascript(visit: Visit, world: World) -> None:
    page = visit(script=False, width="phone")
    steps.sign_in(page, "mathis", to="/studio/imports/")
    _send(page, "bare.csv", "a;b;c\nlinen-dress;Une robe qui respire, je la mets souvent;4\n")
    page.get_by_role("button", name="Regarder le fichier").click()
    for number, column in enumerate(("product", "text", "stars")):
        page.locator(f"select[name=column-{number}]").select_option(column)
    page.get_by_role("button", name="Essayer").click()
    world.settle()
    for _ in range(40):
        if page.get_by_text("Entreraient").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    page.get_by_role("button", name="Importer le fichier").click()
    expect(page).to_have_url(re.compile(r"/studio/imports/\d+/$"))


@LOOKS
def test_its_pages_have_no_barrier(visit: Visit, world: World, width: str, theme: str, language: str) -> None:
    at = now()
    page = visit(width=width, theme=theme)
    steps.sign_in(page, "olivia")
    first = people.ensure_customer(email=f"long.name.{width}@gmail.com", name="Ana Bellini", at=at)
    second = people.ensure_customer(
        email=f"longname{width}+with-a-very-long-tail-for-phones@gmail.com", name="A. B", at=at
    )
    people.add_identity(customer_id=first.id, channel="instagram", handle=f"@{'very' * 20}{width}", at=at)
    third = people.ensure_customer(email=f"third-{width}@shopper.example", at=at)
    people.merge_customers(kept_id=first.id, gone_id=third.id, actor_id=None, at=at)
    rows = (f"1,linen-dress,5,{'y' * 300},z", f"2,{'q' * 120},4,fine,z", "3,linen-dress,9,w,z")
    text = "\n".join((f"id,product,stars,text,{'x' * 90}", *rows, ""))
    draft = voices.store_import(
        stream=BytesIO(text.encode()), filename=f"{'n' * 80}.csv", actor_id=None, at=at, draft=True
    )
    checked = voices.store_import(
        stream=BytesIO(text.encode()), filename="checked.csv", actor_id=None, at=at, draft=True
    )
    voices.check_import(run_id=checked.id, at=at)
    found = barriers(
        page,
        [
            "/studio/imports/",
            f"/studio/imports/{draft.id}/columns/",
            f"/studio/imports/{checked.id}/",
            "/studio/customers/",
            "/studio/customers/same/",
            f"/studio/customers/merge/?kept={first.id}&gone={second.id}",
            f"/studio/customers/{first.id}/",
            f"/studio/customers/{third.id}/",
        ],
    )
    assert not found, "\n".join(found)
