"""What the style page shows: invented words, marked as such, that exercise every state of every component."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from parvis.connectors.demo import drawings
from parvis.core.money import Money
from parvis.interfaces.design import charts, marks, shapes

WHEN = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ICONS = (
    *(
        "search",
        "cart",
        "user",
        "heart",
        "star",
        "check",
        "flag",
        "photo",
        "filter",
        "sort",
        "chevron-down",
        "chevron-up",
    ),
    *("chevron-left", "chevron-right", "play", "sun", "moon", "contrast", "globe", "shield-check", "question", "quote"),
    *("truck", "return", "undo", "clock", "chart", "settings", "upload", "download", "bell", "eye", "eye-off", "trash"),
    *(
        "edit",
        "plus",
        "minus",
        "close",
        "menu",
        "info",
        "alert",
        "flask",
        "gift",
        "home",
        "thumb-up",
        "thumb-down",
        "tag",
    ),
    *("box", "lock", "mail", "external", "keyboard"),
)
KINDS = (
    *(
        "dresses",
        "blouses",
        "knits",
        "fine-gauge",
        "pants",
        "casual-bottoms",
        "jeans",
        "skirts",
        "jackets",
        "outerwear",
    ),
    *("sweaters", "lounge", "sleep", "swim", "intimates", "legwear", "shorts", "layering", "trend", "generic"),
)


def reviews() -> list[shapes.ReviewCard]:
    """A full review, a bare one, and one that tries to break out of its card."""
    text = _("The cut runs small: I took one size up and it falls just right. The fabric is soft, but it creases.")
    small, soft, creases = (text.find(part) for part in (_("runs small"), _("soft"), _("creases")))
    return [
        shapes.ReviewCard(
            id=1,
            title=_("Take one size up"),
            text=text,
            stars=4,
            author="Jeanne",
            at=WHEN,
            verified=True,
            spans=[
                (small, small + 10, "size", -0.6),
                (soft, soft + 4, "fabric", 0.8),
                (creases, creases + 7, "care", -0.4),
            ],
            reasons=[_("says how it fits"), _("many found it helpful")],
            attributes=[(_("Age"), "34"), (_("Size worn"), "M"), (_("Height"), "168 cm")],
            votes_up=12,
            votes_down=1,
            voted=1,
            vote_url="#",
            report_url="#",
            simulated=[_("the date"), _("the verified purchase")],
            answer=_("Thank you. We added the measures of each size to the page."),
            answer_by=_("Answer of the brand"),
        ),
        shapes.ReviewCard(id=2, text=_("Lovely."), stars=5, author="M.", incentive=_("free product"), vote_url="#"),
        shapes.ReviewCard(
            id=3,
            title='<script>alert("no")</script>',
            text='"><img src=x onerror=alert(1)>\n\nIt stays what it is: words.',
            stars=1,
            author="<b>bold</b>",
            spans=[(0, 30, '"onmouseover="x', -1)],
        ),
    ]


def products() -> list[shapes.ProductCard]:
    """A card in each state: reduced, unreviewed, with a proof, with a reason."""
    euro = "EUR"
    return [
        shapes.ProductCard(
            url="#",
            name=_("Dress 1080"),
            kind=_("Dresses"),
            price=Money(5900, euro),
            price_was=Money(7900, euro),
            average=4.3,
            reviews=297,
            drawing=drawings.garment("dresses", "petrol", 1),
            badge=_("Most reviewed"),
            proof=_("Falls beautifully, and it has pockets"),
        ),
        shapes.ProductCard(
            url="#",
            name=_("Knit 862"),
            kind=_("Knits"),
            price=Money(4500, euro),
            average=3.8,
            reviews=41,
            drawing=drawings.garment("knits", "ochre", 2),
            simulated_price=True,
        ),
        shapes.ProductCard(
            url="#",
            name=_("Jacket 984"),
            kind=_("Jackets"),
            price=Money(12900, euro),
            drawing=drawings.garment("jackets", "ink", 3),
        ),
        shapes.ProductCard(
            url="#",
            name=_("A skirt with a name so long that it needs two lines or three"),
            price=Money(3900, euro),
            average=4.9,
            reviews=12,
            drawing=drawings.garment("skirts", "brick", 4),
            reason=_("Goes with what is in your cart"),
        ),
    ]


def _share(value: float) -> str:
    return marks.percent(value, 1)


def drawn() -> dict[str, Any]:
    """One chart of each kind."""
    days = [WHEN.date() - timedelta(days=27 - i) for i in range(28)]
    rates = [0.03 + 0.004 * ((i * 7) % 5) / 5 + 0.0002 * i for i in range(28)]
    line = [
        charts.Day(day=day, value=rate, low=rate - 0.006, high=rate + 0.007)
        if i not in (11, 12)
        else charts.Day(day=day, value=None)
        for i, (day, rate) in enumerate(zip(days, rates, strict=True))
    ]
    funnel = [
        (_("Visits"), 1.0, 1.0, 1.0),
        (_("Proof seen"), 0.62, 0.6, 0.64),
        (_("Added to cart"), 0.11, 0.098, 0.123),
    ]
    return {
        "funnel": charts.interval_bars(
            [
                charts.Row(label=name, value=v, low=lo, high=hi)
                for name, v, lo, hi in [*funnel, (_("Ordered"), 0.034, 0.027, 0.041)]
            ],
            title=_("From visit to order"),
            write=_share,
        ),
        "line": charts.interval_line(
            [charts.Series(name=_("Conversion"), days=line)], title=_("Conversion by day"), write=_share
        ),
        "histogram": charts.histogram(
            [
                charts.Bin(low=10.0 * i, high=10.0 * (i + 1), count=c)
                for i, c in enumerate((3, 12, 31, 44, 29, 14, 6, 2))
            ],
            title=_("Minutes to the first answer"),
        ),
        "stacked": charts.stacked_days(
            [
                charts.Series(name=name, days=[charts.Day(day=d, value=k + (i * k) % 5) for i, d in enumerate(days)])
                for name, k in ((_("Published"), 9), (_("Held"), 3), (_("Refused"), 1))
            ],
            title=_("Voices by day"),
        ),
        "spark": charts.sparkline(rates, label=_("Conversion over four weeks, rising")),
    }


def everything() -> dict[str, Any]:
    """The context of the style page."""
    return {
        "icons": ICONS,
        **drawn(),
        "reviews": reviews(),
        "products": products(),
        "bars": shapes.rating_bars([561, 1016, 1867, 3283, 8439], ["#"] * 5, current=4),
        "pros": [
            shapes.Opinion(label=_("fabric"), count=84, quote=_("soft and light"), url="#"),
            shapes.Opinion(label=_("colour"), count=40, url="#"),
        ],
        "cons": [shapes.Opinion(label=_("size"), count=31, quote=_("runs small"), url="#")],
        "facets": [
            shapes.Facet(
                name="category",
                label=_("Category"),
                choices=[
                    shapes.Choice(value="dresses", label=_("Dresses"), count=112, chosen=True),
                    shapes.Choice(value="knits", label=_("Knits"), count=60),
                ],
            ),
            shapes.Facet(
                name="stars",
                label=_("Rating"),
                many=False,
                choices=[shapes.Choice(value="4", label=_("4 stars and more"))],
            ),
        ],
        "sizes": [
            {"value": "XS", "label": "XS", "disabled": True, "note": _("sold out")},
            {"value": "S", "label": "S"},
            {"value": "M", "label": "M"},
            {"value": "L", "label": "L"},
        ],
        "sorts": [("useful", _("Most useful first")), ("recent", _("Most recent first"))],
        "crumbs": [(_("Home"), "#"), (_("Dresses"), "#"), (_("Dress 1080"), "")],
        "pages": shapes.Pages(5, 240, 24),
        "tabs": [
            {"url": "#", "label": _("Held"), "current": True, "count": 7},
            {"url": "#", "label": _("Published"), "count": 0},
            {"url": "#", "label": _("Refused")},
        ],
        "timeline": [
            shapes.Happening(title=_("Order placed"), at=WHEN, icon="cart"),
            shapes.Happening(
                title=_("Paid"), at=WHEN, icon="check", body=_("Card ending in 4242"), who=_("payment provider")
            ),
            shapes.Happening(title=_("Shipped"), at=WHEN, icon="truck"),
        ],
        "step_names": [_("Cart"), _("Details"), _("Payment")],
        "garments": [(kind, [drawings.garment(kind, "", seed) for seed in range(4)]) for kind in KINDS],
    }
