"""What can be done with outgoing mail: one verb each."""

from parvis.domains.messaging.actions.delivering import recover, send_due
from parvis.domains.messaging.actions.forgetting import forget_customer, forget_old
from parvis.domains.messaging.actions.noticing import record_bounce, take_notice
from parvis.domains.messaging.actions.refusing import resubscribe, set_asking, set_limits, unsubscribe
from parvis.domains.messaging.actions.rendering import render
from parvis.domains.messaging.actions.sending import BadKey, cancel, send, send_again

__all__ = [
    "BadKey",
    "cancel",
    "forget_customer",
    "forget_old",
    "record_bounce",
    "recover",
    "render",
    "resubscribe",
    "send",
    "send_again",
    "send_due",
    "set_asking",
    "set_limits",
    "take_notice",
    "unsubscribe",
]
