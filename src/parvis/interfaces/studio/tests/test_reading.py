"""The room of readings: aspects edited, sentences tried, readings made anew, drift shown."""

import pytest
from django.urls import reverse

from parvis.domains.voices import queries
from parvis.domains.voices.contracts import RereadingState
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]

POCKETS = {
    "name_en": "Pockets",
    "name_fr": "Poches",
    "pro_en": "Real pockets",
    "pro_fr": "De vraies poches",
    "con_en": "",
    "con_fr": "",
    "kinds": ["clothing"],
    "cues_en": "+ [real|deep] pockets\npocket",
    "cues_fr": "poches",
    "active": "on",
}


@pytest.mark.parametrize("page", ["reading", "reading_drift", "reading_categories", "reading_aspect_new"])
def test_every_page_opens(shop, page):
    answer = signed_in("olivia").get(reverse(f"studio:{page}"))
    assert answer.status_code == 200


def test_an_aspect_is_added_tried_and_removed(shop):
    olivia = signed_in("olivia")
    made = olivia.post(reverse("studio:reading_aspect_new"), POCKETS)
    assert made.status_code == 302
    page = olivia.get(
        reverse("studio:reading"), {"text": "It has real pockets, I'm 5'4\" and got a small."}
    ).content.decode()
    assert "Pockets" in page
    assert "It has real pockets" in page
    assert "163 cm" in page
    here = reverse("studio:reading_aspect", args=["pockets"])
    shown = olivia.get(here).content.decode()
    assert "+ [real|deep] pockets\n= pocket" in shown
    assert olivia.post(here, {"do": "restore"}).status_code == 302
    assert "pockets" not in {each.key for each in queries.aspects()}
    assert olivia.get(here).status_code == 404


def test_a_mistake_in_a_cue_is_shown_where_it_is(shop):
    answer = signed_in("olivia").post(reverse("studio:reading_aspect_new"), {**POCKETS, "cues_en": "fine\n(open"})
    assert answer.status_code == 422
    assert "2" in answer.context["form"].errors["cues_en"][0]
    assert answer.context["form"]["name_en"].value() == "Pockets"


def test_a_shipped_aspect_is_switched_off(shop):
    fabric = queries.aspect("fabric")
    said = {name: getattr(fabric, name) for name in ("name_en", "name_fr", "pro_en", "pro_fr", "con_en", "con_fr")}
    here = reverse("studio:reading_aspect", args=["fabric"])
    assert signed_in("olivia").post(here, {**said, "kinds": list(fabric.kinds)}).status_code == 302
    assert not queries.aspect("fabric").active


def test_readings_are_made_anew_and_stopped(shop):
    olivia = signed_in("olivia")
    assert olivia.post(reverse("studio:reading_again"), {"do": "everything"}).status_code == 302
    (run,) = queries.rereadings()
    assert run.state is RereadingState.RUNNING
    part = olivia.get(reverse("studio:reading_progress")).content.decode()
    assert "hx-get" in part
    assert olivia.post(reverse("studio:reading_again"), {"do": "stop"}).status_code == 302
    assert queries.rereading(run.id).state is RereadingState.STOPPED
    assert "hx-get" not in olivia.get(reverse("studio:reading_progress")).content.decode()


def test_a_category_is_given_its_kind(shop):
    olivia = signed_in("olivia")
    page = olivia.get(reverse("studio:reading_categories"))
    key = page.context["rows"][0][0].key
    assert olivia.post(reverse("studio:reading_categories"), {"category": key, "kind": "food"}).status_code == 302
    assert queries.category_kinds()[key] == "food"


def test_a_voice_shows_what_its_author_stated(shop):
    from parvis.domains.voices import actions
    from parvis.domains.voices.contracts import NewVoice
    from parvis.interfaces.studio.tests.conftest import AT

    said = "I'm 5'4\" and my skin is dry. I got it for free in exchange for my honest review, lovely dress."
    voice = actions.receive(NewVoice(product_id=shop.product, text=said, stars=5), at=AT).id
    actions.examine([voice], at=AT)
    page = signed_in("olivia").get(reverse("studio:voice", args=[voice])).content.decode()
    assert "163 cm" in page
    assert "got it for free" in page
