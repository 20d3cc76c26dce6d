"""A transport that keeps what it is given, for tests of every domain."""

from collections.abc import Iterator
from contextlib import contextmanager

from parvis.domains.messaging import ports
from parvis.domains.messaging.ports import Mail, MailRefused, MailUnavailable


class Postbox:
    """Takes every mail, but for addresses in ``refuses`` (for good) and while ``down``. ``blind``: like SMTP it
    cannot tell what it has taken."""

    name = "postbox"

    def __init__(self, *, blind: bool = False) -> None:
        self.mails: list[Mail] = []
        self.refuses: set[str] = set()
        self.down = False
        self.blind = blind

    def send(self, mail: Mail) -> str:
        if mail.to in self.refuses:
            raise MailRefused(told="550 no such user")
        if self.down:
            raise MailUnavailable(told="connection refused")
        self.mails.append(mail)
        return f"postbox-{len(self.mails)}"

    def took(self, message_id: str) -> bool | None:
        return None if self.blind else any(mail.message_id == message_id for mail in self.mails)

    def to(self, address: str) -> list[Mail]:
        """What this address got, in order."""
        return [mail for mail in self.mails if mail.to == address]


@contextmanager
def postbox(*, blind: bool = False) -> Iterator[Postbox]:
    """Bind a :class:`Postbox` for the length of a block, then what was bound before."""
    before = ports.transport()
    box = Postbox(blind=blind)
    ports.bind_transport(box)
    try:
        yield box
    finally:
        ports.bind_transport(before)
