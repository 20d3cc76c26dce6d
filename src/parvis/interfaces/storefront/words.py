"""Words that only the shop's pages need: badges of states, and what each consent means."""

from django.utils.translation import gettext

from parvis.domains.checkout.contracts import OrderState
from parvis.domains.checkout.web import state_words
from parvis.domains.people.contracts import Purpose
from parvis.domains.voices.contracts import VoiceState
from parvis.domains.voices.web import state_label

_ORDER_BADGES = {
    OrderState.AWAITING_PAYMENT: "caution",
    OrderState.PAID: "positive",
    OrderState.SHIPPED: "note",
    OrderState.DELIVERED: "positive",
    OrderState.CANCELLED: "negative",
}
_VOICE_BADGES = {
    VoiceState.HELD: "caution",
    VoiceState.PUBLISHED: "positive",
    VoiceState.REFUSED: "negative",
}


def order_state(state: OrderState) -> tuple[str, str]:
    """The state of an order in words, and the kind of badge it wears."""
    return state_words(state), _ORDER_BADGES.get(state, "note")


def voice_state(state: VoiceState) -> tuple[str, str]:
    """The state of a voice in words, and the kind of badge it wears."""
    return state_label(state), _VOICE_BADGES.get(state, "note")


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
