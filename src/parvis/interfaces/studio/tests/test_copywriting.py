"""Texts in the brand's tone, in the studio: made, mended, approved, published; two people at once; the tone drawn."""

from typing import Any

import pytest

from parvis.domains.catalog import queries as catalog
from parvis.domains.copywriting import actions, queries
from parvis.domains.copywriting.contracts import DraftState, Part
from parvis.interfaces.studio.tests.conftest import AT, signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
FACTS = "Une robe légère en lin. Deux poches. Laver à 30 degrés. Une ceinture à nouer est fournie."


@pytest.fixture
def draft_id(shop: Any) -> int:
    actions.save_facts(product_id=shop.product, language="fr", text=FACTS, actor_id=shop.owner, at=AT)
    made = actions.compose(
        product_id=shop.product, language="fr", kind="text", actor_id=shop.owner, actor_name="Olivia", at=AT
    )
    return made.id


def test_a_draft_is_made_mended_approved_published_and_taken_back(shop: Any, draft_id: int) -> None:
    marketer = signed_in("mathis", locale="fr")
    assert "Rien n’est encore écrit" not in marketer.get("/studio/copy/").content.decode()
    found = marketer.get("/studio/copy/?q=robe").content.decode()
    assert 'name="product"' in found
    asked = {"product": str(shop.product), "language": "fr", "kind": "script_45"}
    assert marketer.post("/studio/copy/new/", asked)["Location"].startswith("/studio/copy/")
    here = f"/studio/copy/{draft_id}/"
    assert "Une robe légère en lin." in marketer.get(here).content.decode()
    saved = marketer.post(
        f"{here}save/", {"base": "1", "short": "Une robe légère en lin. Elle soigne l’eczéma <script>."}, follow=True
    )
    page = saved.content.decode()
    assert "bloquée" in page
    assert "Code de la santé publique" in page
    assert "<script>." not in page
    assert marketer.post(f"{here}act/", {"do": "submit", "base": "2"}, follow=True).status_code == 200
    assert queries.draft(draft_id).state is DraftState.DRAFT
    marketer.post(f"{here}save/", {"base": "2", "short": "Une robe légère en lin."})
    parts = queries.draft(draft_id).current.parts
    assert [(each.text, each.faults) for several in parts.values() for each in several if not each.stands] == []
    for where, do in (("act", "submit"), ("decide", "approve"), ("decide", "publish")):
        marketer.post(f"{here}{where}/", {"do": do, "base": "3"})
    assert queries.draft(draft_id).state is DraftState.PUBLISHED
    text = catalog.record(shop.product).description_fr
    assert text == queries.draft(draft_id).current.text(Part.LONG)
    compared = marketer.get(f"{here}versions/3/?with=2").content.decode()
    assert "<del>" in compared
    assert "supprimé\N{NO-BREAK SPACE}:" in compared
    publication = queries.publications(draft_id)[0].id
    marketer.post(f"{here}decide/", {"do": "undo", "base": "3", "publication": str(publication)})
    assert catalog.record(shop.product).description_fr != text
    assert marketer.get(f"{here}file.csv").content.decode().startswith("\ufeffdraft,version")
    assert marketer.get(f"{here}file.md")["Content-Disposition"].endswith('.md"')
    assert marketer.get(f"{here}file.exe").status_code == 404


def test_who_comes_second_loses_nothing(shop: Any, draft_id: int) -> None:
    first, second = signed_in("mathis", locale="en"), signed_in("olivia", locale="en")
    here = f"/studio/copy/{draft_id}/save/"
    first.post(here, {"base": "1", "short": "Deux poches."})
    answer = second.post(here, {"base": "1", "short": "Laver à 30 degrés."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Deux poches." in page  # theirs
    assert "Laver à 30 degrés.</textarea>" in page  # mine, kept
    assert 'name="base" value="2"' in page


def test_who_may_not_approve_cannot(shop: Any, draft_id: int) -> None:
    viewer = signed_in("victor", locale="en")
    page = viewer.get(f"/studio/copy/{draft_id}/").content.decode()
    assert "Save as a new version" not in page
    assert viewer.post(f"/studio/copy/{draft_id}/decide/", {"do": "approve", "base": "1"}).status_code == 403


def test_the_tone_is_measured_drawn_and_decided(shop: Any, draft_id: int) -> None:
    owner = signed_in("olivia", locale="en")
    assert "Nothing is measured yet" in owner.get("/studio/copy/tone/fr/").content.decode()
    owner.post("/studio/copy/tone/fr/texts/", {"title": "<b>x</b>", "text": "Tu aimes le lin. Nous aussi ! " * 30})
    page = owner.post("/studio/copy/tone/fr/learn/", follow=True).content.decode()
    assert "Too little text" in page
    assert "<svg" in page
    assert "<b>x</b>" not in page
    rules = {
        "base": "1", "address": "tu", "sentence_words": "12", "title_chars": "60", "short_words": "30",
        "long_words": "90", "meta_chars": "150", "pace": "160", "banned_words": "robe\n\nrobe", "prefer": "",
        "banned_claims": "",
    }  # fmt: skip
    assert owner.post("/studio/copy/tone/fr/rules/", rules).status_code == 302
    assert queries.profile("fr").rules.banned_words == ("robe",)
    assert owner.post("/studio/copy/tone/fr/rules/", rules).status_code == 409
    assert owner.post("/studio/copy/tone/fr/rules/", {**rules, "base": "2", "pace": "9"}).status_code == 422
    assert owner.get("/studio/copy/tone/fr/?version=1").status_code == 200
    assert owner.get("/studio/copy/tone/xx/").status_code == 404


def test_a_document_makes_its_claim_lawful_until_it_ends(shop: Any, draft_id: int) -> None:
    owner = signed_in("olivia", locale="en")
    page = owner.get("/studio/copy/claims/").content.decode()
    assert "Regulation (EU) 655/2013" in page
    asked = {"family": "cosmetic", "words": "dermatologically tested", "reference": "Report 12/2026, Lab X"}
    assert owner.post("/studio/copy/claims/documents/", {**asked, "words": "soft"}).status_code == 422
    owner.post("/studio/copy/claims/documents/", asked)
    (noted,) = queries.claim_proofs()
    owner.post("/studio/copy/claims/documents/", {"end": str(noted.id)})
    assert queries.claim_proofs() == ()


def test_a_draft_takes_few_statements(shop: Any, draft_id: int, django_assert_max_num_queries: Any) -> None:
    client = signed_in("olivia", locale="en")
    client.get(f"/studio/copy/{draft_id}/")
    with django_assert_max_num_queries(16):
        client.get(f"/studio/copy/{draft_id}/")
    with django_assert_max_num_queries(16):
        client.get("/studio/copy/")
