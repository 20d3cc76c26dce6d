"""A cart that was left: its owner is reminded when they agreed to it, twice at most, and never of what they bought."""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext, override

from parvis.core.errors import Invalid, NotFound, ParvisError
from parvis.domains.checkout import contracts, models, queries
from parvis.domains.checkout.actions.carts import add_to_cart, locked_cart
from parvis.domains.checkout.contracts import LineState
from parvis.domains.checkout.contracts.reminders import REMINDER_CONSENT, ReminderConsent, ReminderState
from parvis.domains.checkout.queries.carts import open_cart
from parvis.domains.checkout.queries.reminders import reminded
from parvis.domains.messaging import actions as mail
from parvis.domains.messaging import queries as mails
from parvis.domains.messaging.contracts import Purpose
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Purpose as Agreed

# The first after some hours, the second some days later; then never again for this cart.
WAITS = (timedelta(hours=4), timedelta(days=3))
# The address is kept no longer than this, whatever became of it.
EMAIL_KEPT_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=400)
# A sale belongs to the reminder whose link brought the buyer back, for a week.
CREDITED_FOR = timedelta(days=7)


@transaction.atomic
def note_reminder(
    *,
    cart_token: str,
    email: str,
    customer_id: int | None = None,
    consent: ReminderConsent = ReminderConsent.BOX,
    locale: str,
    at: datetime,
) -> None:
    """Remember that the owner of a cart agreed to be reminded of it, with the wording they agreed to; each time they
    are seen with it the wait begins anew. An address that ended its reminders is noted no more, unless its signed-in
    owner ticks the box. Raises NotFound without an open cart, Invalid for what is no address."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(field="email", problem="is no e-mail address") from error
    cart = open_cart(cart_token)
    if cart is None:
        raise NotFound(kind="cart", key="this cart")
    owner = people.customer_by_email(address)
    known = models.CartReminder.objects.select_for_update().filter(cart=cart).first()
    if not _welcome(known, address, consent, signed_in=owner is not None and owner.id == customer_id):
        return
    row = known or models.CartReminder(token=secrets.token_urlsafe(24), cart=cart, agreed_at=at)
    waits = row.consent if known is not None and row.state == ReminderState.WAITING else ""
    row.due_at = at + WAITS[row.sent]
    if waits != ReminderConsent.BOX or consent is ReminderConsent.BOX:  # what the box was told stands
        row.email, row.digest, row.locale = address, _digest(address), locale
        row.customer_id = owner.id if owner is not None else customer_id
        row.state = ReminderState.WAITING.value
        row.pieces = cart.lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0
        if waits != consent:
            row.consent, row.agreed_at = consent.value, at
            row.consent_text = REMINDER_CONSENT if consent is ReminderConsent.BOX else ""
    row.save()


def _welcome(known: models.CartReminder | None, address: str, consent: ReminderConsent, *, signed_in: bool) -> bool:
    """Whether this address may be reminded of the cart whose reminder is ``known``. Anybody can type any address: a no
    of its owner is undone by its owner alone."""
    boxed = consent is ReminderConsent.BOX
    if known is not None and known.state not in (ReminderState.WAITING, ReminderState.DROPPED):
        return False  # reminded often enough, or ended
    if known is not None and not known.digest and not boxed:
        return False  # unticked
    ended = models.CartReminder.objects.filter(digest=_digest(address), state=ReminderState.STOPPED.value)
    return (boxed and signed_in) or not ended.exists()


def drop_reminder(*, cart_token: str) -> None:
    """The box was unticked: no more mails about this cart, and nothing of the address is kept. That its customer, whose
    consent to news would count otherwise, has unticked it is remembered."""
    if not reminded(cart_token):
        return
    with transaction.atomic():
        cart = open_cart(cart_token)
        rows = models.CartReminder.objects.filter(cart=cart, state=ReminderState.WAITING.value)
        rows.filter(sent=0, customer=None).delete()
        rows.filter(sent=0).update(state=ReminderState.DROPPED.value, email="", digest="")
        rows.filter(sent__gt=0).update(state=ReminderState.DONE.value, email="")


def send_reminders(*, at: datetime, limit: int = 200) -> int:
    """Send what is due; returns how many mails. Any number of workers may run it."""
    due = models.CartReminder.objects.filter(state=ReminderState.WAITING.value, due_at__lte=at)
    sent = 0
    for found in list(due.order_by("due_at").values_list("id", flat=True)[:limit]):
        with transaction.atomic():
            row = (
                models.CartReminder.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(id=found, state=ReminderState.WAITING.value, due_at__lte=at)
                .first()
            )
            if row is not None:
                sent += _remind(row, at=at)
    return sent


def _remind(row: models.CartReminder, *, at: datetime) -> bool:
    cart = _worth_it(row)
    if cart is None:
        ended = ReminderState.DONE if row.sent else ReminderState.DROPPED
        models.CartReminder.objects.filter(id=row.id).update(state=ended.value, email="")
        return False
    wait = _capped(row, at=at)
    if wait is not None:
        models.CartReminder.objects.filter(id=row.id).update(due_at=wait)
        return False
    _write(row, cart, at=at)
    last = row.sent + 1 >= len(WAITS)
    models.CartReminder.objects.filter(id=row.id).update(
        sent=row.sent + 1,
        sent_at=at,
        due_at=at + WAITS[min(row.sent + 1, len(WAITS) - 1)],
        state=(ReminderState.DONE if last else ReminderState.WAITING).value,
    )
    return True


def _worth_it(row: models.CartReminder) -> contracts.Cart | None:
    """The cart, when something of it can be bought and its owner has not bought meanwhile."""
    held = open_cart(row.cart.token) if row.cart is not None and row.email else None
    if held is None or held.id != row.cart_id:
        return None
    if models.Order.objects.filter(email=row.email, placed_at__gte=row.agreed_at).exists():
        return None
    if row.consent == ReminderConsent.MARKETING and not _agrees(row.customer_id):
        return None
    cart = queries.cart(held.token, locale=row.locale)
    return cart if any(line.state in (LineState.OK, LineState.REDUCED) for line in cart.lines) else None


def _agrees(customer_id: int | None) -> bool:
    if customer_id is None:
        return False
    return bool(people.consent(purpose=Agreed.MARKETING, customer_id=customer_id))


def _capped(row: models.CartReminder, *, at: datetime) -> datetime | None:
    """When the limit of mails that nobody waits for leaves room for this one; None: now. Those of the box are asked
    for, yet count like the others here."""
    limits = mails.limits()
    window = timedelta(days=limits.days)
    recent = list(mails.recent_for([row.digest], at=at))
    others = models.CartReminder.objects.filter(digest=row.digest, sent_at__gt=at - window).exclude(id=row.id)
    recent += [moment for moment in others.values_list("sent_at", flat=True) if moment is not None]
    if len(recent) < limits.messages:
        return None
    return sorted(recent)[-limits.messages] + window


def _write(row: models.CartReminder, cart: contracts.Cart, *, at: datetime) -> None:
    boxed = row.consent == ReminderConsent.BOX
    link = f"{settings.PUBLIC_URL}/{row.locale}/cart/back/{row.token}/"
    with override(row.locale):
        why = (
            gettext("You asked to be reminded of the order you did not finish.")
            if boxed
            else gettext("You left these in your cart, and you agreed to hear from us.")
        )
        last = gettext("This is the last mail about it.") if row.sent else ""
        context = {
            "subject": gettext("Your cart is still there"),
            "paragraphs": [why, gettext("Nothing is kept for you, and today’s prices count.")],
            "items": [
                f"{line.quantity} × {line.name}{', ' + line.size if line.size else ''}"
                for line in cart.lines
                if line.state in (LineState.OK, LineState.REDUCED)
            ],
            "url": link,
            "action": gettext("See my cart"),
            "stop_words": last,
            "stop_url": f"{link}?stop=1",
            "stop_action": gettext("Do not remind me any more"),
        }
    mail.send(
        key=f"cart-reminder:{row.id}:{row.sent + 1}",
        template="checkout/mail/told",
        purpose=Purpose.SERVICE if boxed else Purpose.MARKETING,
        to_customer_id=None if boxed else row.customer_id,
        to_email=row.email if boxed else "",
        locale=row.locale,
        context=context,
        stop_url=f"{link}stop/" if boxed else "",
        at=at,
    )


@transaction.atomic
def come_back(*, token: str, cart_token: str | None, at: datetime, locale: str) -> contracts.Cart:
    """The owner comes back by the link: what was left is put into the cart of this browser, as far as it is still
    there. The answer's ``token`` is what the cookie must hold.

    It is never the token of the cart that was left, which another browser holds: whoever typed somebody else's
    address there would share a cart, and then an order, with them. What is still to be sent is of the new cart.

    Raises NotFound."""
    row = models.CartReminder.objects.select_for_update(of=("self",)).filter(token=token).first()
    held = open_cart(row.cart.token) if row is not None and row.cart is not None else None
    if row is None or held is None:
        raise NotFound(kind="reminder", key="this link")
    if row.back_at is None:
        models.CartReminder.objects.filter(id=row.id).update(back_at=at)
    own = open_cart(cart_token)
    if own is not None and own.id == held.id:
        return queries.cart(own.token, locale=locale)
    own = own or locked_cart(None, currency=held.currency, visit=None, at=at)
    there = set(own.lines.values_list("variant_id", flat=True))
    for line in held.lines.all():
        if line.variant_id not in there:
            with suppress(ParvisError), transaction.atomic():
                add_to_cart(token=own.token, variant_id=line.variant_id, quantity=line.quantity, at=at, locale=locale)
    _follow(row, own)
    return queries.cart(own.token, locale=locale)


def _follow(row: models.CartReminder, cart: models.Cart) -> None:
    if not models.CartReminder.objects.filter(cart=cart).exists():
        models.CartReminder.objects.filter(id=row.id).update(cart=cart)
    elif row.state == ReminderState.WAITING:
        models.CartReminder.objects.filter(id=row.id).update(state=ReminderState.DONE.value, email="")


def stop_reminders(*, token: str) -> None:
    """One click ends this and every other reminder of its address, which is forgotten with them. Raises NotFound."""
    row = models.CartReminder.objects.filter(token=token).first()
    if row is None:
        raise NotFound(kind="reminder", key="this link")
    models.CartReminder.objects.filter(digest=row.digest, state=ReminderState.WAITING.value).update(
        state=ReminderState.STOPPED.value, email=""
    )
    models.CartReminder.objects.filter(id=row.id).exclude(state=ReminderState.BOUGHT.value).update(
        state=ReminderState.STOPPED.value, email=""
    )


def credit_reminders(*, order_ids: Sequence[int]) -> None:
    """These orders are paid: the reminders of their carts, or of their buyers who came back lately, have ended well."""
    for order in models.Order.objects.filter(id__in=list(order_ids)):
        rows = models.CartReminder.objects.filter(order__isnull=True)
        own = rows.filter(cart_id=order.cart_id) if order.cart_id is not None else rows.none()
        back = rows.filter(digest=_digest(order.email), back_at__gt=order.placed_at - CREDITED_FOR)
        for row in (own | back).distinct():
            state = (ReminderState.BOUGHT if row.sent else ReminderState.DROPPED).value
            if row.state == ReminderState.STOPPED:  # a no outlives the purchase
                state = row.state
            models.CartReminder.objects.filter(id=row.id).update(state=state, order_id=order.id, email="")


def forget_reminders(*, customer_id: int, address_digest: str = "") -> None:
    """A customer was erased: their reminders go, also those asked for as a guest with the address of an order or with
    their own (``address_digest``, as in people.CustomerErased)."""
    addresses = models.Order.objects.filter(customer_id=customer_id).exclude(email="").values_list("email", flat=True)
    digests = [_digest(address) for address in set(addresses)]
    digests += [address_digest] if address_digest else []
    models.CartReminder.objects.filter(Q(customer_id=customer_id) | Q(digest__in=digests)).delete()


def tidy_reminders(*, at: datetime) -> None:
    """Nightly: addresses go after a month, the rest after its year of figures."""
    old = models.CartReminder.objects.filter(agreed_at__lt=at - EMAIL_KEPT_FOR).exclude(email="")
    old.filter(state=ReminderState.WAITING.value).update(state=ReminderState.DROPPED.value, email="")
    old.update(email="")
    models.CartReminder.objects.filter(agreed_at__lt=at - KEPT_FOR).delete()


def _digest(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
