"""Who reads the page."""

from django.utils.translation import get_language


def locale() -> str:
    """ "fr" or "en"."""
    return "fr" if (get_language() or "").startswith("fr") else "en"
