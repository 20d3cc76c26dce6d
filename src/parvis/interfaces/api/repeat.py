"""Writes under an Idempotency-Key: the retry of a program gets the first answer, and nothing is done twice."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from parvis.core import idempotency
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.core.idempotency import Answer
from parvis.interfaces.api.auth import caller


class KeyRequired(ParvisError):
    """A write that is not repeatable by nature came without a key."""

    code = "idempotency_key_required"
    status = 400
    template = "Send an Idempotency-Key header (up to 255 characters, new for each intended write)."


_BODY = object()


def once(request: HttpRequest, act: Callable[[], tuple[int, Any]], *, sent: Any = _BODY) -> HttpResponse:
    """Run ``act`` -> (status, body) once for this token, address and key; the body may be a Schema or plain values.

    ``sent`` is what the retry must send again, as plain values: the body, where it is JSON; else digests of files.
    """
    return _told(idempotency.once, request, act, sent)


def once_outside(request: HttpRequest, act: Callable[[], tuple[int, Any]]) -> HttpResponse:
    """The same for writes that call an outside service, hence not inside a transaction (core.idempotency)."""
    return _told(idempotency.once_outside, request, act, _BODY)


def own_key(request: HttpRequest) -> str:
    """The key of this write as domains keep it: of this token alone, and as short as they want it whatever was sent."""
    digest = hashlib.sha256(request.headers.get("Idempotency-Key", "").encode()).hexdigest()
    return f"api:{caller(request).id}:{digest}"


def _told(
    run: Callable[..., Answer], request: HttpRequest, act: Callable[[], tuple[int, Any]], sent: Any
) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= 255:
        raise KeyRequired
    if sent is _BODY:
        sent = json.loads(request.body) if request.body else None
    scope = f"api:{caller(request).id}:{request.method}:{request.path}"[:200]

    def answer() -> Answer:
        status, body = act()
        return Answer(status=status, body=_plain(body))

    done = run(scope=scope, key=key, body=sent, at=now(), act=answer)
    content = "" if done.body is None else json.dumps(done.body, ensure_ascii=False)
    response = HttpResponse(content, status=done.status, content_type="application/json")
    if done.replayed:
        response["Idempotent-Replayed"] = "true"
    return response


def _plain(body: Any) -> Any:
    value = body.model_dump(mode="json") if isinstance(body, Schema) else body
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
