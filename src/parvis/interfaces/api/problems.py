"""Errors as problem+json (RFC 9457): type, title, status, code, detail, and where in the request."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from parvis.core.errors import ParvisError
from parvis.interfaces.api import journal

log = structlog.get_logger("parvis.api")
CONTENT_TYPE = "application/problem+json"
_CODES = {
    400: ("bad_request", "The request cannot be read."),
    401: ("unauthorised", "A token is needed."),
    403: ("forbidden", "Not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not answer to this method; see Allow."),
    413: ("too_large", "The request is too large."),
    500: ("internal", "Something went wrong on our side; it is noted under the request_id."),
    503: ("busy", "Try again in a few seconds."),
}
_PLAIN = (str, int, float, bool, type(None))


class UnknownParameter(ParvisError):
    """``field`` is no parameter of this address; ``allowed`` are."""

    code = "unknown_parameter"
    status = 422
    template = "%(field)s is no parameter of this address. Its parameters: %(allowed)s."


def problem(request: HttpRequest, *, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """One problem document."""
    body = {
        "type": f"urn:parvis:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": getattr(request, "request_id", None),
        **more,
    }
    return HttpResponse(json.dumps(body, default=str), status=status, content_type=CONTENT_TYPE)


def expected(request: HttpRequest, error: Any) -> HttpResponse:
    """An error of ours, with its parameters where they are plain values."""
    params = {key: value for key, value in error.params.items() if isinstance(value, _PLAIN)}
    if error.status >= 500:
        log.error("api failure", code=error.code, told=str(error))
    answer = problem(request, status=error.status, code=error.code, detail=str(error), params=params)
    if error.status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if "retry_after" in error.params:
        answer["Retry-After"] = str(error.params["retry_after"])
    return answer


def invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """A request that does not fit the schema: each place and what is wrong there."""
    first_place = _place(error.errors[0]["loc"]) if error.errors else []
    journal.refused(request, status=422, code="invalid_request", place=first_place)
    errors = [
        {"where": ".".join(_place(each["loc"])), "problem": each["msg"], "kind": each["type"]} for each in error.errors
    ]
    first = errors[0] if errors else {"where": "request", "problem": "cannot be read"}
    detail = f"{first['where']}: {first['problem']}"
    return problem(request, status=422, code="invalid_request", detail=detail, errors=errors)


def _place(place: Sequence[Any]) -> list[str]:
    """The place as the client knows it: "body.lines.0.quantity", without the name of our function's parameter."""
    parts = [str(part) for part in place]
    return [parts[0], *parts[2:]] if len(parts) > 2 and parts[0] in ("body", "query") else parts


def only(request: HttpRequest, *allowed: str) -> None:
    """A query parameter that nobody reads is a slip of the caller; raises :class:`UnknownParameter`."""
    for name in request.GET:
        if name not in allowed:
            raise UnknownParameter(field=name[:60], allowed=", ".join(allowed))


class Problems:
    """Middleware: whatever fails under /api/ answers as a problem, also where no operation was reached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "").startswith(CONTENT_TYPE)
        if response.status_code < 400 or told or not request.path.startswith("/api/"):
            return response
        code, detail = _CODES.get(response.status_code, ("failed", "The request failed."))
        answer = problem(request, status=response.status_code, code=code, detail=detail)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response.headers:
                answer[name] = response.headers[name]
        return answer


def register(api: NinjaAPI) -> None:
    """Answer every kind of failure in the one form."""
    api.add_exception_handler(ParvisError, expected)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(
        Http404, lambda request, _: problem(request, status=404, code="not_found", detail="There is nothing here.")
    )
    api.add_exception_handler(
        PermissionDenied, lambda request, _: problem(request, status=403, code="forbidden", detail="Not allowed.")
    )
    api.add_exception_handler(HttpError, unreadable)


def unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    """A body that is no JSON, and the like."""
    journal.refused(request, status=error.status_code, code="bad_request")
    return problem(request, status=error.status_code, code="bad_request", detail=str(error))
