"""Documents that other programs can trust without asking us again: canonical JSON, signed with this installation's key.

The signature is a JWS with detached payload (RFC 7515, appendix F), algorithm EdDSA with Ed25519 (RFC 8037), over the
canonical form of the document: keys sorted, no spaces, UTF-8 (RFC 8785; documents hold texts, whole numbers, lists and
objects only, so that every language writes them alike). The key is derived from the installation's secret: all
processes have the same, nothing is stored, and a new secret is a new key.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def canonical(document: Mapping[str, Any]) -> bytes:
    """The one way to write ``document``; raises TypeError where a fraction is in it."""
    _whole(document)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _whole(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("fractions are written differently by different languages: use a text")
    for each in value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ():
        _whole(each)


def sign(document: Mapping[str, Any]) -> str:
    """A compact JWS of ``document`` with its payload left out ("header..signature")."""
    header = _url(json.dumps({"alg": "EdDSA", "kid": key()["kid"]}, separators=(",", ":")).encode())
    signature = _private(settings.SECRET_KEY).sign(f"{header}.{_url(canonical(document))}".encode())
    return f"{header}..{_url(signature)}"


def verified(document: Mapping[str, Any], jws: str, public: Mapping[str, str]) -> bool:
    """Whether ``jws`` is the signature of ``document`` by the ``public`` key (a JWK)."""
    try:
        header, _, signature = jws.split(".")
        known = Ed25519PublicKey.from_public_bytes(_bytes(public["x"]))
        known.verify(_bytes(signature), f"{header}.{_url(canonical(document))}".encode())
    except (InvalidSignature, ValueError, TypeError, KeyError):
        return False
    return True


def key() -> dict[str, str]:
    """The public key as a JWK, with its thumbprint (RFC 7638) as id."""
    raw = _private(settings.SECRET_KEY).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    held = {"crv": "Ed25519", "kty": "OKP", "x": _url(raw)}
    return {**held, "alg": "EdDSA", "use": "sig", "kid": _url(hashlib.sha256(canonical(held)).digest())}


@lru_cache(maxsize=4)
def _private(secret: str) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"parvis.evidence.statement")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(secret.encode()))


def _url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
