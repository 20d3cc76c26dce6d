"""Codes as people type them: one box takes promotion codes, creators' and members' codes, and gift cards.

Capitals, spaces, hyphens and accents make no difference, nor do the compatibility forms of Unicode (full-width
letters, ligatures). A letter of another alphabet that only looks the same stays another letter: the code is unknown.
"""

import hashlib
import secrets
import unicodedata

LONGEST = 40
# What a stored gift card's place in a cart begins with: nobody can type it, since a colon is never part of a code.
GIFT = "gift:"
# No letter or digit that is taken for another one.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GIFT_LENGTH = 16
_MASK = "•••• "
_SALT = b"parvis.checkout.gift-card"
_ROUNDS = 10_000


def normal(typed: str) -> str:
    """A code in its one form: capitals, no spaces or hyphens, no accents; at most :data:`LONGEST` characters.

    "bienvenue-10 " gives "BIENVENUE10".
    """
    folded = unicodedata.normalize("NFKD", typed[: 4 * LONGEST]).upper()
    kept = (letter for letter in unicodedata.normalize("NFKD", folded) if letter.isalnum())
    return "".join(kept)[:LONGEST]


def is_plain(code: str) -> bool:
    """Whether a promotion can have this code: letters A to Z and digits, 3 to 30 of them."""
    return 3 <= len(code) <= 30 and code.isascii() and code.isalnum() and code == code.upper()


def like_gift(code: str) -> bool:
    """Whether a normalised code has the shape of a gift card's."""
    return len(code) == GIFT_LENGTH and all(letter in ALPHABET for letter in code)


def new_gift_code() -> str:
    """An unguessable code: 16 letters of 31, some 79 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(GIFT_LENGTH))


def shown_gift_code(code: str) -> str:
    """As it is printed: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def gift_hash(code: str) -> str:
    """What is kept of a gift card's code. Slow on purpose: who reads the table cannot try codes out."""
    return hashlib.pbkdf2_hmac("sha256", code.encode(), _SALT, _ROUNDS).hex()


def masked(last4: str) -> str:
    """How a gift card is called on pages: "•••• K7QP"."""
    return _MASK + last4


def is_masked(code: str) -> bool:
    """Whether this is how a gift card is called on pages, and no code."""
    return code.startswith(_MASK)
