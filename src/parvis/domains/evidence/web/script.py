"""Structured data inside a page."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.safestring import SafeString, mark_safe

# What could end the script element, begin a comment or end a line of a script: people's words may hold any of it.
_ESCAPED = tuple((each.encode(), b"\\u%04x" % ord(each)) for each in "<>&\u2028\u2029")


def ld_json(data: Mapping[str, Any]) -> SafeString:
    """``data`` as a script element of type application/ld+json. Inside JSON the escapes stand only in strings, where
    they mean the same characters."""
    text = orjson.dumps(data)
    for character, escape in _ESCAPED:  # several times faster than str.translate on long pages
        text = text.replace(character, escape)
    return mark_safe(f'<script type="application/ld+json">{text.decode()}</script>')  # noqa: S308 - escaped above
