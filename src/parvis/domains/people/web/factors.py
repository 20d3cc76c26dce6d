"""Second factors: their secrets are kept sealed, so that a copy of the database opens no account."""

from allauth.mfa.adapter import DefaultMFAAdapter

from parvis.core import sealed

PURPOSE = "second-factor"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the accounts library is untyped
    """Seals what the library stores, under the installation's key."""

    def encrypt(self, text: str) -> str:
        return sealed.seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(encrypted_text, purpose=PURPOSE)
