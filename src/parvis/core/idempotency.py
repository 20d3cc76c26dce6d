"""A write from outside, done once: the first answer is kept and given again to every retry."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from parvis.core import locks, prepared
from parvis.core.errors import ParvisError
from parvis.core.models import KeptAnswer
from parvis.core.prepared import Given

_KEPT = prepared.Select(lambda: KeptAnswer.objects.filter(scope=Given("scope"), key=Given("key")))
KEPT_FOR = timedelta(hours=24)
# A write outside of a transaction whose worker died is taken up again by the next retry after this time.
LEASE = timedelta(seconds=60)


class KeyReused(ParvisError):
    """The same key came with another body."""

    code = "idempotency_conflict"
    status = 422
    template = "The idempotency key %(key)s was already used for a different request."


class InFlight(ParvisError):
    """The first request under this key is still running."""

    code = "idempotency_in_flight"
    status = 409
    template = "A request with the idempotency key %(key)s is still being carried out."


@dataclass(frozen=True)
class Answer:
    """``status`` and JSON-ready ``body`` of a write; ``replayed`` when it comes from the first time."""

    status: int
    body: Any
    replayed: bool = False


def fingerprint(body: Any) -> str:
    """Hash of a JSON value by meaning: key order does not count, null differs from absent, array order counts."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def once(*, scope: str, key: str, body: Any, at: datetime, act: Callable[[], Answer]) -> Answer:
    """Run ``act`` at most once for (scope, key); a retry gets the kept answer.

    The row is claimed in the same transaction as the write: a crash leaves neither. A second request that arrives
    while the first one runs is told so at once (InFlight) and waits for nobody. Answers of 500 and above are not kept.
    """
    mark = fingerprint(body)
    with transaction.atomic():
        if not locks.try_hold(locks.of(f"{scope}\0{key}")):
            raise InFlight(key=key)
        known = _KEPT.first(scope=scope, key=key)
        if known is not None and known.created_at < at - KEPT_FOR:
            known.delete()
            known = None
        if known is not None:
            if known.fingerprint != mark:
                raise KeyReused(key=key)
            return Answer(status=known.status or 200, body=known.body, replayed=True)
        answer = act()
        if answer.status < 500:
            kept = KeptAnswer(
                scope=scope, key=key, fingerprint=mark, status=answer.status, body=answer.body, created_at=at
            )
            prepared.insert(kept)
        return answer


def once_outside(*, scope: str, key: str, body: Any, at: datetime, act: Callable[[], Answer]) -> Answer:
    """Like :func:`once` for a write that calls an outside service and hence must not run inside a transaction.

    The key is claimed before ``act`` runs and the answer kept after it. When the worker dies in between, a retry runs
    ``act`` again once :data:`LEASE` is over: ``act`` itself must find what was done by the same key (as payments do).
    Raises :class:`KeyReused`, :class:`InFlight`. An ``act`` that raises, or answers 500 and above, frees the key.
    """
    mark = fingerprint(body)
    row = _claim(scope, key, mark, at)
    if isinstance(row, Answer):
        return row
    try:
        answer = act()
    except BaseException:
        _free(row, at)
        raise
    if answer.status >= 500:
        _free(row, at)
    else:
        row.status, row.body = answer.status, answer.body
        prepared.update_where(row, "status", "body", column="created_at", was=at)
    return answer


def _free(row: KeptAnswer, at: datetime) -> None:
    KeptAnswer.objects.filter(id=row.id, status__isnull=True, created_at=at).delete()


def _claim(scope: str, key: str, mark: str, at: datetime) -> Answer | KeptAnswer:
    """The kept answer; the row that holds the key when it is now ours, which its moment tells."""
    fresh = KeptAnswer(scope=scope, key=key, fingerprint=mark, status=None, body=None, created_at=at)
    if prepared.insert_new(fresh):  # most keys come once
        return fresh
    with transaction.atomic():
        if not locks.try_hold(locks.of(f"{scope}\0{key}")):
            raise InFlight(key=key)
        known = _KEPT.first(scope=scope, key=key)
        if known is not None and known.created_at >= at - KEPT_FOR:
            if known.fingerprint != mark:
                raise KeyReused(key=key)
            if known.status is not None:
                return Answer(status=known.status, body=known.body, replayed=True)
            if known.created_at > at - LEASE:
                raise InFlight(key=key)
        row = known or KeptAnswer(scope=scope, key=key)
        row.fingerprint, row.status, row.body, row.created_at = mark, None, None, at
        if known is not None:
            prepared.update(row, "fingerprint", "status", "body", "created_at")
        elif not prepared.insert_new(row):  # freed, and taken by a third one meanwhile
            raise InFlight(key=key)
        return row


def forget(*, before: datetime) -> int:
    """Delete kept answers older than ``before``."""
    return KeptAnswer.objects.filter(created_at__lt=before).delete()[0]
