"""Every request has an id, a line in the log and a place in the metrics; expected errors become pages."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.db import OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext
from psycopg_pool import PoolTimeout

from parvis.core.errors import ParvisError
from parvis.core.numbers import LARGEST
from parvis.interfaces.operations import figures

log = structlog.get_logger("parvis.requests")
_LOG = logging.getLogger("parvis.requests")  # whether a line will be written: asked before it is made
_GIVEN_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
BUSY_SECONDS = 3
Handler = Callable[[HttpRequest], HttpResponseBase]


def request_ids(get_response: Handler) -> Handler:
    """Bind a request id (the caller's own, if it is a sane one) to the logs, and return it in X-Request-ID."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _GIVEN_ID.match(given) else secrets.token_hex(8)
        request.request_id = request_id  # type: ignore[attr-defined]  # kept on the request, read by getattr
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        try:
            response = get_response(request)
            response["X-Request-ID"] = request_id
            _note(request, response.status_code, time.perf_counter() - began)
            return response
        finally:
            structlog.contextvars.unbind_contextvars("request_id")

    return middleware


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    route = (match.view_name or match.route) if match else "none"
    figures.REQUESTS.labels(route=route, method=request.method or "", status=str(status)).observe(seconds)
    # Addresses and query strings stay out of the log: they tell who asked what.
    level = logging.WARNING if status >= 500 else logging.DEBUG if status < 400 else logging.INFO
    if _LOG.isEnabledFor(level):
        log.log(
            level,
            "request",
            method=request.method,
            path=request.path,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


class Busy(ParvisError):
    """All database connections of this process are taken; ``retry_after`` in seconds."""

    code = "busy"
    status = 503
    template = "The shop is very busy. Please try again in a few seconds."


class ExpectedErrors:
    """Turn a :class:`ParvisError` into its status with a clear message: a page, a fragment or JSON."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if any("\x00" in value for value in request.COOKIES.values()):  # no browser sends it, no column takes it
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\x00" not in value}
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not request.path.startswith("/api/"):
            return _not_here(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Handler, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> None:
        """What no address of ours holds is found nowhere: NUL, numbers larger than the database's.

        NUL behind a question mark or in a form, which no field and no column takes, is left out. What programs post
        (they send no form's token) is not looked at: they are told what is wrong with it."""
        for given in kwargs.values():
            if (isinstance(given, str) and "\x00" in given) or (isinstance(given, int) and given > LARGEST):
                raise Http404
        request.GET = _without_nul(request.GET)
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            request.POST = _without_nul(request.POST)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError) and isinstance(error.__cause__, PoolTimeout):
            error = Busy(retry_after=BUSY_SECONDS)
        if not isinstance(error, ParvisError):
            return None
        if error.status >= 500:
            log.error("expected failure", code=error.code, told=str(error), exc_info=error)
        message = told(error)
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"code": error.code, "message": message}, status=error.status)
        response = render(
            request, "operations/error.html", _around(request, error.status, message), status=error.status
        )
        if "retry_after" in error.params:
            response["Retry-After"] = str(error.params["retry_after"])
        return response


def _without_nul(given: QueryDict) -> Any:  # the type checker has a type of its own for those of requests
    if not any("\x00" in value for _name, values in given.lists() for value in values):
        return given
    kept = given.copy()
    for name, values in given.lists():
        kept.setlist(name, [value.replace("\x00", "") for value in values])
    return kept


def _not_here(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """An address that only takes a form was opened like a page (a reload, a bookmark): to the page that holds the form,
    where there is one above it, else a page that says so."""
    above = _page_above(request.path) if request.method in ("GET", "HEAD") else ""
    if above:
        return redirect(above)
    message = gettext("This address only takes what a form sends. Nothing was changed.")
    answer = render(request, "operations/error.html", _around(request, 405, message), status=405)
    answer["Allow"] = refused.headers["Allow"]
    return answer


def _page_above(path: str) -> str:
    """The nearest address above ``path`` that leads to something, below the front pages; else empty."""
    parts = path.strip("/").split("/")[:-1]
    while len(parts) > 1:
        above = f"/{'/'.join(parts)}/"
        try:
            resolve(above)
        except Resolver404:
            parts.pop()
        else:
            return above
    return ""


def _around(request: HttpRequest, status: int, message: str) -> dict[str, object]:
    """What the error page says; in the shop with its header, so that whoever got lost can search."""
    beside = request.path.startswith(("/studio/", "/accounts/", "/api/"))
    return {"status": status, "message": message, "in_shop": not beside}


def told(error: ParvisError) -> str:
    """The error's message in the reader's language."""
    text = gettext(error.template)
    return text % error.params if error.params else text


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 as a page that helps on."""
    message = gettext("This page does not exist, or no longer does.")
    return render(request, "operations/error.html", _around(request, 404, message), status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 as a page that says why."""
    message = gettext("You may not see this page with the rights you have.")
    return render(request, "operations/error.html", _around(request, 403, message), status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without anything that could fail again: no database, no session."""
    return HttpResponse(
        _FAILURE % {"id": getattr(request, "request_id", "-")}, status=500, content_type="text/html; charset=utf-8"
    )


_FAILURE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Something went wrong</title><link rel="stylesheet" href="/static/design/css/plain.css">
<main><h1>Something went wrong on our side</h1><p>It has been noted under <code>%(id)s</code>. Please try again.</p>
<h1 lang="fr">Une erreur est survenue de notre côté</h1>
<p lang="fr">Elle est notée sous la référence <code>%(id)s</code>. Merci de réessayer.</p></main></html>"""
