"""What a widget showed, signed: the browser that reports looks and clicks can add nothing to it.

The ticket is the same all day for the same content, so that the page's ETag is too; it is taken for two days.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing

from parvis.core.errors import ParvisError

_SALT = "parvis.widgets.ticket"
_KEPT = timedelta(days=2)


class BadTicket(ParvisError):
    """The ticket is not ours, or too old."""

    code = "bad_ticket"
    status = 403
    template = "This page was not shown by us, or too long ago."


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """Which widget showed which proofs of which product, in which order of which plan."""

    widget_id: int
    product_id: int
    plan: int
    bucket: int
    locale: str
    voices: tuple[int, ...]


def issue(ticket: Ticket, *, on: date) -> str:
    """The ticket as text for the page."""
    told = [
        on.toordinal(), ticket.widget_id, ticket.product_id, ticket.plan, ticket.bucket, ticket.locale,
        *ticket.voices,
    ]  # fmt: skip
    return signing.Signer(salt=_SALT, sep=".").sign("_".join(["1", *(str(each) for each in told)]))


def read(text: str, *, on: date) -> Ticket:
    """The ticket that ``text`` is. Raises :class:`BadTicket`."""
    try:
        version, day, widget, product, plan, bucket, locale, *voices = (
            signing.Signer(salt=_SALT, sep=".").unsign(text[:2000]).split("_")
        )
        issued = date.fromordinal(int(day))
        ticket = Ticket(
            widget_id=int(widget), product_id=int(product), plan=int(plan), bucket=int(bucket), locale=locale,
            voices=tuple(int(voice) for voice in voices),
        )  # fmt: skip
    except (signing.BadSignature, ValueError, OverflowError) as error:
        raise BadTicket from error
    if version != "1" or not -_KEPT <= issued - on <= timedelta(days=1):
        raise BadTicket
    return ticket
