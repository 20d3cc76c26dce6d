"""Mail over SMTP, as PARVIS_EMAIL_URL says."""

import smtplib
import ssl
from contextlib import suppress
from email import policy
from email.utils import parseaddr

from django.conf import settings

from parvis.connectors.mail.message import build
from parvis.domains.messaging.ports import Mail, MailRefused, MailUnavailable, MailUnsure

TIMEOUT_SECONDS = 30


class SmtpMail:
    """One connection a mail: a brand's invitations are few, and a broken connection then costs one mail only."""

    name = "smtp"

    def __init__(
        self, *, host: str, port: int, user: str = "", password: str = "", starttls: bool = False, tls: bool = False
    ) -> None:
        self.host, self.port, self.user, self._password = host, port, user, password
        self.starttls, self.tls = starttls, tls

    def send(self, mail: Mail) -> str:
        try:
            body = build(mail).as_bytes(policy=policy.SMTP)
        except ValueError as error:
            raise MailRefused(told=str(error)) from error
        try:
            server = self._open()
        except smtplib.SMTPAuthenticationError as error:
            raise MailUnavailable(told=f"sign-in refused ({error.smtp_code})") from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailable(told=f"{type(error).__name__}: {error}") from error
        try:
            _envelope(server, mail.to)
            return _hand_over(server, body)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def took(self, message_id: str) -> bool | None:
        """SMTP keeps no memory that could be asked."""
        return None

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self.tls:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            if self.starttls:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self._password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server


def _envelope(server: smtplib.SMTP, to: str) -> None:
    """Say from whom and to whom. Whatever goes wrong here, nothing was taken."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        code, told = server.mail(sender)
        if code >= 400:  # our own address: the reader's is not to blame
            raise MailUnavailable(told=f"{code} sender refused: {_text(told)}")
        code, told = server.rcpt(to)
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable(told=f"{type(error).__name__}: {error}") from error
    if code >= 500:
        raise MailRefused(told=f"{code} {_text(told)}")
    if code >= 400:  # a full box, greylisting
        raise MailUnavailable(told=f"{code} {_text(told)}")


def _hand_over(server: smtplib.SMTP, body: bytes) -> str:
    """The words themselves; returns the server's answer, which often holds its own number of the mail."""
    try:
        code, told = server.data(body)
    except smtplib.SMTPDataError as error:
        raise MailUnavailable(told=f"{error.smtp_code} {_text(error.smtp_error)}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnsure(told=f"{type(error).__name__}: {error}") from error
    if code >= 500:
        raise MailRefused(told=f"{code} {_text(told)}")
    if code >= 400:
        raise MailUnavailable(told=f"{code} {_text(told)}")
    return _text(told)[:255]


def _text(told: bytes | str) -> str:
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else told
