"""The shop's products for the feeds of agents' platforms, in the protocol's shape."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import override

from parvis.connectors.agentfeeds import actions, queries
from parvis.connectors.agentfeeds.actions import Pushed
from parvis.core.clock import now
from parvis.domains.evidence import queries as evidence
from parvis.interfaces.agents.feeds import acp
from parvis.interfaces.agents.feeds.entries import entries


def documents(language: str) -> Iterator[dict[str, Any]]:
    """Every product that is sold, with its variants and what people say of it."""
    names = evidence.labels(language)
    for entry in entries(language):
        with override(language):
            yield acp.product(entry, language, names)


def push_all() -> dict[int, Pushed]:
    """Push to every feed what changed since the last time; how it went, by feed."""
    return {
        feed: actions.push(feed_id=feed, products=documents(language), at=now()) for feed, language in queries.due()
    }
