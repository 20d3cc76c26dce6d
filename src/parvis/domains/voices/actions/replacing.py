"""One person, one review of a product: a later one takes the place of the earlier one when it becomes public.

What people wrote is never changed. So a person who has learnt more writes anew, the old words stay public until the new
ones are, and are then withdrawn as by their author. Only reviews written in this shop take part: a file that was
imported may hold several by one person, each for a purchase of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext

from parvis.core import locks
from parvis.core.errors import ParvisError
from parvis.domains.voices import models, queries
from parvis.domains.voices.actions.deciding import withdraw
from parvis.domains.voices.actions.telling import tell_of_own
from parvis.domains.voices.contracts import Origin, Reason, VoiceKind, VoiceState
from parvis.domains.voices.queries.voices import reviews_of


class AlreadyReviewed(ParvisError):
    """This address has reviewed the product (``voice_id``), and nothing proves that it is the same person now."""

    code = "already_reviewed"
    status = 409
    template = "This address has already reviewed this product."


def alone_with(*, customer_id: int, product_id: int | None) -> None:
    """One review of a product by a person at a time, until the commit: two windows must not both find none."""
    locks.hold(locks.of(f"review {customer_id} {product_id}"))


def replace_earlier(*, voice_ids: Sequence[int], at: datetime) -> int:
    """These voices are public now: withdraw what the same people had said before of the same products. Returns how many
    were withdrawn; repeating it finds none."""
    ours = models.Voice.objects.filter(origin=Origin.STOREFRONT)
    later = ours.filter(id__in=list(voice_ids), state=VoiceState.PUBLISHED, customer__isnull=False)
    later = later.filter(Q(kind=VoiceKind.REVIEW, product__isnull=False) | reviews_of(None))
    living = ours.filter(state__in=(VoiceState.PUBLISHED, VoiceState.HELD))
    done = 0
    for voice_id, customer_id, product_id in later.order_by("id").values_list("id", "customer_id", "product_id"):
        earlier = living.filter(reviews_of(product_id), customer_id=customer_id, id__lt=voice_id)
        for earlier_id in list(earlier.order_by("id").values_list("id", flat=True)):
            withdraw(voice_id=earlier_id, reason=Reason.AUTHOR_REQUEST, at=at)
            done += 1
    return done


def tell_of_earlier(*, voice_id: int, locale: str, at: datetime) -> None:
    """Somebody wants to review a product again from an address that has: send the way to change the first review to
    that address, at most once a day. Whoever typed it learns nothing more."""
    review = queries.voice(voice_id)
    if review.customer_id is None:
        return
    tell_of_own(
        key=f"voices.again:{voice_id}:{at:%Y%m%d}",
        voice_id=voice_id,
        customer_id=review.customer_id,
        locale=locale,
        write=partial(_again, review.title),
        at=at,
    )


def _again(title: str) -> tuple[str, list[str], str]:
    said = [
        gettext("Somebody has just tried to write a review from your address. You have written it already."),
        *([gettext("Your review is called “%(title)s”.") % {"title": title}] if title else []),
        gettext("Was it you? Here you can see your review, change it or take it back. If not, there is nothing to do."),
    ]
    return gettext("Your review"), said, gettext("See or change my review")
