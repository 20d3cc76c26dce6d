"""A mail as the standard library writes it."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from django.conf import settings

from parvis.core.clock import now
from parvis.domains.messaging.ports import Mail


def build(mail: Mail) -> EmailMessage:
    """Plain text with an HTML alternative, from the brand. Raises ValueError for an address that is none."""
    made = EmailMessage()
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    user, _, domain = sender.rpartition("@")
    made["From"] = Address(display_name=settings.BRAND, username=user, domain=domain)
    made["To"] = Address(addr_spec=mail.to)
    made["Subject"] = mail.subject
    made["Message-ID"] = mail.message_id
    made["Date"] = format_datetime(now())
    for name, value in mail.headers.items():
        made[name] = value
    made.set_content(mail.text, charset="utf-8")
    made.add_alternative(mail.html, subtype="html", charset="utf-8")
    made["Content-Language"] = mail.locale  # last: setting the words drops what describes them
    return made
