"""What messaging needs from outside: something that takes mail to its reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from parvis.core.errors import ParvisError


class TransportUnbound(ParvisError):
    """Nobody was bound."""

    code = "mail_unbound"
    status = 500
    template = "No mail transport is set up."


class MailRefused(ParvisError):
    """The mail server refuses this reader for good; ``told`` is its answer. Trying again is of no use."""

    code = "mail_refused"
    status = 502
    template = "The mail server refused the address: %(told)s"


class MailUnavailable(ParvisError):
    """The mail server cannot be reached or asks to come back later; ``told`` is what happened."""

    code = "mail_unavailable"
    status = 503
    template = "The mail server did not take the mail: %(told)s"


class MailUnsure(ParvisError):
    """The connection broke after the words were handed over: it may have gone, or not."""

    code = "mail_unsure"
    status = 502
    template = "The mail server was lost before it had answered: %(told)s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A mail ready to go. ``message_id`` is the same for every attempt, with its angle brackets."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    locale: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Transport(Protocol):
    """Takes mail."""

    @property
    def name(self) -> str:
        """How it is called in the studio."""

    def send(self, mail: Mail) -> str:
        """Hand over one mail; returns the carrier's own reference, if any.

        Raises :class:`MailRefused` (for good), :class:`MailUnavailable` (surely not taken: try again) or
        :class:`MailUnsure`."""

    def took(self, message_id: str) -> bool | None:
        """Whether it has taken the mail with this id; None when it cannot tell."""


_bound: dict[str, Transport] = {}


def bind_transport(carrier: Transport) -> None:
    """Called by project/wiring.py (and by tests)."""
    _bound["transport"] = carrier


def transport() -> Transport:
    """The bound transport; raises :class:`TransportUnbound`."""
    try:
        return _bound["transport"]
    except KeyError:
        raise TransportUnbound from None
