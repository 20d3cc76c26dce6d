"""The skincare range of the demo: complete, read with the aspects of skincare, and honest about itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from tests import crawl

from parvis.connectors.demo import skincare
from parvis.connectors.demo.skincare import written
from parvis.domains.assistant import actions as assistant
from parvis.domains.assistant.contracts import Surface
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import actions as evidence
from parvis.domains.evidence import queries as proofs
from parvis.domains.evidence.contracts import Source
from parvis.domains.evidence.queries import files
from parvis.domains.people import testing as people
from parvis.domains.voices import actions as voices

pytestmark = [pytest.mark.database, pytest.mark.django_db]

AT = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def shop(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The range alone, with everything that listens; made once for this module and rolled back after it."""
    media = settings.MEDIA_ROOT
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        camille = people.staff("camille", at=AT)
        assert skincare.stock_up(team=camille.account_id, at=AT)
        voices.examine_pending(at=AT)
        yield
        transaction.set_rollback(True)
    settings.MEDIA_ROOT = media


def ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_the_range_is_on_the_shelves_with_its_pictures() -> None:
    rows = ask("SELECT external_ref, image, name_fr, description_fr, provenance FROM catalog_product ORDER BY id")
    assert [row[0] for row in rows] == [each.ref for each in written.products()]
    for _, image, _, description, provenance in rows:
        assert (Path(settings.MEDIA_ROOT) / image).stat().st_size < 12_000
        assert "inventés pour cette démonstration" in description
        assert "written for the demo" in str(provenance)
    found = catalog.products(catalog.products_by_ref(each.ref for each in written.products()).values(), locale="en")
    assert {each.in_stock for each in found.values()} == {True, False}
    assert {each.department_name for each in found.values()} == {"Skincare"}


def test_stock_is_the_sum_of_its_ledger() -> None:
    wrong = ask(
        "SELECT count(*) FROM catalog_stocklevel s LEFT JOIN (SELECT variant_id, sum(quantity) total"
        " FROM catalog_stockmovement GROUP BY 1) m USING (variant_id) WHERE coalesce(total, 0) <> on_hand"
    )
    assert wrong == [(0,)]
    wanted = {
        each.sku(size): left
        for each in written.products()
        for (size, _), left in zip(each.sizes, each.stock, strict=True)
    }
    on_hand = ask("SELECT v.sku, s.on_hand FROM catalog_stocklevel s JOIN catalog_variant v ON v.id = s.variant_id")
    assert dict(on_hand) == wanted


def test_everything_said_is_public_and_says_that_it_was_written() -> None:
    rows = ask("SELECT kind, state, provenance FROM voices_voice")
    told = [row[0] for row in rows]
    assert told.count("review") == len(written.reviews()) >= 60
    assert told.count("question") == len(written.questions()) >= 12
    assert told.count("answer") == sum(len(each.answers) for each in written.questions())
    assert {row[1] for row in rows} == {"published"}
    assert all('"text": "written for the demo"' in str(row[2]).replace("'", '"') for row in rows)


def test_verified_reviews_follow_a_delivery_to_their_author() -> None:
    backed = ask(
        "SELECT count(*) FROM voices_voice v JOIN checkout_order o ON o.number = v.order_ref"
        " AND o.customer_id = v.customer_id JOIN checkout_orderline l ON l.order_id = o.id"
        " AND l.product_id = v.product_id JOIN catalog_product p ON p.id = v.product_id"
        " WHERE v.verified AND v.submitted_at > o.delivered_at AND o.placed_at > p.created_at"
    )
    assert backed == [(sum(bool(each.bought) for each in written.reviews()),)]


def test_skins_are_read_and_are_no_judgement_of_the_product() -> None:
    """ "My skin is dry" says who speaks; it once counted as an unpleasant texture of the cream."""
    skins = ask(
        "SELECT a ->> 'value', count(*) FROM voices_reading r JOIN voices_voice v ON v.id = r.voice_id,"
        " jsonb_array_elements(r.attributes) a WHERE a ->> 'attribute' = 'skin_type' AND v.kind = 'review' GROUP BY 1"
    )
    assert dict(skins)["dry"] >= 18
    assert {"oily", "combination", "sensitive", "normal"} <= set(dict(skins))
    said = ask(
        "SELECT substr(v.text, (a ->> 'at')::int + 1, (a ->> 'to')::int - (a ->> 'at')::int)"
        " FROM voices_reading r JOIN voices_voice v ON v.id = r.voice_id, jsonb_array_elements(r.aspects) a"
        " WHERE a ->> 'aspect' = 'texture' AND v.kind = 'review'"
    )
    assert said
    assert not [words for (words,) in said if "sèche" in words or "mixte" in words.split(" ")[:1]]


def test_agreeing_and_dissenting_voices_of_dry_skin_stand_on_one_product() -> None:
    leaning = ask(
        "SELECT count(*) FILTER (WHERE v.stars >= 4), count(*) FILTER (WHERE v.stars <= 3) FROM voices_voice v"
        " JOIN catalog_product p ON p.id = v.product_id WHERE p.external_ref = 'skincare:creme-karite'"
        " AND v.text ILIKE '%%peau%%sèche%%'"
    )
    assert leaning[0][0] >= 5
    assert leaning[0][1] >= 1


def test_doing_it_again_changes_nothing() -> None:
    before = ask("SELECT (SELECT count(*) FROM voices_voice), (SELECT count(*) FROM checkout_order)")
    assert not skincare.stock_up(team=people.staff("camille", at=AT).account_id, at=AT)
    assert ask("SELECT (SELECT count(*) FROM voices_voice), (SELECT count(*) FROM checkout_order)") == before


@pytest.fixture(scope="module")
def shown(shop: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the worker does: films prepared, voices as proof, everything in the search index."""
    index, dense = settings.INDEX_ROOT, settings.DENSE
    settings.INDEX_ROOT, settings.DENSE = tmp_path_factory.mktemp("index"), False
    files.forget()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        # given a new container, as on a machine without ffmpeg: a fraction of the time
        patch.setattr("parvis.domains.voices.actions.videos.programs.converter", lambda: None)
        for (voice_id,) in ask("SELECT voice_id FROM voices_video ORDER BY 1"):
            assert voices.prepare_video(voice_id=voice_id, at=AT)
        evidence.rebuild(at=AT)
    yield
    settings.INDEX_ROOT, settings.DENSE = index, dense
    files.forget()


def product_id(key: str) -> int:
    return catalog.products_by_ref([f"skincare:{key}"])[f"skincare:{key}"]


def test_each_film_is_captioned_shown_and_on_one_review(shown: None) -> None:
    filmed = [each for each in written.reviews() if each.video]
    assert len(filmed) == 8
    assert all(written.film(each.video) for each in filmed)
    found = proofs.filmed(at=AT, limit=20)
    assert len(found) == 8
    for proof in found:
        video = proof.voice.video
        assert video is not None
        assert video.shown
        assert video.captions_language == "fr"
        assert video.height > video.width
        assert 8 <= video.seconds <= 30


def test_films_of_a_product_show_both_sides(shown: None) -> None:
    cream = proofs.filmed([product_id("creme-karite")], at=AT)
    assert {(proof.voice.stars or 0) >= 4 for proof in cream} == {True, False}
    assert proofs.summary(product_id("creme-karite")).with_video == 2
    only = proofs.shown_for(product_id("creme-karite"), with_video=True)
    assert only.total == 2
    assert {proof.voice.id for proof in only.proofs} == {proof.voice.id for proof in cream}


def test_a_film_that_is_taken_away_is_gone_from_the_proofs(shown: None) -> None:
    milk = product_id("lait-avoine")
    (proof,) = proofs.filmed([milk], at=AT)
    with transaction.atomic():
        voices.remove_video(voice_id=proof.voice.id, at=AT)
        assert proofs.filmed([milk], at=AT) == ()
        evidence.refresh([proof.voice.id], at=AT)
        assert proofs.summary(milk).with_video == 0
        assert proofs.shown_for(milk, with_video=True).total == 0
        transaction.set_rollback(True)


def test_on_dry_skin_finds_both_sides(shown: None) -> None:
    """The question of the whole range: who agrees and who does not."""
    found = proofs.find(
        "Qu’est-ce que ça donne sur peau sèche ?", locale="fr", product_ids=[product_id("creme-karite")]
    )
    assert found.answered
    assert all("written for the demo" in quote.provenance.values() for quote in found.quotes if quote.kind.said)
    dry = proofs.find(
        "Est-ce que ça hydrate bien ?", locale="fr", product_ids=[product_id("creme-karite")],
        kinds=[Source.REVIEW], where={"skin_type": "dry"}, k=5,
    )  # fmt: skip
    assert {(quote.stars or 0) >= 4 for quote in dry.quotes} == {True, False}
    assert all("dry" in quote.attributes["skin_type"] for quote in dry.quotes)


def test_the_assistant_shows_dry_skin_in_clips_and_words(shown: None) -> None:
    """ "Montre-moi sur peau sèche": moments of films, who agrees, who does not, all of them with that skin."""
    serum = product_id("serum-hyaluronique")
    token = assistant.begin(locale="fr", surface=Surface.PRODUCT, at=AT, product_id=serum)
    turn = assistant.ask(
        token=token, key="1", question="Montre-moi sur peau sèche", locale="fr", at=AT, product_id=serum
    )
    assert ("skin_type", "dry") in {(each.attribute, each.value) for each in turn.filters}
    assert 2 <= len(turn.passages) <= 5
    assert any(each.clip for each in turn.passages)
    assert {(each.stars or 0) >= 4 for each in turn.passages} == {True, False}
    assert all(("skin_type", "dry") in each.stated for each in turn.passages)


def test_with_dry_skin_nobody_is_quoted_who_has_another(shown: None) -> None:
    found = proofs.find("brillance", locale="fr", kinds=[Source.REVIEW], where={"skin_type": "oily"}, k=9)
    assert all("oily" in quote.attributes["skin_type"] for quote in found.quotes)


def test_what_nobody_has_said_of_the_range_is_not_answered(shown: None) -> None:
    found = proofs.ask(product_id("serum-vitamine-c"), "Est-ce que le facteur aime les vélos ?", locale="fr")
    assert not found.answered


def get(address: str) -> tuple[int, str]:
    """A public page as a search program is given it."""
    client = Client(headers={"user-agent": "Mozilla/5.0 (compatible; OAI-SearchBot/1.0)"})
    answer = client.get(address.removeprefix("http://testserver"))
    return answer.status_code, answer.content.decode()


def test_every_page_in_both_languages_is_valid_and_names_its_versions(shown: None) -> None:
    """What the site maps name, and pages of reviews: shapes, engines' rules, canonical address, language versions."""
    cache.clear()
    pages = [each for each in crawl.addresses(get, "http://testserver") if "?page=" not in each]
    told = crawl.judge(get, pages, whole=True)
    assert told.faulty == []
    assert set(told.pages) >= {kind for _pattern, kind in crawl.KINDS}
    assert told.pages["product"] == told.pages["reviews of a product"] == 16
    assert told.pages["question"] == 2 * len(written.questions())
    films = [page for page in map(get, pages) if '"VideoObject"' in page[1] and '"Clip"' in page[1]]
    assert len(films) >= 2 * len({each.product for each in written.reviews() if each.video})


def test_what_is_no_page_of_its_own_points_to_the_one_that_is(shown: None) -> None:
    slug = catalog.product(product_id("creme-karite"), locale="en").product.slug
    goods, listed = f"/en/products/{slug}/", "/en/products/"
    for there, query in ((goods, "variant=1"), (goods, "utm_source=x"), (listed, "q=karite"), (listed, "sort=rating")):
        _status, page = get(f"{there}?{query}")
        assert f'<link rel="canonical" href="http://testserver{there}">' in page
        assert f'hreflang="fr" href="http://testserver{there.replace("/en/", "/fr/")}"' in page
        assert f'hreflang="en" href="http://testserver{there}"' in page


def test_a_refused_film_is_gone_from_every_page_and_answer(shown: None) -> None:
    milk = product_id("lait-avoine")
    (proof,) = proofs.filmed([milk], at=AT)
    video = proof.voice.video
    assert video is not None
    name, slug = video.url.rpartition("/")[2], catalog.product(milk, locale="fr").product.slug
    pages = ("/fr/", f"/fr/products/{slug}/", f"/fr/products/{slug}/reviews/?video=1", "/sitemap-videos-1.xml")

    def holding() -> list[str]:
        cache.clear()
        return [page for page in pages if name in get(page)[1]]

    assert set(pages[1:]) <= set(holding())
    with transaction.atomic():
        evidence.grant_right(voice_id=proof.voice.id, path="video", channels=[], refused=True, at=AT)
        assert holding() == []
        assert get(video.url)[0] == 404
        assert proofs.summary(milk).with_video == 0
        found = proofs.find("Montre-moi sur peau sensible", locale="fr", product_ids=[milk], k=20)
        assert not [quote for quote in found.quotes if quote.clip is not None and quote.voice_id == proof.voice.id]
        token = assistant.begin(locale="fr", surface=Surface.PRODUCT, at=AT, product_id=milk)
        turn = assistant.ask(token=token, key="1", question="Montre-moi une vidéo", locale="fr", at=AT, product_id=milk)
        assert not [each for each in turn.passages if each.clip]
        transaction.set_rollback(True)
    evidence.rebuild(at=AT)
    assert name in get(pages[1])[1]


def test_drafts_of_texts_lean_on_the_range_and_say_what_they_are() -> None:
    from parvis.connectors.demo import copywriting
    from parvis.domains.copywriting import queries as copy
    from parvis.domains.copywriting.contracts import DraftState

    people.staff("mathis", at=AT)
    assert copywriting.write(at=AT) == 2
    assert copywriting.write(at=AT) == 0
    rows, _total = copy.drafts()
    assert {(row.state, row.blocked, row.simulated) for row in rows} == {
        (DraftState.APPROVED, 0, True),
        (DraftState.WAITING, 0, True),
    }
    tone = copy.profile("fr")
    assert (tone.enough, tone.texts) == (True, 8)
