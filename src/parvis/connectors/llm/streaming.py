"""An answer as it is written: server-sent events of an OpenAI-compatible endpoint, bounded in time and size."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from parvis.connectors.llm.transport import CONNECT_SECONDS, MAX_ANSWER_BYTES, Refused
from parvis.core.language_model import ModelUnavailable


def pieces(url: str, *, body: Mapping[str, Any], headers: Mapping[str, str], deadline: float) -> Iterator[str]:
    """The words of the answer as they come, until it ends or ``deadline`` (of ``time.monotonic``).

    Raises :class:`Refused` for a status that says no, :class:`ModelUnavailable` for everything that breaks, also in the
    middle: what came before stands.
    """
    left = deadline - time.monotonic()
    limit = httpx.Timeout(max(left, 0.1), connect=min(CONNECT_SECONDS, max(left, 0.1)))
    size = 0
    try:
        with (
            httpx.Client(follow_redirects=False, trust_env=False, timeout=limit) as client,
            client.stream("POST", url, json={**body, "stream": True}, headers=dict(headers)) as answer,
        ):
            if answer.status_code >= 300:
                raise Refused(reason=f"status {answer.status_code}", status=answer.status_code, told="", retry=False)
            for line in answer.iter_lines():
                size += len(line)
                if time.monotonic() > deadline or size > MAX_ANSWER_BYTES:
                    raise ModelUnavailable(reason="the answer takes too long")
                if line.removeprefix("data:").strip() == "[DONE]":
                    return
                if line.startswith("data:") and (piece := _words(line.removeprefix("data:"))):
                    yield piece
    except httpx.HTTPError as error:
        raise ModelUnavailable(reason=type(error).__name__) from error


def _words(event: str) -> str:
    """The words of one event; "" for those that hold none. What cannot be read ends the answer."""
    try:
        choices = json.loads(event).get("choices") or [{}]
        words = (choices[0].get("delta") or {}).get("content")
    except (ValueError, AttributeError, IndexError, TypeError) as error:
        raise ModelUnavailable(reason="its events cannot be read", retry=False) from error
    return words if isinstance(words, str) else ""
