"""What a request says of its sender, and events that a page tells by itself."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

from parvis.domains.analytics import actions
from parvis.domains.analytics.contracts import CONSENT_COOKIE, VISITOR_COOKIE, Event, Kind
from parvis.domains.analytics.rules import bots, privacy


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What may be kept of the sender. ``visitor`` only with consent; ``new_visitor``: its cookie is still to be set;
    ``unwanted_visitor``: a visitor cookie is there without consent and is to be deleted."""

    address: str
    agent: str
    device: str
    visitor: str | None
    new_visitor: bool
    unwanted_visitor: bool
    private: bool
    bot_sign: str


def identify(request: HttpRequest) -> Identity:
    """Read the sender from the headers and cookies of ``request``; touches no database."""
    meta = request.META
    agent = meta.get("HTTP_USER_AGENT", "")[:500]
    private = privacy.refused_by_signal(meta)
    agreed = "analytics" in privacy.purposes(request.COOKIES.get(CONSENT_COOKIE, "")) and not private
    cookie = request.COOKIES.get(VISITOR_COOKIE)
    known = privacy.known_visitor(cookie) if cookie and agreed else None
    sign = bots.agent_sign(
        agent, language=meta.get("HTTP_ACCEPT_LANGUAGE", ""), fetch_site=meta.get("HTTP_SEC_FETCH_SITE", "")
    )
    return Identity(
        address=privacy.client_address(meta, proxies=settings.TRUSTED_PROXIES),
        agent=agent,
        device=bots.device(agent),
        visitor=known or (secrets.token_urlsafe(16) if agreed else None),
        new_visitor=agreed and known is None,
        unwanted_visitor=cookie is not None and not agreed,
        private=private,
        bot_sign=sign or "",
    )


def visit_of(request: HttpRequest, *, at: datetime) -> str:
    """The visit that ``request`` belongs to: what checkout carries from cart to order."""
    who = identify(request)
    return actions.visit_of(at=at, address=who.address, agent=who.agent)


def note(request: HttpRequest, kind: Kind, *, at: datetime, **fields: Any) -> None:
    """Record one event that the server knows of (an ask, a page without JavaScript …), in the caller's transaction.

    ``fields`` are those of :class:`contracts.Event` (``product_id``, ``voice_ids``, ``surface``, ``answered`` …).
    """
    who = identify(request)
    referrer = urlsplit(request.META.get("HTTP_REFERER", "")).hostname or ""
    event = Event(
        id=uuid4(),
        kind=kind,
        at=at,
        visit=actions.visit_of(at=at, address=who.address, agent=who.agent),
        visitor=None if who.new_visitor else who.visitor,
        path=request.path,
        referrer="" if who.private or referrer == request.get_host().partition(":")[0] else referrer,
        locale=(getattr(request, "LANGUAGE_CODE", "") or "")[:2],
        device=who.device,
        bot=bool(who.bot_sign),
        bot_sign=who.bot_sign,
        **fields,
    )
    actions.record([event], at=at)
