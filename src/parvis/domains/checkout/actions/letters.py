"""What the buyer is told by mail after the order: in the language of the order, each once under its key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override

from parvis.core.money import Money
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.contracts import LegalKind, Parcel, ParcelState
from parvis.domains.messaging import actions as mail
from parvis.domains.messaging.contracts import Purpose
from parvis.domains.people import queries as people

_TEMPLATE = "checkout/mail/letter"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """``links`` are (words, address) pairs; the first one is the button."""

    subject: str
    paragraphs: Sequence[str]
    lines: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()
    after: Sequence[str] = ()


def send(order: models.Order, *, key: str, write: Callable[[], Letter], at: datetime) -> None:
    """Write to the buyer of an order, once a ``key``. Nobody is written to who was erased."""
    if not order.email:
        return
    reader = people.customer(order.customer_id) if order.customer_id is not None else None
    if reader is not None and reader.erased:
        return
    same = reader is not None and reader.email == order.email
    send_to(
        order.email,
        customer_id=order.customer_id if same else None,
        locale=order.locale,
        key=key,
        write=write,
        at=at,
    )


def send_to(
    email: str, *, customer_id: int | None = None, locale: str, key: str, write: Callable[[], Letter], at: datetime
) -> None:
    """Write to an address, once a ``key``."""
    with override(locale):
        letter = write()
        greeting = gettext("Hello,")
    mail.send(
        key=key,
        template=_TEMPLATE,
        purpose=Purpose.SERVICE,
        to_customer_id=customer_id,
        to_email="" if customer_id is not None else email,
        locale=locale,
        context={
            "subject": letter.subject,
            "greeting": greeting,
            "paragraphs": list(letter.paragraphs),
            "lines": list(letter.lines),
            "links": [{"words": words, "url": url} for words, url in letter.links],
            "after": list(letter.after),
        },
        at=at,
    )


def order_url(order: models.Order, part: str = "") -> str:
    """The buyer's own page of an order, whose token is its key."""
    return f"{settings.PUBLIC_URL}/{_language(order.locale)}/orders/{order.token}/{part}"


def _language(locale: str) -> str:
    return "fr" if locale == "fr" else "en"


def amount(money: Money, locale: str) -> str:
    """An amount as it is read in a language."""
    units = money.amount_minor / 10 ** get_currency_precision(money.currency)
    text: str = format_currency(units, money.currency, locale=_language(locale))
    return text


def day(moment: datetime, locale: str) -> str:
    """The day of a moment, in the shop's time zone."""
    text: str = format_date(timezone.localtime(moment).date(), format="long", locale=_language(locale))
    return text


def named(order: models.Order, pieces: dict[int, int]) -> list[str]:
    """The lines of an order with pieces of each, in words: "2 × Linen dress, S, sand"."""
    found = []
    for line in order.lines.all():
        if quantity := pieces.get(line.id, 0):
            parts = [part for part in (line.name, line.size, line.colour) if part]
            found.append(f"{quantity} × {', '.join(parts)}")
    return found


# -- the order ----------------------------------------------------------------------------------------------------


def of_order(order: models.Order, *, at: datetime) -> None:
    """The order is paid: what was bought, what it cost, and how to change one's mind, on a durable medium."""
    total = Money(order.total_minor, order.currency)

    def write() -> Letter:
        links = [(gettext("See your order"), order_url(order))]
        if queries.seller().complete:
            links.append((gettext("Download the invoice (PDF)"), order_url(order, "invoice.pdf")))
        links.append((gettext("Withdraw from the contract"), order_url(order, "return/")))
        return Letter(
            subject=gettext("Your order %(number)s") % {"number": order.number},
            paragraphs=[
                gettext("Thank you for your order. It is paid: %(total)s.") % {"total": amount(total, order.locale)}
            ],
            lines=named(order, {line.id: line.quantity for line in order.lines.all()}),
            links=links,
            after=[
                gettext(
                    "You may change your mind within %(days)d days of the last parcel coming in, without a reason; "
                    "some sealed or personalised goods are excepted, as their pages say. We answer for goods that are "
                    "not as they should be for two years."
                )
                % {"days": queries.return_policy().days},
                *_agreed_texts(order),
            ],
        )

    send(order, key=f"checkout.order:{order.id}:paid", write=write, at=at)


def _agreed_texts(order: models.Order) -> list[str]:
    """The terms and the form of withdrawal as they were agreed to, in full: a link alone would be no durable medium."""
    entry = order.trail.filter(kind="agreed").first()
    versions = entry.detail.get("versions", {}) if entry is not None else {}
    texts: list[str] = []
    for kind in (LegalKind.TERMS, LegalKind.WITHDRAWAL):
        found = {text.version: text for text in queries.legal_versions(kind)}.get(versions.get(kind.value, 0))
        if found is not None:
            texts.extend(block.removeprefix("# ") for block in found.text(_language(order.locale)).split("\n\n"))
    return texts


def of_refund(order: models.Order, refund: models.Refund, *, at: datetime) -> None:
    """Money went back; for a return, with what the team answered (why it is less)."""
    total = Money(refund.amount_minor, order.currency)
    answer = models.Return.objects.filter(refund=refund).values_list("answer", flat=True).first()

    def write() -> Letter:
        return Letter(
            subject=gettext("A refund for your order %(number)s") % {"number": order.number},
            paragraphs=[
                gettext("We have given back %(amount)s by the way you paid. Banks take a few days to show it.")
                % {"amount": amount(total, order.locale)},
                *([answer] if answer else []),
            ],
            lines=named(order, {int(line_id): pieces for line_id, pieces in refund.lines.items()}),
            links=[(gettext("See your order"), order_url(order))],
        )

    send(order, key=f"checkout.refund:{refund.id}", write=write, at=at)


# -- parcels ------------------------------------------------------------------------------------------------------

_ON_THE_WAY = (ParcelState.HANDED_OVER, ParcelState.IN_TRANSIT, ParcelState.OUT_FOR_DELIVERY)


def of_parcel(order: models.Order, parcel: Parcel, *, at: datetime) -> None:
    """A parcel has left, waits to be collected, has arrived, or could not be handed over. Steps that were overtaken are
    not told of."""
    kind = "shipped" if parcel.state in _ON_THE_WAY else parcel.state.value
    subjects = {
        "shipped": lambda: (
            gettext("Your order %(number)s is on its way"),
            gettext("A parcel of your order has left."),
        ),
        ParcelState.READY_FOR_COLLECTION.value: lambda: (
            gettext("Your order %(number)s can be collected"),
            gettext("Your parcel waits for you: %(place)s."),
        ),
        ParcelState.DELIVERED.value: lambda: (
            gettext("Your order %(number)s has arrived"),
            gettext("A parcel of your order was delivered. Is something missing or not right? Tell us on its page."),
        ),
        ParcelState.FAILED.value: lambda: (
            gettext("A parcel of your order %(number)s could not be delivered"),
            gettext("The carrier tries again, or keeps it for you: its page says where and until when."),
        ),
        ParcelState.RETURNED.value: lambda: (
            gettext("A parcel of your order %(number)s comes back to us"),
            gettext("The carrier could not hand it over. We look into it and write to you: nothing is lost."),
        ),
    }
    if kind not in subjects:
        return

    def write() -> Letter:
        subject, words = subjects[kind]()
        place = ", ".join(part for part in (order.address.get("line1"), order.address.get("city")) if part)
        links = [(gettext("See your order"), order_url(order))]
        paragraphs = [words % {"place": place} if "%(place)s" in words else words]
        if parcel.tracking:
            named_by = f"{parcel.carrier_name} {parcel.tracking}".strip()
            paragraphs.append(gettext("Parcel: %(number)s") % {"number": named_by})
        if parcel.tracking_url and kind in ("shipped", ParcelState.FAILED.value):
            links.append((gettext("Follow the parcel"), parcel.tracking_url))
        return Letter(
            subject=subject % {"number": order.number},
            paragraphs=paragraphs,
            lines=named(order, dict(parcel.lines)),
            links=links,
        )

    send(order, key=f"checkout.parcel:{parcel.id}:{kind}", write=write, at=at)
