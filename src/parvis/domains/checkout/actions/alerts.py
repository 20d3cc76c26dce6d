"""Told when it is there again: asked for by an address, confirmed by its owner, told once, in the order of asking."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext, override

from parvis.core import locks
from parvis.core.errors import Conflict, Invalid, NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product, ProductState, Variant
from parvis.domains.checkout import models
from parvis.domains.checkout.contracts.alerts import AlertState
from parvis.domains.checkout.models.alerts import LIVE
from parvis.domains.messaging import actions as mail
from parvis.domains.messaging.contracts import Purpose
from parvis.domains.people import queries as people

MAIL = "checkout/mail/told"
# Not everybody who is told buys: for each free piece three people are told, the first who asked first. Whoever was
# not told keeps waiting; after a day the next ones are told, while some of it is still there.
TOLD_A_PIECE = 3
TURN = timedelta(hours=24)
# in one transaction; the hourly look tells the rest
TOLD_AT_ONCE = 300
# An address is asked to confirm the same wish once a day, and not for more than so many wishes a day. Anybody can type
# any address: one that has said no is asked once a week, for as long as its no is remembered.
ASK_AGAIN = timedelta(days=1)
ASKED_A_DAY = 6
ASK_AFTER_NO = timedelta(days=7)
# Nobody waits for ever; who never said yes is forgotten soon.
KEPT_FOR = timedelta(days=365)
ENDED_FOR = timedelta(days=30)
UNCONFIRMED_FOR = timedelta(days=7)


class InStock(Conflict):
    """There is nothing to wait for."""

    code = "in_stock"
    template = "%(name)s can be bought now."


@transaction.atomic
def ask_for_alert(
    *, variant_id: int, email: str, customer_id: int | None = None, locale: str, at: datetime
) -> AlertState:
    """An address wants to be told. A signed-in customer's own (confirmed) address waits at once; any other gets one
    mail with a question first, and the answer here is the same whether it was known or not.

    Raises NotFound, Invalid for what is no address, :class:`InStock`.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(field="email", problem="is no e-mail address") from error
    variant, product = _wanted(variant_id, locale)
    owner = people.customer(customer_id) if customer_id is not None else None
    sure = owner is not None and owner.email == address
    known = people.customer_by_email(address)
    row = _row(variant_id, address, known.id if known else None, locale=locale, at=at)
    if row.state == AlertState.WAITING:
        return AlertState.WAITING if sure else AlertState.ASKED
    if sure:
        models.StockAlert.objects.filter(id=row.id).update(state=AlertState.WAITING.value, confirmed_at=at)
        return AlertState.WAITING
    if row.asked_at == at or row.asked_at <= at - ASK_AGAIN:
        _ask(row, product, variant, at=at)
    return AlertState.ASKED


def _wanted(variant_id: int, locale: str) -> tuple[Variant, Product]:
    variant = catalog.variant(variant_id, locale=locale)
    product = catalog.products([variant.product_id], locale=locale)[variant.product_id]
    if variant.archived or product.state is not ProductState.ACTIVE:
        raise NotFound(kind="variant", key=variant_id)
    if variant.available > 0:
        raise InStock(name=product.name, reason="in stock")
    return variant, product


def _row(variant_id: int, address: str, customer_id: int | None, *, locale: str, at: datetime) -> models.StockAlert:
    live = models.StockAlert.objects.filter(variant_id=variant_id, email=address, state__in=LIVE)
    found = live.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return models.StockAlert.objects.create(
                token=secrets.token_urlsafe(24),
                variant_id=variant_id,
                customer_id=customer_id,
                email=address,
                digest=_digest(address),
                locale=locale,
                asked_at=at,
                created_at=at,
            )
    except IntegrityError:  # the same wish at the same moment
        return live.get()


def _ask(row: models.StockAlert, product: Product, variant: Variant, *, at: datetime) -> None:
    """One mail with the question, unless this address was asked often enough, or has said no."""
    others = models.StockAlert.objects.filter(digest=row.digest).exclude(id=row.id)
    no = others.filter(state=AlertState.STOPPED.value).exists()
    if no and others.filter(asked_at__gt=at - ASK_AFTER_NO).exists():
        return
    if others.filter(asked_at__gt=at - ASK_AGAIN).count() >= ASKED_A_DAY:
        return
    models.StockAlert.objects.filter(id=row.id).update(asked_at=at)
    with override(row.locale):
        name = _name(product, variant)
        context = {
            "subject": gettext("Shall we tell you when %(name)s is back?") % {"name": name},
            "paragraphs": [
                gettext(
                    "Somebody, we hope you, asked on our site to be told at this address when %(name)s can be bought"
                    " again. Say yes on the page below. If it was not you, do nothing: nothing more will be sent."
                )
                % {"name": name},
                gettext("One mail when it is back, and nothing else: this is no newsletter."),
            ],
            "url": _address(row),
            "action": gettext("Yes, tell me"),
        }
    mail.send(
        key=f"alert-ask:{row.id}:{at:%Y%m%d}",
        template=MAIL,
        purpose=Purpose.SERVICE,
        to_customer_id=row.customer_id,
        to_email=row.email,
        locale=row.locale,
        context={**context, "stop_url": _address(row), "stop_action": _stop_words(row.locale)},
        stop_url=f"{_address(row)}stop/",
        at=at,
    )


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def _name(product: Product, variant: Variant) -> str:
    return f"{product.name} ({variant.label})" if variant.label else product.name


def _address(row: models.StockAlert) -> str:
    return f"{settings.PUBLIC_URL}/{row.locale}/alerts/{row.token}/"


def confirm_alert(*, token: str, at: datetime) -> None:
    """The owner of the address says yes; saying it again changes nothing. Raises NotFound."""
    if not models.StockAlert.objects.filter(token=token).exists():
        raise NotFound(kind="alert", key="this link")
    models.StockAlert.objects.filter(token=token, state=AlertState.ASKED.value).update(
        state=AlertState.WAITING.value, confirmed_at=at
    )


def stop_alert(*, token: str, at: datetime) -> None:
    """One click ends this and every other live wish of its address, which is forgotten with them. Raises NotFound."""
    row = models.StockAlert.objects.filter(token=token).first()
    if row is None:
        raise NotFound(kind="alert", key="this link")
    models.StockAlert.objects.filter(digest=row.digest, state__in=LIVE).update(
        state=AlertState.STOPPED.value, email="", customer=None
    )


def tell_waiting(*, variant_ids: Iterable[int], at: datetime) -> int:
    """Tell those whose turn it is; returns how many. Any number of workers may run it: each wish is told once."""
    waited = models.StockAlert.objects.filter(variant_id__in=list(variant_ids), state=AlertState.WAITING.value)
    told = 0
    for variant_id in sorted(waited.order_by().values_list("variant_id", flat=True).distinct()):
        told += _tell_variant(variant_id, at=at)
    return told


@transaction.atomic
def _tell_variant(variant_id: int, *, at: datetime) -> int:
    # One worker a variant at a time: two would both count the same room.
    locks.hold(locks.of(f"alerts {variant_id}"))
    variant = catalog.variant(variant_id)
    if variant.available <= 0:
        return 0
    rows = models.StockAlert.objects.select_for_update(of=("self",)).filter(
        variant_id=variant_id, state=AlertState.WAITING.value
    )
    lately = models.StockAlert.objects.filter(variant_id=variant_id, told_at__gt=at - TURN).count()
    room = TOLD_A_PIECE * variant.available - lately
    turn = list(rows.order_by("confirmed_at", "id")[: min(max(0, room), TOLD_AT_ONCE)])
    for locale in sorted({row.locale for row in turn}):
        spoken = catalog.variant(variant_id, locale=locale)
        product = catalog.products([variant.product_id], locale=locale)[variant.product_id]
        if spoken.archived or product.state is not ProductState.ACTIVE:
            return 0
        for row in turn:
            if row.locale == locale:
                _tell(row, product, spoken, at=at)
    return len(turn)


def _tell(row: models.StockAlert, product: Product, variant: Variant, *, at: datetime) -> None:
    with override(row.locale):
        name = _name(product, variant)
        context = {
            "subject": gettext("%(name)s is back") % {"name": name},
            "paragraphs": [
                gettext("You asked to be told: %(name)s can be bought again.") % {"name": name},
                gettext("Nothing is kept for you: others who asked are told too, the first who asked first."),
            ],
            "url": f"{settings.PUBLIC_URL}/{row.locale}/products/{product.slug}/?variant={variant.id}",
            "action": gettext("See it"),
            "stop_words": gettext("You are not told again unless you ask again."),
        }
    mail.send(
        key=f"alert:{row.id}",
        template=MAIL,
        purpose=Purpose.SERVICE,
        to_customer_id=row.customer_id,
        to_email=row.email,
        locale=row.locale,
        context={**context, "stop_url": _address(row), "stop_action": _stop_words(row.locale)},
        stop_url=f"{_address(row)}stop/",
        at=at,
    )
    # The wish is fulfilled: the address is kept no longer than the mail that went to it.
    models.StockAlert.objects.filter(id=row.id).update(state=AlertState.TOLD.value, told_at=at, email="", customer=None)


def _stop_words(locale: str) -> str:
    with override(locale):
        return gettext("No more such mails to this address")


def tell_next(*, at: datetime) -> int:
    """Each hour: those whose turn has come, of all that is waited for."""
    waited = models.StockAlert.objects.filter(state=AlertState.WAITING.value)
    return tell_waiting(variant_ids=list(waited.order_by().values_list("variant_id", flat=True).distinct()), at=at)


def forget_alerts(*, customer_id: int, address_digest: str = "") -> None:
    """A customer was erased: their wishes go, also those of a guest with the address of an order or with their own
    (``address_digest``, as in people.CustomerErased)."""
    addresses = models.Order.objects.filter(customer_id=customer_id).exclude(email="").values_list("email", flat=True)
    digests = [_digest(address) for address in set(addresses)]
    digests += [address_digest] if address_digest else []
    models.StockAlert.objects.filter(Q(customer_id=customer_id) | Q(digest__in=digests)).delete()


def tidy_alerts(*, at: datetime) -> None:
    """Nightly: questions nobody answered and wishes of last year go."""
    models.StockAlert.objects.filter(state=AlertState.ASKED.value, created_at__lt=at - UNCONFIRMED_FOR).delete()
    models.StockAlert.objects.exclude(state__in=LIVE).filter(created_at__lt=at - ENDED_FOR).delete()
    models.StockAlert.objects.filter(created_at__lt=at - KEPT_FOR).delete()
