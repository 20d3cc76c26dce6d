"""Addresses of the site that the protocol's documents lead to."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_noop as _

from parvis.domains.checkout.contracts import Order

ROOT = "/acp"
# the protocol's word for a link -> the page of the site and what it is called, where the shop has it
_LINKS: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("terms_of_use", "storefront:legal_text", {"kind": "terms"}, _("Terms of sale")),
    ("privacy_policy", "storefront:privacy", {}, _("Privacy and cookies")),
    ("return_policy", "storefront:legal_text", {"kind": "withdrawal"}, _("Returns and withdrawal")),
    ("about_us", "storefront:legal_text", {"kind": "notice"}, _("Who sells")),
    ("faq", "storefront:faq", {}, _("Frequent questions")),
)


def page(name: str, locale: str, **kwargs: Any) -> str:
    """The whole address of a page in one language; empty when the site has no such page."""
    with override(locale):
        try:
            return f"{settings.PUBLIC_URL}{reverse(name, kwargs=kwargs)}"
        except NoReverseMatch:
            return ""


def links(locale: str) -> list[dict[str, str]]:
    """What the shop says on terms, privacy, returns and the like."""
    return [dict(link) for link in _links(locale, get_language(), settings.PUBLIC_URL)]


@cache
def _links(locale: str, language: str | None, site: str) -> list[dict[str, str]]:
    """The same in the language that is spoken now; asked with every answer, and always alike."""
    found = ((kind, page(name, locale, **given), title) for kind, name, given, title in _LINKS)
    return [{"type": kind, "title": gettext(title), "url": url} for kind, url, title in found if url]


def continue_url(token: str, locale: str) -> str:
    """Where the shopper goes on with a checkout themselves."""
    return page("storefront:continue", locale, token=token)


def order_url(order: Order) -> str:
    """The page of an order."""
    return page("storefront:order", "fr" if order.locale == "fr" else "en", token=order.token)


def whole(path: str) -> str:
    """An address with its host; empty stays empty."""
    return f"{settings.PUBLIC_URL}{path}" if path.startswith("/") else path


def absolute(paths: Mapping[str, str]) -> dict[str, str]:
    """Several of them, without those that are empty."""
    return {name: whole(path) for name, path in paths.items() if path}
