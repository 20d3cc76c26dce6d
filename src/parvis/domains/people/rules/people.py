"""Pure decisions about people: who may do what, which wording a consent stands on, what a token looks like."""

import hashlib
import re
from collections.abc import Mapping

from parvis.domains.people.contracts import Permission, Purpose, Role

P = Permission

_VIEWER = frozenset({P.METRICS_VIEW, P.VOICES_VIEW, P.CATALOG_VIEW, P.COPY_VIEW, P.AGENTS_VIEW})
_CARE = _VIEWER | {
    P.VOICES_MODERATE,
    P.ORDERS_VIEW,
    P.ORDERS_SHIP,
    P.ORDERS_REFUND,
    P.CUSTOMERS_VIEW,
    P.CUSTOMERS_EDIT,
}
_MARKETER = _VIEWER | {
    P.VOICES_MODERATE,
    P.CATALOG_EDIT,
    P.STOCK_EDIT,
    P.ORDERS_VIEW,
    P.IMPORTS_RUN,
    P.INVITATIONS_EDIT,
    P.PROOF_EDIT,
    P.COPY_EDIT,
    P.COPY_APPROVE,
    P.AGENTS_EDIT,
    P.OFFERS_EDIT,
}
_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MARKETER: frozenset(_MARKETER),
    Role.CARE: frozenset(_CARE),
    Role.VIEWER: _VIEWER,
}


def permissions_of(role: Role) -> frozenset[Permission]:
    """What a role may do. Names and addresses of customers are for those who serve them: owner and care."""
    return _PERMISSIONS[role]


TEXT_VERSION = "2026-11"
"""The wording in force. A consent keeps the version it was given on, so that the words can be shown again."""

WORDINGS: Mapping[tuple[str, Purpose], Mapping[str, str]] = {
    ("2026-11", Purpose.ANALYTICS): {
        "en": "Let us recognise this browser from one visit to the next, to learn which reviews and pages help. "
        "We measure it ourselves and pass it to nobody.",
        "fr": "Acceptez-vous que nous reconnaissions ce navigateur d’une visite à l’autre, pour savoir quels avis et "
        "quelles pages vous aident ? Nous mesurons nous-mêmes et ne transmettons rien à personne.",
    },
    ("2026-11", Purpose.MARKETING): {
        "en": "Send me news and offers by e-mail. I can stop them at any time from any message or from my account.",
        "fr": "Envoyez-moi des nouvelles et des offres par e-mail. Je peux les arrêter à tout moment, depuis chaque "
        "message ou depuis mon compte.",
    },
    ("2026-11", Purpose.PUBLICATION): {
        "en": "Publish what I write and the photos I add, under the name I give, on this shop and where the brand "
        "shows its products. I can withdraw them at any time.",
        "fr": "Publiez ce que j’écris et les photos que j’ajoute, sous le nom que je donne, sur cette boutique et là "
        "où la marque présente ses produits. Je peux les retirer à tout moment.",
    },
}


def wording(purpose: Purpose, locale: str, version: str = TEXT_VERSION) -> str:
    """The words a consent is asked with; an unknown version gives an empty text."""
    texts = WORDINGS.get((version, purpose), {})
    return texts.get(locale) or texts.get("en", "")


TOKEN_MARK = "parvis_"  # noqa: S105 - not a secret: what every token begins with, so that scanners can find leaks
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", re.ASCII)


def digest(secret: str) -> str:
    """What is kept of a token. Tokens are 256 random bits, so that one fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def clean_email(email: str) -> str | None:
    """The address in the form it is kept in (trimmed, lower case), or None when it cannot be one."""
    cleaned = email.strip().lower()
    return cleaned if len(cleaned) <= 254 and _EMAIL.fullmatch(cleaned) else None


def erased_email(customer_id: int) -> str:
    """The address that an erased customer is left with: nobody's, and never deliverable."""
    return f"erased-{customer_id}@erased.invalid"
