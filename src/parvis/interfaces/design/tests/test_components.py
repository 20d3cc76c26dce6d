"""Components render in every state, escape what they are given, and say in words what they show."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory, override_settings
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from parvis.core.money import Money
from parvis.interfaces.design import marks, samples, shapes

TEMPLATES = Path(__file__).parents[1] / "templates"
STATIC = Path(__file__).parents[1] / "static"
EVIL = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


def draw(source: str, **context: object) -> str:
    """Render a template written in a test, cotton tags included."""
    compiled = CottonCompiler().process("{% load design %}" + source)
    return engines["django"].from_string(compiled).render(context, RequestFactory().get("/en/x/?q=1&page=3"))


@pytest.fixture(autouse=True)
def _clear() -> None:
    cache.clear()


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_template_compiles_and_keeps_the_policy(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    get_template(str(path.relative_to(TEMPLATES)))
    assert not re.search(r"\sstyle=", source)
    assert not re.search(r"\son\w+=", source)
    assert not re.search(r"<script(?! src=)", source)
    assert "{{ attrs }}" not in source, "cotton does not escape it: use {% extra attrs %}"


@pytest.mark.parametrize(
    "source",
    [
        '<c-button :title="evil" :data-x="evil" variant="{{ evil }}">{{ evil }}</c-button>',
        '<c-button :href="evil">x</c-button>',
        '<c-badge :kind="evil">{{ evil }}</c-badge>',
        '<c-simulated :what="evil" />',
        '<c-field name="a" :label="evil" :value="evil" :help="evil" :error="evil" :placeholder="evil" />',
        '<c-field name="a" label="b" rows="3" :value="evil" />',
        '<c-select name="a" :label="evil" :options="pairs" :value="evil" />',
        '<c-radios name="a" :legend="evil" :options="options" />',
        '<c-notice kind="negative" :title="evil">{{ evil }}</c-notice>',
        '<c-figure :name="evil" :value="evil" :low="evil" :high="evil" :definition="evil" :change="evil" />',
        '<c-breadcrumb :items="pairs" />',
        '<c-tabs :items="options" :label="evil" />',
        '<c-quote :href="evil">{{ evil }}</c-quote>',
        '<c-empty :title="evil">{{ evil }}</c-empty>',
        '<c-dialog id="d" :title="evil">x</c-dialog>',
        '<c-progress :label="evil" value="1" :words="evil" />',
        '<c-shop-header home="/" search_url="/s" :q="evil" cart_url="/c" :cart_count="evil" />',
    ],
)
def test_component_escapes(source: str) -> None:
    html = draw(
        source, evil=EVIL, pairs=[(EVIL, EVIL)], options=[{"value": EVIL, "label": EVIL, "url": EVIL, "help": EVIL}]
    )
    assert "<img" not in html
    assert "<script" not in html
    assert re.sub(r"\s+", "", EVIL) not in re.sub(r"\s+", "", html)


def test_extra_attributes() -> None:
    html = draw('<c-button hx-get="/x?a=1" :disabled="off" :hidden="on" data-y>x</c-button>', off=False, on=True)
    assert ' hx-get="/x?a=1"' in html
    assert " hidden" in html
    assert " data-y" in html
    assert "disabled" not in html


def test_field_is_wired_for_assistive_technology() -> None:
    html = draw('<c-field name="mail" id="f1" label="Mail" help="h" error="wrong" required />')
    assert '<label class="field__label" for="f1">' in html
    assert 'aria-describedby="f1-error f1-help"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="f1-error"' in html
    assert 'id="f1-help"' in html


def test_a_component_does_not_inherit_words_from_the_page() -> None:
    html = draw(
        '<c-badge>x</c-badge><c-field name="n" label="L" />',
        kind="negative",
        icon="trash",
        error="page error",
        help="page help",
    )
    assert "badge--" not in html
    assert "page" not in html


def test_select_marks_the_chosen_option_whatever_its_type() -> None:
    html = draw('<c-select name="s" label="S" :options="pairs" value="2" />', pairs=[(1, "one"), (2, "two")])
    assert '<option value="2" selected>two</option>' in html
    assert html.count("selected") == 1


def test_review_card_with_hostile_words() -> None:
    card = shapes.ReviewCard(
        id=5, title=EVIL, text=EVIL, author=EVIL, stars=2, reasons=[EVIL], attributes=[(EVIL, EVIL)], incentive=EVIL,
        spans=[(0, 9, EVIL, -1)], vote_url="/v", simulated=[EVIL], answer=EVIL, answer_by=EVIL,
        photos=[shapes.Photo(url=EVIL, thumb=EVIL, alt=EVIL)],
    )  # fmt: skip
    html = render_to_string("design/review_card.html", {"review": card})
    assert "<script" not in html
    assert "<img src=x" not in html
    assert html.count("<img") == 1


def test_bare_review_card_shows_no_empty_parts() -> None:
    html = render_to_string("design/review_card.html", {"review": shapes.ReviewCard(id=1, text="ok", author="M.")})
    for part in (
        "review__title",
        "review__why",
        "attributes",
        "thumbs",
        "review__foot",
        "badge",
        "stars",
        "provenance",
    ):
        assert part not in html


def test_product_card_says_everything_in_words() -> None:
    first, second, third, _fourth = samples.products()
    html = render_to_string("design/product_card.html", {"card": first})
    assert 'aria-label="4.3 out of 5 stars"' in html
    assert "€59.00" in html
    assert "Lowest price of the 30 days before: €79.00" in html
    assert "simulated" in render_to_string("design/product_card.html", {"card": second})
    assert "No review yet" in render_to_string("design/product_card.html", {"card": third})


def test_amounts_and_numbers_follow_the_language() -> None:
    with translation.override("fr"):
        assert marks.money(Money(123456, "EUR")).replace("\u202f", " ").replace("\xa0", " ") == "1 234,56 €"
        assert marks.percent(0.034, 1) == "3,4\u202f%"
        assert "4,3 sur 5" in marks.stars(4.3)
    with translation.override("en"):
        assert marks.money(Money(123456, "JPY")) == "¥123,456"
        assert marks.percent(0.034, 1) == "3.4%"


@pytest.mark.parametrize(("value", "width"), [(0, 0), (5, 100), (4.33, 86), (9, 100), (-1, 0)])
def test_stars_are_as_wide_as_the_score(value: float, width: int) -> None:
    assert f'class="w-{width}"' in marks.stars(value)


def test_pages_show_their_neighbourhood() -> None:
    assert shapes.Pages(1, 0, 24).window == (1,)
    assert shapes.Pages(1, 48, 24).window == (1, 2)
    assert shapes.Pages(5, 240, 24).window == (1, 0, 4, 5, 6, 0, 10)
    assert shapes.Pages(3, 240, 24).window == (1, 2, 3, 4, 0, 10)


def test_rating_bars_sum_and_order() -> None:
    bars = shapes.rating_bars([1, 0, 0, 0, 3])
    assert [bar.stars for bar in bars] == [5, 4, 3, 2, 1]
    assert bars[0].share == 0.75
    assert shapes.rating_bars([0] * 5)[0].share == 0


def test_every_icon_named_anywhere_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "design/icons.svg").read_text(encoding="utf-8")))
    named = set(samples.ICONS)
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'{% icon "([\w-]+)"', text)) | set(re.findall(r'\bicon="([\w-]+)"', text))
    assert named <= known
    assert known == set(samples.ICONS), "the style page shows every icon"


def test_every_class_of_a_width_exists() -> None:
    css = (STATIC / "design/css/utilities.css").read_text(encoding="utf-8")
    assert all(f".w-{i} " in css for i in range(101))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_style_page_shows_every_component(language: str) -> None:
    request = RequestFactory().get("/studio/design/")
    with translation.override(language):
        html = render_to_string("design/style/page.html", samples.everything(), request)
    components = {path.stem for path in (TEMPLATES / "cotton").glob("*.html")}
    used = "".join(path.read_text(encoding="utf-8") for path in (TEMPLATES / "design").rglob("*.html"))
    elsewhere = {"footer", "shop_header", "form_field"}  # shown by every page of the shop and by real forms
    for name in components - elsewhere:
        nested = "".join(path.read_text(encoding="utf-8") for path in (TEMPLATES / "cotton").glob("*.html"))
        assert f"<c-{name.replace('_', '-')}" in used + nested, name
    assert 'style="' not in html


@override_settings(ROOT_URLCONF="parvis.interfaces.design.tests.urls")
def test_theme_is_kept_and_returns_where_it_came_from() -> None:
    client = Client()
    answer = client.post("/preferences/theme/", {"theme": "dark", "next": "/en/cart/"})
    assert (answer.status_code, answer["Location"]) == (302, "/en/cart/")
    assert answer.cookies["parvis_theme"].value == "dark"
    assert client.post("/preferences/theme/", {"theme": "dark", "next": "https://evil.example/"})["Location"] == "/"
    assert client.post("/preferences/theme/", {"theme": "purple"}).status_code == 400
    assert client.get("/preferences/theme/").status_code == 405


def test_chosen_theme_is_in_the_page_and_nothing_else_can_be() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["parvis_theme"] = "dark"
    assert '<html lang="en" data-theme="dark">' in render_to_string("design/base.html", {}, request)
    request.COOKIES["parvis_theme"] = '"><script>'
    assert '<html lang="en">' in render_to_string("design/base.html", {}, request)


def test_days_moments_and_countries_are_written_alike() -> None:
    at = datetime(2026, 11, 1, 14, 10, tzinfo=UTC)
    with translation.override("fr"):
        assert marks.day(at.date()) == "1er novembre 2026"
        assert marks.day(date(2026, 11, 21)) == "21 novembre 2026"
        assert marks.moment(at) == "1er nov. 2026, 15:10"
        assert marks.country("DE") == "Allemagne"
    with translation.override("en"):
        assert marks.day(at.date()) == "1 November 2026"
        assert marks.moment(at) == "1 Nov 2026, 15:10"
        assert marks.country("XX") == "XX"


@pytest.mark.parametrize(
    ("first", "last", "english", "french"),
    [
        (date(2026, 11, 1), date(2026, 11, 3), "1", "1er"),
        (date(2026, 11, 30), date(2026, 12, 2), "30 November", "30 novembre"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 December 2026", "30 décembre 2026"),
    ],
)
def test_the_first_of_two_days_leaves_out_what_the_second_says(
    first: date, last: date, english: str, french: str
) -> None:
    with translation.override("en"):
        assert marks.day_before(first, last) == english
    with translation.override("fr"):
        assert marks.day_before(first, last) == french


@pytest.mark.parametrize(("language", "words"), [("en", "between 2% and 4%"), ("fr", "entre 2% et 4%")])
def test_an_interval_says_how_sure_it_is_in_the_readers_language(language: str, words: str) -> None:
    with translation.override(language):
        html = draw('<c-figure name="Conversion" value="3%" low="2%" high="4%" />')
    sure = {"en": "95%", "fr": "95\xa0%"}[language]
    assert words in html
    assert sure in html.replace("\u202f", "\xa0")
