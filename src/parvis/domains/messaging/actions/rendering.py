"""A mail in the reader's language: subject, plain text and HTML from three templates of one name."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from parvis.domains.messaging.contracts import Purpose, Rendered


def render(
    template: str, context: Mapping[str, Any], *, locale: str, purpose: Purpose, unsubscribe_url: str = ""
) -> Rendered:
    """Render ``template`` ("voices/mail/invitation") from its ``.subject.txt``, ``.txt`` and ``.html``.

    Templates extend ``messaging/mail/base.txt`` and ``base.html``; besides ``context`` they have ``brand``,
    ``public_url``, ``locale``, ``purpose`` and, unless it is service mail, ``unsubscribe_url``.
    """
    given = {
        **context,
        "brand": settings.BRAND,
        "public_url": settings.PUBLIC_URL,
        "locale": locale,
        "purpose": purpose.value,
        "unsubscribe_url": unsubscribe_url,
    }
    with override(locale):
        subject = render_to_string(f"{template}.subject.txt", given)
        text = render_to_string(f"{template}.txt", given)
        html = render_to_string(f"{template}.html", given)
    # one line, or a name with a line feed in it could add headers
    return Rendered(subject=" ".join(subject.split())[:250], text=_tidy(text), html=html.strip() + "\n")


def _tidy(text: str) -> str:
    """No trailing blanks, never more than one empty line."""
    lines: list[str] = []
    for line in (raw.rstrip() for raw in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"
