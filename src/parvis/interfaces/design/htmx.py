"""Who asks: the page's script for a part of a page, or a browser for the whole of it."""

from typing import cast

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request as the middleware hands it on."""

    htmx: HtmxDetails


def htmx(request: HttpRequest) -> HtmxDetails:
    """What the page's script says of its request; false for an ordinary one."""
    return cast(HtmxRequest, request).htmx
