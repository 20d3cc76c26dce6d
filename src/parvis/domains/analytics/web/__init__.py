"""Doors for pages: who is asking (:func:`identify`), events told by the server (:func:`note`), the collector's view."""

from parvis.domains.analytics.web.collector import collect
from parvis.domains.analytics.web.requests import Identity, identify, note, visit_of

__all__ = ["Identity", "collect", "identify", "note", "visit_of"]
