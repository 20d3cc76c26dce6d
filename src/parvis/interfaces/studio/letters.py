"""Mails inside a page of ours: shown as their reader saw them, without being able to do anything here."""

import re

from csp.decorators import csp
from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

# Nothing runs, nothing loads but our own pictures, and only our own pages may hold it.
_ALONE = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "form-action": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'self'"],
}
harmless = csp(_ALONE)
framed = xframe_options_sameorigin
# a signed part is long; the words around it are not
_SIGNED = re.compile(r"(/(?:review|answer|unsubscribe|my-review|appeal|orders|alerts|cart/back)/)[^\s\"'<>/?#&]{12,}")


def hidden_links(words: str) -> str:
    """A mail without the signed parts of its links: they are its reader's alone, and would let whoever looks on write
    in that person's name."""
    return _SIGNED.sub(r"\1…", words)


def document(html: str) -> HttpResponse:
    """The HTML of a mail as a document for a frame."""
    answer = HttpResponse(html)
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
