"""Garments drawn by the project, where a shop would put a photograph (see garment)."""

from django.utils.safestring import SafeString, mark_safe


def garment(kind: str, colour: str = "", seed: int | str = 0) -> SafeString:
    """SVG of a garment of ``kind``."""
    return mark_safe(
        '<svg class="drawing" viewBox="0 0 400 500" role="presentation"><rect width="400" height="500" fill="#e6ddcb"/>'
        '<path d="M150 110h100l60 50-26 50-24-14v200H140V196l-24 14-26-50z" fill="#8a7f69"/></svg>'
    )
