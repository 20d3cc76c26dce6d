"""Whole pages kept for visitors who are nobody in particular.

A page is kept under the fingerprints of everything it shows, so that a changed price, the last piece sold, a withdrawn
voice or a vote gives another page at once; nothing has to be thrown away by anybody. Signed-in people, searches, htmx
and pages with a message are rendered as ever. Only the token against forged forms differs from visitor to visitor: it
is put in anew.
"""

import hashlib
import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from parvis.core.clock import now
from parvis.interfaces.design.preferences import theme_of
from parvis.interfaces.storefront import basket
from parvis.interfaces.storefront.pages import asks_consent, departments
from parvis.interfaces.storefront.reader import locale

KEPT_SECONDS = 600
_TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(")')
_MARK = "%csrf-token-of-this-visitor%"


def page_or(
    request: HttpRequest, make: Callable[[], HttpResponse], *, of: Callable[[], tuple[object, ...]]
) -> HttpResponse:
    """The kept page, or the one that ``make`` makes. ``of`` gives the fingerprints of what the page shows; it is asked
    only when the page may be kept."""
    if not _anybody(request):
        return make()
    key = _key(request, of())
    cache = caches["pages"]
    known: str | None = cache.get(key)
    if known is not None:
        return HttpResponse(known.replace(_MARK, get_token(request)))
    made = make()
    if made.status_code == 200 and not made.cookies:
        text = made.content.decode()
        cache.set(key, _TOKEN.sub(rf"\g<1>{_MARK}\g<2>", text), KEPT_SECONDS)
    return made


def _anybody(request: HttpRequest) -> bool:
    """Whether the page holds nothing about this very visitor."""
    cookies = request.COOKIES
    return (
        not request.GET
        and not getattr(request, "htmx", False)
        and settings.SESSION_COOKIE_NAME not in cookies
        and CookieStorage.cookie_name not in cookies
    )


def _key(request: HttpRequest, fingerprints: tuple[object, ...]) -> str:
    around = (
        request.path,
        request.get_host(),
        locale(),
        theme_of(request),
        asks_consent(request),
        basket.count(request),
        now().date(),
        departments(),
    )
    return hashlib.sha256(repr((around, fingerprints)).encode()).hexdigest()
