"""Widgets for other sites: made, changed, their code renewed."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from parvis.core.errors import NotFound, ParvisError
from parvis.domains.evidence import queries
from parvis.domains.evidence.contracts import Widget, WidgetKind
from parvis.domains.evidence.models import Widget as Row
from parvis.domains.people import actions as people

MOST_SHOWN = 8


class BadOrigin(ParvisError):
    """``origin`` is not the beginning of a site's address."""

    code = "bad_origin"
    status = 422
    template = "“%(origin)s” is not a site: write https:// and the host, nothing after it."


def make_widget(
    *,
    name: str,
    kind: WidgetKind,
    at: datetime,
    product_id: int | None = None,
    origins: Sequence[str] = (),
    theme: str = "auto",
    shown: int = 6,
    structured: bool = False,
    territory: str = "",
    actor_id: int | None = None,
) -> Widget:  # fmt: skip
    """A new widget. Raises BadOrigin."""
    with transaction.atomic():
        row = Row.objects.create(
            name=name[:80], kind=kind, secret=secrets.token_urlsafe(32), origins=[_origin(each) for each in origins],
            product_id=product_id, theme=theme if theme in ("auto", "light", "dark") else "auto",
            shown=max(1, min(MOST_SHOWN, shown)), structured=structured, territory=territory.upper()[:2],
            created_at=at, changed_at=at,
        )  # fmt: skip
        _note(row.pk, "widget.made", actor_id, at, name=row.name, kind=row.kind)
    return queries.widget(row.pk)


def set_widget_active(*, widget_id: int, active: bool, at: datetime, actor_id: int | None = None) -> None:
    """Switch a widget on or off; switched off it shows nothing, on any site. Raises NotFound."""
    if not Row.objects.filter(id=widget_id).update(active=active, changed_at=at):
        raise NotFound(kind="widget", key=widget_id)
    _note(widget_id, "widget.switched_on" if active else "widget.switched_off", actor_id, at)


def renew_widget(*, widget_id: int, at: datetime, actor_id: int | None = None) -> Widget:
    """A new key: code that was copied before shows nothing any more. Raises NotFound."""
    if not Row.objects.filter(id=widget_id).update(secret=secrets.token_urlsafe(32), changed_at=at):
        raise NotFound(kind="widget", key=widget_id)
    _note(widget_id, "widget.renewed", actor_id, at)
    return queries.widget(widget_id)


def delete_widget(*, widget_id: int, at: datetime, actor_id: int | None = None) -> None:
    """Remove a widget for good. Raises NotFound."""
    if not Row.objects.filter(id=widget_id).delete()[0]:
        raise NotFound(kind="widget", key=widget_id)
    _note(widget_id, "widget.deleted", actor_id, at)


def _origin(typed: str) -> str:
    """A site as browsers write it in Origin. Raises BadOrigin."""
    parts = urlsplit(typed.strip().rstrip("/").lower())
    known = parts.scheme in ("http", "https") and parts.hostname and not parts.path and not parts.query
    if not known or "@" in parts.netloc or parts.fragment or len(typed) > 200:
        raise BadOrigin(origin=typed[:200])
    return f"{parts.scheme}://{parts.netloc}"


def _note(widget_id: int, verb: str, actor_id: int | None, at: datetime, **detail: Any) -> None:
    people.note(actor_id=actor_id, verb=verb, subject_kind="widget", subject_id=widget_id, detail=detail, at=at)
