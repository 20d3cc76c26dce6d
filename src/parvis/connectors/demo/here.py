"""Whether this shop is the demonstration."""

from django.core.cache import cache

from parvis.connectors.demo.models import Milestone

_KEY, _KEPT = "demo.here", 60


def here() -> bool:
    """Whether any step of the demo was done here; asked with every page, hence kept for a minute."""
    known: bool | None = cache.get(_KEY)
    if known is None:
        known = Milestone.objects.exists()
        cache.set(_KEY, known, _KEPT)
    return known
