"""Voices that wait, decided about again after a change of the rules."""

from parvis.interfaces.studio.waiting.views import progress, waiting

__all__ = ["progress", "waiting"]
