"""ETags: an answer that has not changed is not sent again, and a change made elsewhere is not overwritten."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.responses import NinjaJSONEncoder

from parvis.core.errors import ParvisError


class Changed(ParvisError):
    """``etag`` is the present one."""

    code = "precondition_failed"
    status = 412
    template = "This has changed since you read it (now %(etag)s): read it again."


def etag_of(content: bytes) -> str:
    """A strong ETag of a body."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def etag_of_value(value: Any) -> str:
    """The ETag that a GET answering ``value`` (plain values) carries."""
    return etag_of(json.dumps(value, cls=NinjaJSONEncoder).encode())


def _listed(header: str) -> list[str]:
    return [part.strip().removeprefix("W/") for part in header.split(",") if part.strip()]


class ConditionalAPI(NinjaAPI):
    """Adds an ETag to every 200 answer of a GET, and answers 304 to a caller that has it."""

    def create_response(
        self, request: HttpRequest, data: Any, *, status: int | None = None, **rest: Any
    ) -> HttpResponse:
        if status is None and "temporal_response" in rest:
            status = rest["temporal_response"].status_code
        response = super().create_response(request, data, status=status, **rest)
        if request.method != "GET" or response.status_code != 200:
            return response
        etag = etag_of(response.content)
        known = _listed(request.headers.get("If-None-Match", ""))
        if etag in known or known == ["*"]:
            response = HttpResponse(status=304)
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return response


def expect(request: HttpRequest, etag: str) -> None:
    """Honour If-Match; raises :class:`Changed` when the caller has read an older state."""
    known = _listed(request.headers.get("If-Match", ""))
    if known and known != ["*"] and etag not in known:
        raise Changed(etag=etag)
