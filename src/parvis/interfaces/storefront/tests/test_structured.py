"""What the pages say to engines is valid, true, and nothing more than what people read there."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from tests.shapes import faults, reference

from parvis.core.clock import now
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.web import clips
from parvis.domains.evidence.web.script import ld_json
from parvis.domains.voices import actions as voices
from parvis.domains.voices import queries as voice_queries
from parvis.domains.voices.contracts import AuthorRole, CaptionCue, NewVoice, Outcome, Reason, VoiceKind
from parvis.interfaces.storefront.tests.conftest import Shop, deliver
from parvis.science.visibility import markup

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PAGES = (
    "/en/",
    "/fr/",
    "/en/products/",
    "/fr/products/?page=1",
    "/en/products/linen-dress/",
    "/fr/products/linen-dress/",
)


def documents(page: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)]


def nodes(page: str, kind: str) -> list[dict[str, Any]]:
    return [node for document in documents(page) for node in document["@graph"] if node["@type"] == kind]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_valid_by_the_vocabularys_own_shapes(shop: Shop, visitor: Client, path: str) -> None:
    page = visitor.get(path).content.decode()
    assert documents(page)
    for document in documents(page):
        assert document["@context"] == "https://schema.org"
        assert faults(document) == ""


def test_the_shapes_do_object() -> None:
    for wrong in (
        {"availability": "soon"},
        {"url": "no address"},
        {"priceValidUntil": "tomorrow"},
        {"price": {"@type": "Thing"}},
    ):
        offer = {"@context": "https://schema.org", "@type": "Offer", "name": "A dress", "price": "1.00", **wrong}
        assert next(iter(wrong)) in faults(offer)
        assert next(iter(wrong)) in reference(offer)


def test_the_shapes_are_followed_as_pyshacl_follows_them(shop: Shop, visitor: Client) -> None:
    """The quick judge and the slow one agree on a whole page, and on the same page with one thing broken at a time."""
    (document,) = documents(visitor.get("/en/products/linen-dress/").content.decode())
    (group,) = [node for node in document["@graph"] if node["@type"] == "ProductGroup"]
    assert faults(document) == reference(document) == ""
    group["hasVariant"][0]["offers"]["shippingDetails"][0]["deliveryTime"]["transitTime"]["minValue"] = "soon"
    assert "minValue" in faults(document)
    assert "minValue" in reference(document)


def test_a_product_says_what_its_page_says(shop: Shop, visitor: Client) -> None:
    page = visitor.get("/en/products/linen-dress/").content.decode()
    (group,) = nodes(page, "ProductGroup")
    summary = evidence.summary(shop.dress)
    assert summary is not None
    rated = group["aggregateRating"]
    assert (rated["reviewCount"], float(rated["ratingValue"])) == (
        summary.count,
        pytest.approx(summary.average, abs=0.01),
    )
    shown = [proof.voice for proof in evidence.shown_for(shop.dress, limit=8).proofs]
    assert [each.get("reviewBody", "") for each in group["review"]] == [voice.text for voice in shown]
    for variant in group["hasVariant"]:
        offer = variant["offers"]
        assert re.fullmatch(r"\d+\.\d\d", offer["price"])
        assert offer["priceCurrency"] == "EUR"
        assert offer["availability"]["@id"].endswith(("/InStock", "/OutOfStock"))
        assert offer["hasMerchantReturnPolicy"]["merchantReturnDays"] == 14
        assert offer["shippingDetails"]
    (crumbs,) = nodes(page, "BreadcrumbList")
    assert len(crumbs["itemListElement"]) == 3
    assert f'<link rel="canonical" href="{group["url"]}">' in page


def test_a_withdrawn_review_is_gone_from_the_data_at_once(shop: Shop, visitor: Client) -> None:
    first = evidence.shown_for(shop.dress, limit=1).proofs[0].voice
    voices.withdraw(voice_id=first.id, actor_id=None, at=now())
    page = visitor.get("/en/products/linen-dress/").content.decode()
    (group,) = nodes(page, "ProductGroup")
    assert first.text not in [each.get("reviewBody") for each in group.get("review", [])]
    deliver()
    (group,) = nodes(visitor.get("/en/products/linen-dress/").content.decode(), "ProductGroup")
    assert first.text not in json.dumps(group, ensure_ascii=False)


def test_words_that_would_end_the_script_stay_words(shop: Shop, visitor: Client) -> None:
    nasty = 'Lovely dress </script><script>alert(1)</script> <!-- &amp; \u2028 "quoted" \\u003c and soft fabric.'
    voice = voices.receive(
        NewVoice(product_id=shop.dress, stars=5, title="</SCRIPT>", text=nasty, author_name="<b>Eve</b>"), at=now()
    )
    deliver()
    voices.decide(
        voice_ids=[voice.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=None, at=now(), overturn=True
    )
    deliver()
    assert voice_queries.voice(voice.id).is_public
    page = visitor.get("/en/products/linen-dress/").content.decode()
    assert "<script>alert" not in page
    (group,) = nodes(page, "ProductGroup")
    bodies = [each.get("reviewBody") for each in group["review"]]
    assert voice_queries.voice(voice.id).text in bodies
    assert faults({"@context": "https://schema.org", "@graph": [group]}) == ""


def test_escapes_mean_the_same_characters() -> None:
    said = "</script> & \u2028 \u2029 <!--"
    element = str(ld_json({"@type": "Thing", "name": said}))
    inside = element.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert "<" not in inside
    assert "&" not in inside
    assert json.loads(inside)["name"] == said


def test_lists_name_their_products_in_order(shop: Shop, visitor: Client) -> None:
    page = visitor.get("/en/products/").content.decode()
    (listed,) = nodes(page, "ItemList")
    cards = re.findall(r'href="(/en/products/[a-z0-9-]+/)"', page)
    assert [each["url"].removeprefix("http://testserver") for each in listed["itemListElement"]] == list(
        dict.fromkeys(cards)
    )
    narrowed = visitor.get("/en/products/?q=dress&rating=4").content.decode()
    assert '<link rel="canonical" href="http://testserver/en/products/">' in narrowed


def broken(document: Any) -> list[tuple[str, str, str]]:
    """What search engines would object to."""
    found = markup.check(document)
    return [(each.code, each.at, each.field) for each in found if each.severity == "error"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_what_search_engines_ask_for(shop: Shop, visitor: Client, path: str) -> None:
    found = documents(visitor.get(path).content.decode())
    assert found
    assert broken(found) == []
    assert not [each for document in found for each in markup.check(document) if each.code == "unknown_property"]


@pytest.fixture
def asked(shop: Shop) -> int:
    """A public question about the dress with two public answers."""
    texts = (
        (VoiceKind.QUESTION, "Does the fabric get see-through in the sun?", AuthorRole.SHOPPER),
        (VoiceKind.ANSWER, "Not at all, it is lined down to the knee </script>", AuthorRole.BRAND),
        (VoiceKind.ANSWER, "I wore it all August and nothing showed.", AuthorRole.OWNER),
    )
    ids: list[int] = []
    for kind, text, role in texts:
        new = NewVoice(
            kind=kind, product_id=shop.dress, text=text, author_role=role, parent_id=ids[0] if ids else None,
            language="en", author_name="Ana",
        )  # fmt: skip
        ids.append(voices.receive(new, at=now()).id)
    deliver()
    voices.decide(
        voice_ids=ids, outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=None, at=now(), overturn=True
    )
    deliver()
    return ids[0]


def test_a_question_has_a_page_of_its_own(
    shop: Shop, visitor: Client, asked: int, django_assert_max_num_queries: Any
) -> None:
    there = f"/en/products/linen-dress/questions/{asked}/"
    product = visitor.get("/en/products/linen-dress/").content.decode()
    assert f'href="{there}"' in product
    (faq,) = nodes(product, "FAQPage")
    assert faq["mainEntity"][0]["acceptedAnswer"]["text"].startswith("Not at all")
    with django_assert_max_num_queries(10):
        page = visitor.get(there).content.decode()
    (qa,) = nodes(page, "QAPage")
    assert qa["mainEntity"]["answerCount"] == 2
    assert qa["mainEntity"]["acceptedAnswer"]["text"] == "Not at all, it is lined down to the knee </script>"
    assert [each["text"] for each in qa["mainEntity"]["suggestedAnswer"]] == [
        "I wore it all August and nothing showed."
    ]
    assert "</script> " not in page.partition("<main")[0].replace("</script>\n", "")
    assert f'<link rel="canonical" href="http://testserver{there}">' in page
    assert broken(documents(page)) == broken(documents(product)) == []
    assert visitor.get(f"/en/products/linen-dress/questions/{10**20}/").status_code == 404
    assert visitor.get(f"/en/products/wool-scarf/questions/{asked}/").status_code == 404
    voices.withdraw(voice_id=asked, actor_id=None, at=now())
    assert visitor.get(there).status_code == 404


def test_every_other_kind_of_node_is_valid_too(shop: Shop, visitor: Client, asked: int) -> None:
    """Question pages, question lists, videos with their parts, broadcasts: by the shapes and by the engines' rules."""
    at = now()
    video = clips.video(
        name="Fit of the dress", description="How it falls.", thumbnail="https://shop.example/p.webp",
        content="https://shop.example/v.mp4", page="https://shop.example/dress/", uploaded=at, seconds=75.4,
        language="fr", chapters=[clips.Chapter(name="On the shoulders", start=3.2, end=11.0)],
        live=clips.broadcast(name="Live", starts=at, ends=at.replace(year=at.year + 1), live=False),
    )  # fmt: skip
    product = visitor.get("/fr/products/linen-dress/").content.decode()
    page = visitor.get(f"/en/products/linen-dress/questions/{asked}/").content.decode()
    listed = [*nodes(page, "QAPage"), *nodes(product, "FAQPage"), *nodes(product, "Organization"), video]
    assert [each["@type"] for each in listed] == ["QAPage", "FAQPage", "Organization", "VideoObject"]
    document = {"@context": "https://schema.org", "@graph": listed}
    assert broken(document) == []
    assert faults(document) == ""
    assert video["duration"] == "PT1M15S"
    assert video["hasPart"][0]["url"] == "https://shop.example/v.mp4#t=3"
    cues = [CaptionCue(start_s=n * 2.5, end_s=n * 2.5 + 2.4, text=f"line {n}\nhere") for n in range(6)]
    parts = clips.chapters_of(cues)
    assert [(part.start, part.end, part.name) for part in parts] == [
        (0.0, 7.4, "line 0 here line 1 here line 2 here"),
        (7.5, 14.9, "line 3 here line 4 here line 5 here"),
    ]
    assert clips.chapters_of(cues[:2]) == ()
    with pytest.raises(ValueError, match="ends after"):
        clips.broadcast(name="Live", starts=at, ends=at, live=True)
