"""Structured data inside a page."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# What could end the script element, begin a comment or end a line of a script: people's words may hold any of it.
_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def ld_json(data: Mapping[str, Any]) -> SafeString:
    """``data`` as a script element of type application/ld+json. Inside JSON the escapes stand only in strings, where
    they mean the same characters."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above
