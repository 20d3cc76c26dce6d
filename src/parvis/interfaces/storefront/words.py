"""Troubles of a purchase or a voice, said in the reader's language and with a way out."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext

from parvis.core.errors import ParvisError
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.checkout.ports import BadCard
from parvis.domains.checkout.rules.addresses import AddressProblem, Fault
from parvis.domains.people.contracts import Purpose
from parvis.domains.voices.contracts import Reason, VoiceState


def told(error: ParvisError) -> str:
    """The message of an expected error in the reader's language."""
    text = gettext(error.template)
    return text % error.params if error.params else text


def trouble(error: ParvisError) -> str:
    """Why an order could not be placed; the cart shows the details."""
    if isinstance(error, actions.PriceMoved):
        return gettext("A price has changed since you put the article in the cart. Please look at it.")
    if isinstance(error, actions.LinesBlocked | actions.OutOfStock):
        return gettext("Something in your cart has been sold meanwhile. Nothing was ordered.")
    if isinstance(error, actions.EmptyCart):
        return gettext("Your cart is empty.")
    return told(error)


def declined(code: str) -> str:
    """What the bank said."""
    known = {
        "card_declined": gettext("The bank declined the card. Try another one, or ask your bank."),
        "insufficient_funds": gettext("The bank says that there is not enough on the account. Try another card."),
        "expired_card": gettext("The bank says that the card has expired. Try another one."),
        "incorrect_cvc": gettext("The security code is not the one of this card."),
        "processing_error": gettext("The bank could not handle the payment. Please try again."),
        "authentication_failed": gettext("The payment was not confirmed at the bank. You can try again."),
    }
    other = gettext("The payment did not go through. Nothing was charged: try again, or with another card.")
    return known.get(code, other)


def bad_card(error: BadCard) -> str:
    """Why the provider cannot read the card."""
    known = {
        ("number", "not_a_test_card"): gettext("This shop is a demonstration and takes test cards only."),
        ("number", "missing"): gettext("Type the number of the card."),
        ("number", "invalid"): gettext("This card number is not valid: is a digit wrong?"),
        ("expiry", "past"): gettext("This card has expired."),
        ("expiry", "invalid"): gettext("The expiry date is not valid."),
        ("cvc", "invalid"): gettext("The security code is not valid."),
    }
    pair = (str(error.params.get("field")), str(error.params.get("problem")))
    return known.get(pair, gettext("This card cannot be used."))


def put_faults(form: forms.Form, faults: Iterable[Fault]) -> None:
    """Show what is wrong with an address beside its fields."""
    for fault in faults:
        form.add_error(fault.field if fault.field in form.fields else None, _fault(fault))


def _fault(fault: Fault) -> str:
    if fault.problem is AddressProblem.POSTCODE:
        return gettext("This postcode is not one of that country, such as %(example)s.") % {"example": fault.example}
    known = {
        AddressProblem.MISSING: gettext("This is needed for the delivery."),
        AddressProblem.TOO_LONG: gettext("This is too long."),
        AddressProblem.COUNTRY: gettext("We do not ship to this country yet."),
        AddressProblem.PHONE: gettext("This does not look like a phone number."),
        AddressProblem.CHARACTERS: gettext("There are characters in it that no label can show."),
    }
    return known[fault.problem]


def order_state(state: OrderState) -> tuple[str, str]:
    """The state of an order in words, and the kind of badge it wears."""
    known: dict[Any, tuple[str, str]] = {
        OrderState.AWAITING_PAYMENT: (gettext("Waiting for payment"), "caution"),
        OrderState.PAID: (gettext("Paid"), "positive"),
        OrderState.SHIPPED: (gettext("On its way"), "note"),
        OrderState.DELIVERED: (gettext("Delivered"), "positive"),
        OrderState.CANCELLED: (gettext("Cancelled"), "negative"),
        OrderState.PARTLY_REFUNDED: (gettext("Partly refunded"), "note"),
        OrderState.REFUNDED: (gettext("Refunded"), "note"),
    }
    return known[state]


def ground(reason: Reason) -> str:
    """Why a voice waits, was refused or is gone, said to its author; "" when there is nothing to say."""
    known = {
        Reason.TOXICITY_UNSURE: gettext("Some words may hurt; a person reads it before anyone else does."),
        Reason.SPAM_UNSURE: gettext("It looks a little like advertising; a person reads it first."),
        Reason.PERSONAL_DATA: gettext("It may hold personal data, such as an address or a phone number."),
        Reason.LINKS: gettext("It holds a link; a person follows it first."),
        Reason.LANGUAGE: gettext("It is in a language that we do not read by ourselves."),
        Reason.TOO_SHORT: gettext("It is very short; a person reads it first."),
        Reason.UNREADABLE: gettext("We could not read it well."),
        Reason.DUPLICATE: gettext("The same words were already sent."),
        Reason.STARS_CONTRADICT: gettext("The stars and the words do not seem to agree."),
        Reason.PHOTO_UNSEEN: gettext("A person looks at every photo before it is shown."),
        Reason.NOT_READ: gettext("It waits to be read."),
        Reason.SECOND_LOOK: gettext("A second person looks at it."),
        Reason.TOXIC: gettext("It insults or threatens somebody."),
        Reason.SPAM: gettext("It is advertising."),
        Reason.OFF_TOPIC: gettext("It does not speak of this product."),
        Reason.NOT_GENUINE: gettext("We could not believe that it tells of a real experience."),
        Reason.INTEREST: gettext("Its author has an interest in what it says."),
        Reason.UNLAWFUL: gettext("The law forbids us to publish it."),
        Reason.RIGHTS: gettext("It uses what belongs to somebody else."),
        Reason.AUTHOR_REQUEST: gettext("Its author took it back."),
        Reason.ERASURE: gettext("Its author asked to be forgotten."),
        Reason.OTHER: gettext("Our team decided so after reading it."),
    }
    return known.get(reason, "")


def voice_state(state: VoiceState) -> tuple[str, str]:
    """The state of a voice in words, and the kind of badge it wears."""
    known = {
        VoiceState.HELD: (gettext("Being read"), "caution"),
        VoiceState.PUBLISHED: (gettext("Published"), "positive"),
        VoiceState.REFUSED: (gettext("Not published"), "negative"),
        VoiceState.WITHDRAWN: (gettext("Withdrawn"), "note"),
    }
    return known[state]


def purpose(which: Purpose) -> tuple[str, str]:
    """What a purpose is called, and what agreeing to it means."""
    known = {
        Purpose.ANALYTICS: (
            gettext("Recognise me from one day to the next"),
            gettext("So that we know which reviews help people decide over several visits. Never shared."),
        ),
        Purpose.MARKETING: (
            gettext("Write to me about products"),
            gettext("By e-mail, seldom, and each one has a link to stop."),
        ),
        Purpose.PUBLICATION: (
            gettext("Publish what I write"),
            gettext("Reviews and questions appear under the name you give."),
        ),
    }
    return known[which]
