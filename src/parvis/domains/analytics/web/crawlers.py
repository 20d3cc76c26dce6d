"""Programs of answer and search engines that read the shop's pages: counted by day, program and page."""

from collections.abc import Callable

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from parvis.core.clock import now
from parvis.domains.analytics import actions
from parvis.science.visibility.crawlers import crawler_of

log = structlog.get_logger("parvis.analytics")
# What a page is made of, and what is no page, is not counted.
_NOT_PAGES = ("/static/", "/media/", "/collect/", "/healthz", "/readyz", "/metrics", "/studio/")
OWN_LOOK = "HTTP_PARVIS_LOOK"  # our own nightly look goes by the same names


def crawlers_counted(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Count each page that a known program was given, whatever became of it. People cost one search in a short text."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        crawler = crawler_of(request.META.get("HTTP_USER_AGENT", ""))
        if crawler is not None and not request.path.startswith(_NOT_PAGES) and OWN_LOOK not in request.META:
            try:
                actions.count_crawl(bot=crawler.name, path=request.path, status=response.status_code, at=now())
            except DatabaseError as error:  # a count that is lost must not lose the page
                log.warning("crawl not counted", bot=crawler.name, told=str(error)[:200])
        return response

    return middleware
