"""Errors as problem+json (RFC 9457): type, title, status, code, detail, and where in the request."""

import json
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from parvis.core.errors import ParvisError

log = structlog.get_logger("parvis.api")
CONTENT_TYPE = "application/problem+json"
_PLAIN = (str, int, float, bool, type(None))


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
    errors = [
        {"where": ".".join(str(part) for part in each["loc"]), "problem": each["msg"], "kind": each["type"]}
        for each in error.errors
    ]
    first = errors[0] if errors else {"where": "request", "problem": "cannot be read"}
    detail = f"{first['where']}: {first['problem']}"
    return problem(request, status=422, code="invalid_request", detail=detail, errors=errors)


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
    return problem(request, status=error.status_code, code="bad_request", detail=str(error))
