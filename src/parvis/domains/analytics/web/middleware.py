"""The collector before everything that pages need: no session, no account, no language, no template."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import ResolverMatch, resolve

from parvis.domains.analytics.web.collector import collect

PATH = "/collect/"


def collector_first(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer the collector's address at once. The address is in the URLs as well: this is only the short way."""
    match: ResolverMatch | None = None

    def middleware(request: HttpRequest) -> HttpResponseBase:
        nonlocal match
        if request.path_info != PATH:
            return get_response(request)
        match = match or resolve(PATH)
        request.resolver_match = match  # request figures are kept by route
        return collect(request)

    return middleware
