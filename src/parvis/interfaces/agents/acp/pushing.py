"""The shop's products for the feeds of agents' platforms, in the protocol's shape."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.utils.translation import override

from parvis.connectors.agentfeeds import actions, queries
from parvis.connectors.agentfeeds.actions import Busy, Pushed
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.evidence import queries as evidence
from parvis.interfaces.agents.feeds import acp
from parvis.interfaces.agents.feeds.entries import entries

log = structlog.get_logger("parvis.agents")


def documents(language: str) -> Iterator[dict[str, Any]]:
    """Every product that is sold, with its variants and what people say of it."""
    names = evidence.labels(language)
    for entry in entries(language):
        with override(language):
            yield acp.product(entry, language, names)


def push_all() -> dict[int, Pushed]:
    """Push to every feed what changed since the last time; how it went, by feed. One that is being pushed to already is
    left to it, and what goes wrong with one holds up no other."""
    gone: dict[int, Pushed] = {}
    for feed, language in queries.due():
        try:
            gone[feed] = push(feed, language)
        except Busy:
            log.info("a feed is being pushed to already", feed=feed)
        except Exception:
            log.exception("a feed could not be pushed to", feed=feed)
    return gone


def push_one(feed_id: int) -> Pushed:
    """Push to this feed now what changed. Raises NotFound for one that is not there or is switched off, and Busy."""
    language = dict(queries.due()).get(feed_id)
    if language is None:
        raise NotFound(kind="feed", key=feed_id)
    return push(feed_id, language)


def push(feed_id: int, language: str) -> Pushed:
    return actions.push(feed_id=feed_id, products=documents(language), at=now())
