"""This installation's own ES256 keys, for what it signs as HTTP messages (RFC 9421).

A key is derived from the installation's secret and the number of its season: every process has the same, nothing is
stored, and nothing has to be rotated by hand. A season lasts 90 days. Three keys are published at a time: the one of
the season, the next one (so that whoever keeps our keys for a while knows it before it is used) and the one before
(so that what was signed with it can still be verified). A new secret is a new set of keys.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SEASON_DAYS = 90
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the group of P-256


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its public name."""

    kid: str
    private: ec.EllipticCurvePrivateKey = field(repr=False)


def season(at: datetime) -> int:
    """The number of the season that ``at`` is in."""
    return (at - _FIRST_DAY).days // SEASON_DAYS


def current(*, at: datetime) -> SigningKey:
    """The key to sign with."""
    return _key(settings.SECRET_KEY, season(at))


def published(*, at: datetime) -> list[dict[str, str]]:
    """The public keys as JWKs (RFC 7517): this season's first, then the next one's, then the last one's."""
    now = season(at)
    return [jwk(_key(settings.SECRET_KEY, number)) for number in (now, now + 1, now - 1)]


def jwk(key: SigningKey) -> dict[str, str]:
    """The public half of a key."""
    return {"kid": key.kid, **_public(key.private), "use": "sig", "alg": "ES256"}


def named(private: ec.EllipticCurvePrivateKey) -> SigningKey:
    """A key under the thumbprint of its public half (RFC 7638)."""
    return SigningKey(thumbprint(_public(private)), private)


def thumbprint(key: Mapping[str, Any]) -> str:
    """The SHA-256 thumbprint (RFC 7638) of the JWK of an elliptic curve key."""
    needed = {name: key.get(name) for name in ("crv", "kty", "x", "y")}
    text = json.dumps(needed, sort_keys=True, separators=(",", ":"))
    return _url(hashlib.sha256(text.encode()).digest())


@lru_cache(maxsize=16)
def _key(secret: str, number: int) -> SigningKey:
    derived = HKDF(algorithm=SHA256(), length=48, salt=None, info=f"parvis.message.{number}".encode())
    scalar = int.from_bytes(derived.derive(secret.encode()), "big") % (_ORDER - 1) + 1
    return named(ec.derive_private_key(scalar, ec.SECP256R1()))


def _public(private: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    point = private.public_key().public_numbers()
    return {"crv": "P-256", "kty": "EC", "x": _url(point.x.to_bytes(32, "big")), "y": _url(point.y.to_bytes(32, "big"))}


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
