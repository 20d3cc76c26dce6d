"""Pages as a program reads them, and the score of a page."""

from dataclasses import replace

import pytest

from parvis.science.visibility import crawlers, reader, score

PAGE = """<!doctype html><html lang="en"><head><title>Linen dress · Shop</title>
<meta name="description" content="Soft linen."><link rel="canonical" href="https://a.example/d/">
<link rel="alternate" hreflang="fr" href="https://a.example/fr/d/"><script>var hidden = "secret";</script>
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Product", "name": "D",
"image": "https://a.example/d.png", "offers": {"@type": "Offer", "price": "9.00", "priceCurrency": "EUR",
"availability": "https://schema.org/InStock"}, "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4.5,
"reviewCount": 12}}</script></head><body><h1>Linen <em>dress</em></h1><style>.a{}</style>
<svg><title>icon</title></svg><p>Soft &amp; light.<br>Runs small.<img src="a.png" alt=""><img src="b.png" alt="B">
<article data-voice="3">I love it</article><template>not shown</template></body></html>"""


def test_only_what_is_shown_is_read() -> None:
    seen = reader.read(PAGE)
    assert seen.text == "Linen dress\nSoft & light.\nRuns small.\nI love it"
    assert (seen.title, seen.headings, seen.language) == ("Linen dress · Shop", ("Linen dress",), "en")
    assert (seen.images, seen.images_described, seen.quotes, seen.alternates) == (2, 1, 1, 1)
    assert seen.kinds == {"AggregateRating": 1, "Offer": 1, "Product": 1}
    assert seen.rated == "4.5 (12)"
    assert seen.prices == ("9.00 EUR InStock",)
    assert seen.errors == ()


@pytest.mark.parametrize("page", ["", "<", "<script>", "</head></head></p>", "<!--", "<svg>" * 500, "\0<p>x"])
def test_any_page_is_read(page: str) -> None:
    assert reader.read(page).documents == 0


def test_broken_data_is_an_error() -> None:
    seen = reader.read('<script type="application/ld+json">{"@type": </script>')
    assert seen.errors == ("unreadable",)


def test_differences_name_what_changed() -> None:
    before = reader.read(PAGE).facts()
    now = reader.read(PAGE.replace("4.5", "4.1").replace("I love it", "").replace('"Offer"', '"Demand"')).facts()
    assert reader.differences(before, before) == []
    found = {what: (old, new) for what, old, new in reader.differences(before, now)}
    assert found["rated"] == ("4.5 (12)", "4.1 (12)")
    assert found["kinds.Offer"] == ("1", "0")
    assert found["words"] == ("9", "6")
    assert "text" in found


FACTS = score.Facts(
    status=200, page={**reader.read(PAGE).facts(), "kinds": {"Review": 8, "Offer": 4, "OfferShippingDetails": 1,
    "MerchantReturnPolicy": 1}, "alternates": 2, "title": "Linen dress · Shop", "description": "x" * 80},
    name="Linen dress", description=400, reviews=12, with_text=12, verified=9, newest_days=20, with_photo=2, filmed=1,
    questions=4, answered=4, answerers_allowed=True,
)  # fmt: skip


def test_a_page_with_everything_has_a_hundred() -> None:
    total, given = score.score(FACTS)
    assert total == 100
    assert sum(each.most for each in given) == score.MOST == 100
    assert len({rule.key for rule in score.RULES}) == len(score.RULES)


@pytest.mark.parametrize(
    ("change", "key", "lost"),
    [
        ({"answered": 0}, "answered", 10),
        ({"description": 150}, "described", 4.5),
        ({"newest_days": None}, "fresh", 6),
        ({"status": 500}, "open", 10),
        ({"answerers_allowed": False}, "answerers", 6),
    ],
    ids=["questions", "description", "fresh", "closed", "crawlers"],
)
def test_what_lacks_costs_its_points_and_nothing_else(change: dict[str, object], key: str, lost: float) -> None:
    total, given = score.score(replace(FACTS, **change))
    assert given[0].key == key
    assert total == pytest.approx(100 - lost)


@pytest.mark.parametrize("crawler", [each for each in crawlers.CRAWLERS if each.sends], ids=lambda each: each.name)
def test_each_program_is_known_by_its_user_agent(crawler: crawlers.Crawler) -> None:
    assert crawlers.crawler_of(crawlers.user_agent(crawler)) == crawler


def test_people_and_strangers_are_no_known_program() -> None:
    assert crawlers.crawler_of("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0") is None
    assert crawlers.crawler_of("NotGPTBotted/1.0") is None
    assert crawlers.assistant_of("www.perplexity.ai") == "Perplexity"
    assert crawlers.assistant_of("chatgpt.com") == "ChatGPT"
    assert crawlers.assistant_of("notchatgpt.com") == ""
    assert crawlers.assistant_of("") == ""
