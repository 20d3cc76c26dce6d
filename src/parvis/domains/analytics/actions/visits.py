"""The secrets behind visit ids: one a day, made when first needed, forgotten within 48 hours."""

import os
from datetime import date, datetime, timedelta

from django.db import connection

from parvis.core.days import day_of
from parvis.domains.analytics.models import DailySalt
from parvis.domains.analytics.rules import privacy

_known: dict[date, bytes] = {}


def visit_of(*, at: datetime, address: str, agent: str) -> str:
    """The visit that something at ``at`` belongs to."""
    salt = _salt(day_of(at))
    return privacy.visit_id(salt=salt, address=address, agent=agent)


def _salt(day: date) -> bytes:
    salt = _known.get(day)
    if salt is None:
        row, _ = DailySalt.objects.get_or_create(day=day, defaults={"salt": os.urandom(privacy.SALT_BYTES)})
        salt = bytes(row.salt)
        if not connection.in_atomic_block:  # a secret that is rolled back must not live on in memory
            _known[day] = salt
            _drop(before=day - timedelta(days=1))
    return salt


def forget_salts(*, at: datetime) -> int:
    """Delete the secrets of days that ended; yesterday's stays for what arrives late. Returns how many went."""
    first_kept = day_of(at) - timedelta(days=1)
    _drop(before=first_kept)
    return DailySalt.objects.filter(day__lt=first_kept).delete()[0]


def _drop(*, before: date) -> None:
    for old in [known for known in _known if known < before]:
        _known.pop(old, None)
