"""Answers in the protocol's forms: an envelope around what was asked for, or around what went wrong; signed."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from parvis.core import message_signatures as signatures
from parvis.core import signing_keys
from parvis.core.errors import ParvisError
from parvis.interfaces.agents.ucp import problems

JSON = "application/json"
RECOVERABLE, UNRECOVERABLE = "recoverable", "unrecoverable"
BUYER_INPUT, BUYER_REVIEW = "requires_buyer_input", "requires_buyer_review"
# Errors of the transport that have the form of the envelope: the request itself cannot be worked with.
_ENVELOPED = (problems.BadRequest, problems.TooLarge, problems.CapabilitiesIncompatible)


class Failed(ParvisError):
    """A business outcome: nothing can be shown or made. ``reason`` is for the buyer, in their language."""

    code = "failed"
    status = 200
    template = "%(reason)s"

    def __init__(self, told: str, reason: str, *, severity: str = UNRECOVERABLE, status: int = 200) -> None:
        super().__init__(reason=reason)
        self.told, self.severity, self.answered = told, severity, status


def error(code: str, content: str, *, severity: str, path: str = "") -> dict[str, Any]:
    """A message that stands in the way."""
    return {"type": "error", "code": code, "content": content, "severity": severity} | ({"path": path} if path else {})


def warning(code: str, content: str, *, path: str = "") -> dict[str, Any]:
    """A message that the buyer must see."""
    return {"type": "warning", "code": code, "content": content} | ({"path": path} if path else {})


def info(code: str, content: str, *, path: str = "") -> dict[str, Any]:
    """A message that the buyer may see."""
    return {"type": "info", "code": code, "content": content} | ({"path": path} if path else {})


def metadata(
    version: str, capabilities: Mapping[str, Any], *, status: str = "success", handlers: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The object ``ucp`` of an answer; ``handlers`` of payments for checkouts only."""
    told: dict[str, Any] = {"version": version, "status": status, "capabilities": dict(capabilities)}
    return told if handlers is None else told | {"payment_handlers": dict(handlers)}


def failure(version: str, capabilities: Mapping[str, Any], failed: ParvisError) -> tuple[int, dict[str, Any]]:
    """A business outcome, or a request that cannot be worked with, in the envelope."""
    code, severity, status = failed.code, UNRECOVERABLE, failed.status
    if isinstance(failed, Failed):
        code, severity, status = failed.told, failed.severity, failed.answered
    elif status == 400:
        severity = RECOVERABLE
    body = {
        "ucp": metadata(version, capabilities, status="error"),
        "messages": [error(code, str(failed), severity=severity, path=str(failed.params.get("path", "")))],
        "continue_url": f"{settings.PUBLIC_URL}/",
    }
    return status, body


def is_enveloped(failed: ParvisError) -> bool:
    """Whether an error has the form of the envelope; others are told by code and content alone."""
    return isinstance(failed, (Failed, *_ENVELOPED))


def refusal(failed: ParvisError) -> tuple[int, dict[str, Any]]:
    """An error of the protocol: who calls, how it is signed, how often."""
    return failed.status, {"code": failed.code, "content": str(failed), "continue_url": f"{settings.PUBLIC_URL}/"}


def response(status: int, body: Mapping[str, Any], *, at: datetime, retry_after: int | None = None) -> HttpResponse:
    """The answer as JSON, bound by its digest and signed."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"content-type": JSON, "content-digest": signatures.digest(content)}
    message = signatures.HttpMessage(headers, content, status=status)
    cover = ("@status", "content-digest", "content-type")
    signed = signatures.sign(message, key=signing_keys.current(at=at), cover=cover, at=at)
    answer = HttpResponse(content, status=status, content_type=JSON)
    for name, value in {"Content-Digest": headers["content-digest"], **signed}.items():
        answer[name] = value
    answer["Cache-Control"] = "no-store"
    if retry_after is not None:
        answer["Retry-After"] = str(retry_after)
    return answer
