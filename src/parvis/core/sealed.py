"""Secrets that must be read again (a webhook's signing key), sealed in the database under the installation's key."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from parvis.core.errors import ParvisError


class CannotUnseal(ParvisError):
    """The installation's key is not the one it was sealed with."""

    code = "cannot_unseal"
    status = 500
    template = "A stored secret cannot be read: the secret key of this installation has changed. Set it anew."


def _box(purpose: str) -> Fernet:
    key = hashlib.sha256(f"{purpose}\0{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str, *, purpose: str) -> str:
    """Encrypt ``text`` for one ``purpose``."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt; raises :class:`CannotUnseal` under another key or purpose."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise CannotUnseal from error
