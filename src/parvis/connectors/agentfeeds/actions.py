"""Push products to a feed: what is new or changed, in batches, and what is no longer sold as not available.

What was taken is written down a batch at a time: a push that stops goes on there the next time, and the same product is
never sent twice unless it changed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from parvis.connectors.agentfeeds.models import Feed, Sent
from parvis.core import outbound, sealed
from parvis.core.errors import Conflict, Invalid, NotFound

log = structlog.get_logger("parvis.agentfeeds")
PURPOSE = "agent-feed-token"
BATCH = 100
LARGEST = 1024 * 1024  # bytes of a batch
DISABLE_AFTER = 100
LEASE = timedelta(hours=1)  # after which another push may begin, whatever became of the one before
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pushed:
    """How many products were sent, how many of them as no longer sold, how many had not changed; ``error`` is empty
    when all went well."""

    sent: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    error: str = ""


class Busy(Conflict):
    """This feed is being pushed to already."""

    code = "feed_busy"
    template = "This feed is being pushed to already."


class _Refused(Exception):
    """The platform did not take it; ``gone``: it knows no such feed."""

    def __init__(self, told: str, *, gone: bool = False) -> None:
        super().__init__(told)
        self.gone = gone


def add(*, url: str, token: str, language: str, country: str = "", at: datetime) -> int:
    """A feed to push to; the same one again gets the new token and is switched on. Raises AddressRefused for what is
    no public https address, Invalid for an unknown language or country."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid(field="language", problem=f"none of {', '.join(dict(settings.LANGUAGES))}")
    if country and not (len(country) == 2 and country.isalpha() and country.isupper()):
        raise Invalid(field="country", problem="give two capital letters, such as FR")
    if not 1 <= len(token) <= 2000 or not token.isprintable():
        raise Invalid(field="token", problem="give the token that the platform has issued")
    root = url.rstrip("/")
    if len(root) > 500:
        raise Invalid(field="url", problem="too long")
    outbound.check(root, allowed=settings.OUTBOUND_ALLOWED)
    fresh = {"sealed_token": sealed.seal(token, purpose=PURPOSE), "active": True, "failures": 0, "error": ""}
    row, _made = Feed.objects.update_or_create(
        url=root, language=language, country=country, defaults=fresh, create_defaults={**fresh, "created_at": at}
    )
    return int(row.pk)


def remove(*, feed_id: int) -> None:
    """Push there no more, and forget what was sent. Raises NotFound."""
    if not Feed.objects.filter(pk=feed_id).delete()[0]:
        raise NotFound(kind="feed", key=feed_id)


def set_active(*, feed_id: int, active: bool) -> None:
    """Push to it again, its failures forgiven, or no more until then. Raises NotFound."""
    if not Feed.objects.filter(pk=feed_id).update(active=active, failures=0):
        raise NotFound(kind="feed", key=feed_id)


def push(*, feed_id: int, products: Iterable[Document], at: datetime) -> Pushed:
    """Send what changed of ``products`` (all that is sold, each with its ``id`` and ``variants``), one push at a time.
    Raises NotFound, :class:`Busy`."""
    feed = _claimed(feed_id, at=at)
    try:
        return _push(feed, products, at=at)
    finally:  # unless it took so long that another push has begun
        Feed.objects.filter(pk=feed_id, busy_until=feed.busy_until).update(busy_until=None)


def _claimed(feed_id: int, *, at: datetime) -> Feed:
    free = Feed.objects.filter(Q(busy_until=None) | Q(busy_until__lte=at), pk=feed_id)
    if not free.update(busy_until=at + LEASE, tried_at=at):
        if Feed.objects.filter(pk=feed_id).exists():
            raise Busy(reason="it is being pushed to")
        raise NotFound(kind="feed", key=feed_id)
    return Feed.objects.get(pk=feed_id)


def _push(feed: Feed, products: Iterable[Document], *, at: datetime) -> Pushed:
    known = dict(Sent.objects.filter(feed=feed).values_list("key", "mark"))
    done = _Count()
    try:
        _make(feed)
        for batch in _batches(_changed(products, known, done)):
            _send(feed, batch)
            done.sent += len(batch)
        for batch in _batches(_gone(feed, done.seen)):
            _send(feed, batch, withdrawn=True)
            done.withdrawn += len(batch)
    except _Refused as refused:
        return _failed(feed, refused, done)
    Feed.objects.filter(pk=feed.pk).update(pushed_at=at, failures=0, error="")
    return Pushed(sent=done.sent, withdrawn=done.withdrawn, unchanged=done.unchanged)


class _Count:
    def __init__(self) -> None:
        self.sent = self.withdrawn = self.unchanged = 0
        self.seen: set[str] = set()


def _changed(products: Iterable[Document], known: Mapping[str, str], done: _Count) -> Iterator[Document]:
    for product in products:
        key = str(product["id"])
        done.seen.add(key)
        if known.get(key) == _mark(product):
            done.unchanged += 1
        else:
            yield product


def _gone(feed: Feed, seen: set[str]) -> Iterator[Document]:
    """What was sent and is no longer sold: a feed knows no deletion, so its variants become unavailable."""
    never = {"available": False, "status": "discontinued"}
    for row in Sent.objects.filter(feed=feed).order_by("key"):
        if row.key not in seen:
            yield {"id": row.key, "variants": [{**each, "availability": never} for each in row.variants]}


def _batches(products: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for product in products:
        weight = len(json.dumps(product, ensure_ascii=False).encode())
        if batch and (len(batch) == BATCH or size + weight > LARGEST):
            yield batch
            batch, size = [], 0
        batch.append(product)
        size += weight
    if batch:
        yield batch


def _make(feed: Feed) -> None:
    if not feed.remote_id:
        answer = _ask(feed, "POST", "/feeds", {"target_country": feed.country} if feed.country else {})
        name = answer.get("id") if isinstance(answer, Mapping) else None
        if not isinstance(name, str) or not 1 <= len(name) <= 200 or not name.isprintable():
            raise _Refused("the platform has made a feed and not said its id")
        feed.remote_id = name
        feed.save(update_fields=["remote_id"])


def _send(feed: Feed, batch: list[Document], *, withdrawn: bool = False) -> None:
    _ask(feed, "PATCH", f"/feeds/{quote(feed.remote_id, safe='')}/products", {"products": batch})
    with transaction.atomic():
        keys = [str(product["id"]) for product in batch]
        if withdrawn:
            Sent.objects.filter(feed=feed, key__in=keys).delete()
            return
        rows = [
            Sent(feed=feed, key=key, mark=_mark(product), variants=_names(product))
            for key, product in zip(keys, batch, strict=True)
        ]
        Sent.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["feed", "key"], update_fields=["mark", "variants"]
        )


def _ask(feed: Feed, method: str, path: str, body: Document) -> Any:
    try:
        token = sealed.unseal(feed.sealed_token, purpose=PURPOSE)
    except sealed.CannotUnseal as error:
        raise _Refused(str(error)) from error
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "User-Agent": "Parvis-Feeds/1",
        "API-Version": "2026-04-17",
    }
    raw = json.dumps(body, ensure_ascii=False).encode()
    send = outbound.post if method == "POST" else outbound.patch
    try:
        reply = send(f"{feed.url}{path}", body=raw, headers=headers, allowed=settings.OUTBOUND_ALLOWED)
    except (httpx.HTTPError, httpx.InvalidURL, outbound.AddressRefused) as error:
        raise _Refused(outbound.told(error)) from error
    if not 200 <= reply.status < 300:
        raise _Refused(f"answered {reply.status}", gone=reply.status == 404 and method == "PATCH")
    try:
        return json.loads(reply.body or b"{}")
    except (ValueError, RecursionError):
        return {}


def _failed(feed: Feed, refused: _Refused, done: _Count) -> Pushed:
    """What was taken stays taken. A feed that is not known any more is made anew the next time, with everything."""
    feed.failures += 1
    feed.error = str(refused)
    feed.active = feed.failures < DISABLE_AFTER
    if refused.gone:
        feed.remote_id = ""
        Sent.objects.filter(feed=feed).delete()
    feed.save(update_fields=["failures", "error", "active", "remote_id"])
    log.warning("a feed was not taken", feed=feed.pk, failures=feed.failures, told=feed.error)
    return Pushed(sent=done.sent, withdrawn=done.withdrawn, unchanged=done.unchanged, error=feed.error)


def _mark(product: Document) -> str:
    text = json.dumps(product, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _names(product: Document) -> list[dict[str, str]]:
    return [{"id": str(each["id"]), "title": str(each["title"])} for each in product["variants"]]
