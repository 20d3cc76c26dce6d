"""Words for people: errors, states, declines and the trail, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any

from babel.numbers import format_currency, get_currency_precision
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from parvis.core.errors import ParvisError
from parvis.core.limits import TooMany
from parvis.core.money import Money
from parvis.domains.checkout.actions import (
    AlreadyPlaced,
    CartFull,
    EmptyCart,
    LinesBlocked,
    NotEnough,
    OutOfStock,
    PriceMoved,
    TooManyDeclines,
)
from parvis.domains.checkout.contracts import LineState, OrderState, StepState
from parvis.domains.checkout.ports import BadCard, PaymentUnavailable
from parvis.domains.checkout.rules.addresses import AddressProblem

Words = str | Promise

STATES: Mapping[OrderState, Words] = {
    OrderState.AWAITING_PAYMENT: _("Waiting for payment"),
    OrderState.PAID: _("Paid, being prepared"),
    OrderState.SHIPPED: _("On its way"),
    OrderState.DELIVERED: _("Delivered"),
    OrderState.CANCELLED: _("Cancelled"),
    OrderState.PARTLY_REFUNDED: _("Partly refunded"),
    OrderState.REFUNDED: _("Refunded"),
}

DECLINES: Mapping[str, Words] = {
    "card_declined": _("Your bank has declined this card. Try another one."),
    "insufficient_funds": _("There is not enough money on this card. Try another one."),
    "expired_card": _("This card has expired. Try another one."),
    "incorrect_cvc": _("The security code is not right. Check it and try again."),
    "processing_error": _("The bank could not be reached. Try again in a moment."),
    "authentication_failed": _("The payment was not confirmed with your bank. You can try again."),
    "wallet_refused": _("The payment was not confirmed in your wallet. You can try again."),
}

CARD_PROBLEMS: Mapping[tuple[str, str], Words] = {
    ("number", "missing"): _("Type the number on the card."),
    ("number", "invalid"): _("This number is not right: a digit may be missing or mistyped."),
    ("number", "not_a_test_card"): _(
        "This shop only tries payments out: take a test card such as 4242 4242 4242 4242, never a real one."
    ),
    ("number", "forgotten"): _("This card is no longer kept. Type it again."),
    ("expiry", "missing"): _("Type the expiry date as on the card, such as 09/29."),
    ("expiry", "invalid"): _("Type the expiry date as on the card, such as 09/29."),
    ("expiry", "past"): _("This card has expired."),
    ("cvc", "missing"): _("Type the security code: 3 digits on the back, 4 on the front of American Express."),
    ("cvc", "invalid"): _("Type the security code: 3 digits on the back, 4 on the front of American Express."),
}

ADDRESS_PROBLEMS: Mapping[AddressProblem, Words] = {
    AddressProblem.MISSING: _("This is needed for the parcel to arrive."),
    AddressProblem.TOO_LONG: _("This is too long for a label."),
    AddressProblem.POSTCODE: _("This postcode does not exist in this country. Example: %(example)s"),
    AddressProblem.COUNTRY: _("We do not ship to this country."),
    AddressProblem.PHONE: _("Type a telephone number with digits, such as +33 6 12 34 56 78."),
    AddressProblem.CHARACTERS: _("There is a character in it that cannot be printed."),
}

LINES: Mapping[LineState, Words] = {
    LineState.SOLD_OUT: _("Sold out"),
    LineState.ARCHIVED: _("No longer sold"),
}

STEPS: Mapping[StepState, Words] = {
    StepState.PAID: _("Thank you: your order is paid."),
    StepState.PROCESSING: _("Your bank has agreed. The payment is being completed; you need not do anything."),
    StepState.ACTION_REQUIRED: _("Your bank asks you to confirm the payment."),
    StepState.CANCELLED: _("This order was cancelled and you were not charged."),
    StepState.REFUNDED: _(
        "Your payment came after the time to pay, and the articles are sold out now. "
        "You are refunded in full; you need not do anything."
    ),
}

TRAIL: Mapping[str, Words] = {
    "placed": _("Order placed"),
    "agreed": _("Texts in force when it was ordered"),
    "payment_action_required": _("The bank asks the shopper to confirm"),
    "payment_declined": _("Card declined"),
    "payment_authorised": _("The bank has agreed"),
    "payment_capture_failed": _("The payment could not be taken"),
    "payment_cancelled": _("Payment closed at the bank"),
    "paid": _("Paid"),
    "paid_late": _("Paid after its time; the articles were still there"),
    "late_payment": _("Paid after its time; the articles had gone, so it is refunded"),
    "cancelled": _("Cancelled"),
    "expired": _("Not paid in time; the articles are on sale again"),
    "preorder_moved": _("What was ordered ahead comes on another day"),
    "shipped": _("Shipped"),
    "delivered": _("Delivered"),
    "refunded": _("Refunded"),
    "refund_failed": _("The bank refused the refund"),
    "refund_bounced": _("Your bank sent the refund back; we take care of it"),
    "erasure_asked": _("The customer asked to be forgotten"),
}


def amount(money: Money, locale: str | None = None) -> str:
    """An amount as it is read: "89,00 €" in French, "€89.00" in English."""
    units = money.amount_minor / 10 ** get_currency_precision(money.currency)
    text: str = format_currency(units, money.currency, locale=(locale or get_language() or "en")[:2])
    return text


def state_words(state: OrderState) -> str:
    return str(STATES[state])


def trail_words(kind: str) -> str:
    """What a trail entry says; an unknown kind says itself."""
    return str(TRAIL.get(kind, kind))


def decline_words(code: str) -> str:
    """Why a card was declined and what to do; banks rarely say more than this."""
    return str(DECLINES.get(code, DECLINES["card_declined"]))


def step_words(state: StepState) -> str:
    return str(STEPS.get(state, ""))


def address_words(problem: AddressProblem, example: str) -> str:
    words = str(ADDRESS_PROBLEMS[problem])
    return words % {"example": example} if "%(example)s" in words else words


def _hindered(error: Any) -> str:
    """Why a card is not tried now, without a word that helps those who try stolen ones."""
    if error.params["why"] == "patience":
        seconds = int(error.params["retry_after"])
        words = ngettext(
            "Several cards were declined. Wait %(seconds)d second, then try again.",
            "Several cards were declined. Wait %(seconds)d seconds, then try again.",
            seconds,
        )
        return words % {"seconds": seconds}
    if error.params["why"] == "crowd":
        return gettext("Several cards are being tried here at this moment. Wait a few seconds, then try again.")
    if error.params["why"] in ("card", "bank"):
        return gettext("This card was declined too often. Use another one, or try this one again in an hour.")
    return gettext("Too many cards were declined here. Nothing was charged. Try again in an hour, or write to us.")


def _not_enough(error: Any) -> str:
    left, name = error.params["available"], error.params["name"]
    if left <= 0:
        return gettext("%(name)s is sold out in this size.") % {"name": name}
    words = ngettext("Only %(left)d of %(name)s is left.", "Only %(left)d of %(name)s are left.", left)
    text = words % {"left": left, "name": name}
    return (
        text + " " + gettext("Your cart has %(count)d of it.") % {"count": error.params["in_cart"]}
        if error.params["in_cart"]
        else text
    )


def _out_of_stock(error: Any) -> str:
    if all(line.available <= 0 for line in error.shortages):
        return gettext("Somebody was faster: these articles have just sold out.")
    return gettext("Somebody was faster: fewer are left than you wanted.")


def _price_moved(error: Any) -> str:
    told = [
        gettext("%(name)s: %(old)s before, %(new)s now")
        % {"name": line.name, "old": amount(line.price_seen), "new": amount(line.unit)}
        for line in error.lines
    ]
    return gettext("A price has changed since you put it in your cart. %(list)s.") % {"list": "; ".join(told)}


def _card(error: Any) -> str:
    key = (error.params["field"], error.params["problem"])
    return str(CARD_PROBLEMS.get(key, CARD_PROBLEMS["number", "invalid"]))


_EXPLAINED: tuple[tuple[type[ParvisError], Callable[[Any], str]], ...] = (
    (NotEnough, _not_enough),
    (OutOfStock, _out_of_stock),
    (PriceMoved, _price_moved),
    (BadCard, _card),
    (EmptyCart, lambda _error: gettext("Your cart is empty.")),
    (AlreadyPlaced, lambda error: gettext("You have ordered this already: %(number)s.") % error.params),
    (LinesBlocked, lambda _error: gettext("Some articles of your cart can no longer be ordered as they stand.")),
    (CartFull, lambda error: gettext("At most %(limit)d of one article fit in a cart.") % error.params),
    (TooManyDeclines, _hindered),
    (TooMany, lambda _error: gettext("That was often. Wait a minute before you try another card.")),
    (
        PaymentUnavailable,
        lambda _error: gettext("The bank does not answer. You were not charged; try again in a moment."),
    ),
)


def explain(error: ParvisError) -> str:
    """The error in the reader's words; what has no words of its own says that it did not work."""
    for kind, words in _EXPLAINED:
        if isinstance(error, kind):
            return words(error)
    return gettext("This did not work. Reload the page and try again.")
