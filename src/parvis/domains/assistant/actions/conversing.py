"""Conversations begin, and become their owner's when she signs in."""

import secrets
from datetime import datetime

from django.db import transaction

from parvis.domains.assistant import models
from parvis.domains.assistant.contracts import Surface


def begin(
    *,
    locale: str,
    surface: Surface,
    at: datetime,
    customer_id: int | None = None,
    product_id: int | None = None,
    origin: str = "",
) -> str:
    """A new conversation; returns its token, which is the key to it. ``origin`` names the program that asks by API."""
    row = models.Conversation.objects.create(
        token=secrets.token_urlsafe(24),
        locale=locale,
        surface=surface.value,
        customer_id=customer_id,
        product_id=product_id,
        started_at=at,
        last_at=at,
        origin=origin[:60],
    )
    return row.token


def begin_once(*, token: str, locale: str, surface: Surface, at: datetime, customer_id: int | None = None) -> None:
    """The conversation of a token that a page has already given to its browser: two windows begin the same one."""
    models.Conversation.objects.bulk_create(
        [
            models.Conversation(
                token=token, locale=locale, surface=surface.value, customer_id=customer_id, started_at=at, last_at=at
            )
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def adopt(*, token: str, customer_id: int) -> bool:
    """The conversation of a visitor who signed in becomes the customer's. False when it is somebody else's."""
    moved = models.Conversation.objects.filter(token=token, customer=None).update(customer_id=customer_id)
    return bool(moved) or models.Conversation.objects.filter(token=token, customer_id=customer_id).exists()
