"""What the shop promises, as passages in French and English, made from the settings that are in force."""

from collections.abc import Iterator

from babel import Locale
from babel.numbers import format_currency
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from parvis.domains.checkout import queries as checkout
from parvis.domains.checkout.contracts import WITHDRAWAL_DAYS, ShippingMethod
from parvis.domains.evidence.contracts import Document, Source
from parvis.domains.evidence.queries.facts import LOCALES
from parvis.domains.evidence.queries.passages import EVERYWHERE, Passage
from parvis.domains.voices import queries as voices

_Part = tuple[str, str, str, str]  # key, page, heading, text


def standing() -> dict[str, Passage]:
    """Every policy in force by the id of its passage."""
    found: dict[str, Passage] = {}
    for locale in LOCALES:
        with translation.override(locale):
            for key, page, heading, text in (*_delivery(locale), *_returns(), *_reviews(locale)):
                identifier = f"p{key}:{locale}"
                found[identifier] = Passage(
                    id=identifier,
                    kind=Source.POLICY,
                    head=f"{heading}. {_asked(page)}",
                    body=text,
                    group=EVERYWHERE,
                    language=locale,
                    shown=locale,
                    document=Document(key=key, heading=heading, page=page),
                )
    return found


def _asked(page: str) -> str:
    """How people ask for it: searched, never quoted."""
    asked = {
        "delivery": _(
            "How long does delivery take? What does shipping cost? When will my parcel arrive?"
            " Do you ship to my country?"
        ),
        "returns": _("Can I return it? How long do I have to send it back? Do I get my money back? Can I exchange it?"),
        "reviews_policy": _("Are the reviews real? Are they checked? Who writes them? Are they paid for?"),
    }
    return asked[page]


def _delivery(locale: str) -> Iterator[_Part]:
    heading = _("Delivery")
    for method in checkout.shipping_methods():
        yield f"shipping/{method.key}", "delivery", heading, _way(method, locale)
        if method.points:
            places = ", ".join(f"{point.name} ({point.postcode} {point.city})" for point in method.points)
            text = _("Pick-up points where a parcel can be collected: %(places)s.") % {"places": places}
            yield f"shipping/{method.key}/points", "delivery", heading, text


def _way(method: ShippingMethod, locale: str) -> str:
    names = Locale.parse(locale).territories
    values = {
        "name": method.name(locale),
        "price": _money(method.price_minor, locale),
        "from": _money(method.free_from_minor or 0, locale),
        "low": method.days[0],
        "high": method.days[1],
    }
    parts = [_("%(name)s: the parcel is shipped and delivered in %(low)d to %(high)d working days.") % values]
    if not method.price_minor:
        parts.append(_("Shipping is free."))
    elif method.free_from_minor:
        parts.append(_("Shipping costs %(price)s; delivery is free from an order of %(from)s.") % values)
    else:
        parts.append(_("Shipping costs %(price)s.") % values)
    if method.countries:
        countries = ", ".join(sorted(names.get(code, code) for code in method.countries))
        parts.append(_("We deliver to these countries: %(countries)s.") % {"countries": countries})
    return " ".join(parts)


def _money(minor: int, locale: str) -> str:
    return str(format_currency(minor / 100, settings.CURRENCY, locale=locale))


def _returns() -> Iterator[_Part]:
    days = {"days": WITHDRAWAL_DAYS}
    yield (
        "returns",
        "returns",
        _("Returns and refunds"),
        _(
            "You may change your mind within %(days)d days of receiving your parcel, without giving a reason: what you"
            " return or send back is refunded."
        )
        % days,
    )
    yield (
        "returns/exchange",
        "returns",
        _("Returns and refunds"),
        _("To exchange a size or a colour, send the article back for a refund within %(days)d days and order again.")
        % days,
    )


def _reviews(locale: str) -> Iterator[_Part]:
    policy = voices.policy()
    heading = _("How reviews are handled")
    grounds = " ".join(words.get(locale, words["en"]) for words in policy.grounds.values())
    told = (
        ("who", _("Anyone who says that they have used the product can write a review. When it was bought here, the"
                  " review is marked as a verified purchase.")),
        ("incentive", _("Nobody is paid for a good review. A review written for a free product, a discount or points"
                        " says so beside the author’s name.")),
        ("delay", _("Every review passes the same checks, whatever its stars; a decision to publish it is taken within"
                    " %(hours)d hours.") % {"hours": policy.promise_hours}),
        ("refused", _("Reviews are refused on these grounds only: %(grounds)s") % {"grounds": grounds}),
        ("appeal", _("An author may contest a refused or removed review for %(days)d days, free of charge, and may take"
                     " a review back whenever they like.") % {"days": policy.appeal_days}),
        ("report", _("Anyone can report a review that seems fake or unlawful, free of charge; a person looks at it and"
                     " decides.")),
        ("order", _("Reviews are sorted by how useful they are, whether they praise or complain; you can sort them by"
                    " date and by stars.")),
        ("average", _("The rating is the plain average of the stars of all public reviews.")),
    )  # fmt: skip
    for part, text in told:
        yield f"reviews/{part}", "reviews_policy", heading, text
