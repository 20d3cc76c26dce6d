"""Pure decisions about outgoing mail: whether it may go, when, under which id."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parvis.domains.messaging.contracts import Ground, Limits, NoticeKind, Purpose

# Nine tries over about two days, as long as mail servers themselves keep trying.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 7200, 21600, 43200, 86400))
# Longer than any answer of a mail server takes: what is claimed for longer has lost its sender.
LEASE = timedelta(minutes=10)
KEPT_FOR = timedelta(days=180)
# So many mails in a row lost within so long, and the address is taken for dead.
LOST_IN_A_ROW, LOST_WITHIN = 3, timedelta(days=90)
UNSUBSCRIBE_PATH = "/unsubscribe/"
_KEY = re.compile(r"[A-Za-z0-9:._-]{1,150}", re.ASCII)


@dataclass(frozen=True)
class Standing:
    """What is known of a reader at the moment of sending. ``recent``: when mails that count went to them."""

    erased: bool = False
    refused: Ground | None = None
    consents: bool | None = None
    recent: Sequence[datetime] = ()


@dataclass(frozen=True)
class Leave:
    """Send now (both None), never (``ground``), or not before ``until``."""

    ground: Ground | None = None
    until: datetime | None = None


def leave(purpose: Purpose, standing: Standing, *, limits: Limits, expires_at: datetime | None, at: datetime) -> Leave:
    """Whether a mail may go to a reader now.

    Who is erased gets nothing. Service mail is otherwise always sent. The rest needs that it is not refused (and, to
    sell, that it is agreed to) and waits until fewer than ``limits.messages`` went in the last ``limits.days`` days;
    a mail whose time runs out while it waits is not sent.
    """
    ground = _ground(purpose, standing, expires_at=expires_at, at=at)
    free_at = None if ground or purpose is Purpose.SERVICE else _free_at(standing.recent, limits, at)
    if ground is None and free_at is not None and expires_at is not None and free_at >= expires_at:
        ground = Ground.CAPPED
    return Leave(ground=ground, until=None if ground else free_at)


def _ground(purpose: Purpose, standing: Standing, *, expires_at: datetime | None, at: datetime) -> Ground | None:
    """Why it may never go; None when it may, now or later."""
    if standing.erased:
        return Ground.ERASED
    if expires_at is not None and expires_at <= at:
        return Ground.EXPIRED
    if purpose is Purpose.SERVICE:
        return None
    if standing.refused is None and purpose is Purpose.MARKETING and not standing.consents:
        return Ground.NO_CONSENT
    return standing.refused


def _free_at(recent: Sequence[datetime], limits: Limits, at: datetime) -> datetime | None:
    """When there is room for one more; None: now."""
    window = timedelta(days=limits.days)
    inside = sorted(moment for moment in recent if moment > at - window)
    if len(inside) < limits.messages:
        return None
    return inside[-limits.messages] + window


def digest(email: str) -> str:
    """An address as it is remembered after it must be forgotten: enough to know it again, not to write to it.

    Without a key on purpose: a refusal must outlive a change of the installation's key.
    """
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def new_mail_id() -> str:
    """What stands before the @ of a mail's Message-ID: kept with the mail, so that it is the same at every attempt and
    mail servers can tell a repetition."""
    return secrets.token_hex(16)


def notice_kind(action: str, code: str) -> NoticeKind:
    """What a delivery report (RFC 3464) says: its ``Action`` and its enhanced status (RFC 3463).

    Only what speaks of the address itself makes the address dead: 5.1.x (no such mailbox, no such host), 5.2.1 (the
    mailbox is closed) and a bare 5.0.0. A full box, a message too large or a rule of the server loses the mail, not
    its reader.
    """
    if action in ("delivered", "relayed", "expanded") or code.startswith("2."):
        return NoticeKind.DELIVERED
    if action == "delayed" or (code.startswith("4.") and action != "failed"):
        return NoticeKind.DELAYED
    dead = code.startswith("5.1.") or code in ("5.2.1", "5.0.0")
    return NoticeKind.BOUNCED if dead else NoticeKind.LOST


def good_key(key: str) -> bool:
    """Letters, digits and ``:._-`` only, since the key is part of signed addresses."""
    return _KEY.fullmatch(key) is not None
