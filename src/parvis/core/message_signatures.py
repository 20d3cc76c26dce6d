"""Signed HTTP messages: RFC 9421 with ECDSA over P-256 or P-384 (raw r||s), bodies bound by Content-Digest (RFC 9530).

What is read here comes from strangers: every field is bounded and parsed strictly, the algorithm follows from the
key (a message cannot choose it), and a signature counts only for what it covers.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm

from parvis.core import structured_fields as fields
from parvis.core.errors import ParvisError
from parvis.core.models import KeptAnswer
from parvis.core.signing_keys import SigningKey, thumbprint

SKEW = timedelta(seconds=60)  # that a clock may be ahead of ours
LIFE = timedelta(minutes=5)  # that a signature with a time of creation is good for
MOST_CLAIMS = 4  # signatures of one message that are looked at
BOT_AUTH = "web-bot-auth"
AGENT = "signature-agent"  # the one header of which a member alone may be covered


class SignatureMissing(ParvisError):
    """A header that the signature needs is not there; ``header`` names it."""

    code = "signature_missing"
    status = 401
    template = "The header %(header)s is needed: this has to be signed."


class SignatureInvalid(ParvisError):
    """The signature does not hold; ``reason`` says why."""

    code = "signature_invalid"
    status = 401
    template = "The signature is not valid: %(reason)s."


class KeyNotFound(ParvisError):
    """The signer does not publish a key named ``kid``."""

    code = "key_not_found"
    status = 401
    template = "The signer publishes no key named %(kid)s."


class DigestMismatch(ParvisError):
    """The body is not the one that Content-Digest is of."""

    code = "digest_mismatch"
    status = 400
    template = "The body does not match its Content-Digest (sha-256)."


class AlgorithmUnsupported(ParvisError):
    """The key is of a kind that is not spoken here."""

    code = "algorithm_unsupported"
    status = 400
    template = "Signatures with a key of the kind %(kind)s are not supported: use P-256 (ES256)."


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A request (``method``, ``authority``, ``path``, ``query`` without its question mark) or a response (``status``).
    ``headers`` by names in small letters; ``path`` as on the wire."""

    headers: Mapping[str, str]
    body: bytes = b""
    method: str = ""
    authority: str = ""
    path: str = ""
    query: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One signature of a message, as it claims to be. ``described`` is its Signature-Input."""

    covered: tuple[fields.Item, ...]
    kid: str
    params: Mapping[str, fields.Bare]
    signature: bytes = field(repr=False)
    described: str = ""

    @property
    def nonce(self) -> str:
        return str(self.params.get("nonce", ""))

    @property
    def tag(self) -> str:
        return str(self.params.get("tag", ""))

    def covers(self, name: str) -> bool:
        """Whether all of a component is covered; of Signature-Agent the member that belongs to the signature is."""
        return any(item.value == name and (not item.params or name == AGENT) for item in self.covered)


def digest(body: bytes) -> str:
    """The value of Content-Digest."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def is_signed(headers: Mapping[str, str]) -> bool:
    """Whether the message claims to be signed."""
    return "signature" in headers or "signature-input" in headers


def claims_of(message: HttpMessage) -> list[Claim]:
    """The signatures of a message, not yet verified, those that cannot be read left out. Raises SignatureMissing where
    there is none, and SignatureInvalid where none can be read."""
    for header in ("signature-input", "signature"):
        if not message.headers.get(header):
            raise SignatureMissing(header=header.title())
    try:
        described = fields.dictionary(message.headers["signature-input"])
        signatures = fields.dictionary(message.headers["signature"])
    except fields.MalformedField as error:
        raise SignatureInvalid(reason=str(error)) from error
    found: list[Claim] = []
    unread: SignatureInvalid | None = None
    for label, member in list(described.items())[:MOST_CLAIMS]:
        value = signatures.get(label)
        if isinstance(member, fields.Inner) and isinstance(value, fields.Item) and isinstance(value.value, bytes):
            try:
                found.append(_claim(label, member, value.value))
            except SignatureInvalid as invalid:
                unread = unread or invalid
    if not found:
        raise unread or SignatureMissing(header="Signature")
    return found


def _claim(label: str, member: fields.Inner, signature: bytes) -> Claim:
    covered: list[fields.Item] = []
    for item in member.items:
        own = item.value == AGENT and item.params == {"key": label}
        if not isinstance(item.value, str) or (item.params and not own) or item in covered:
            raise SignatureInvalid(reason="a component is named in a way that is not supported")
        covered.append(item)
    kid = member.params.get("keyid")
    if not isinstance(kid, str) or not kid:
        raise SignatureInvalid(reason="keyid is missing")
    return Claim(tuple(covered), kid, member.params, signature, fields.written(member))


def verify(
    message: HttpMessage, claim: Claim, jwk: Mapping[str, Any], *, required: Iterable[str], at: datetime
) -> None:
    """Make sure that the holder of ``jwk`` signed at least the ``required`` components of ``message``, and that a body
    is the one its digest is of. Raises AlgorithmUnsupported, DigestMismatch and SignatureInvalid."""
    public, hashed, width = public_key(jwk)
    if "alg" in claim.params:
        raise SignatureInvalid(reason="the algorithm follows from the key: alg must not be given")
    if claim.tag not in ("", BOT_AUTH):
        raise SignatureInvalid(reason="it was made for another purpose")
    if claim.tag == BOT_AUTH and claim.kid != thumbprint(jwk):
        raise SignatureInvalid(reason="keyid is not the thumbprint of the key")
    _in_time(claim, at)
    if message.body or claim.covers("content-digest"):
        _digest_holds(message)
    lacking = [name for name in required if not claim.covers(name)]
    if lacking:
        raise SignatureInvalid(reason=f"it does not cover {', '.join(lacking)}")
    if len(claim.signature) != 2 * width:
        raise SignatureInvalid(reason=f"it should be {2 * width} bytes, r and s one after the other")
    r, s = (int.from_bytes(half, "big") for half in (claim.signature[:width], claim.signature[width:]))
    try:
        public.verify(encode_dss_signature(r, s), _base(message, claim.covered, claim.described), ec.ECDSA(hashed))
    except InvalidSignature as error:
        raise SignatureInvalid(reason="it was made with another key, or for another message") from error


def sign(
    message: HttpMessage, *, key: SigningKey, cover: Sequence[str], at: datetime | None = None, nonce: str = ""
) -> dict[str, str]:
    """The headers Signature-Input and Signature of a message whose ``cover`` components are signed; ``at`` is told as
    the time of creation, unless None."""
    params: dict[str, fields.Bare] = {}
    if at is not None:
        params["created"] = int(at.timestamp())
    if nonce:
        params["nonce"] = nonce
    params["keyid"] = key.kid
    covered = tuple(fields.Item(name) for name in cover)
    described = fields.written(fields.Inner(covered, params))
    r, s = decode_dss_signature(key.private.sign(_base(message, covered, described), ec.ECDSA(SHA256())))
    value = fields.written(fields.Item(r.to_bytes(32, "big") + s.to_bytes(32, "big")))
    return {"Signature-Input": f"sig1={described}", "Signature": f"sig1={value}"}


def first_time(*, signer: str, claim: Claim, at: datetime) -> bool:
    """Whether a signature's nonce is new (True without a nonce); it is then remembered, for a day."""
    if not claim.nonce:
        return True
    scope = f"nonce:{hashlib.sha256(f'{signer} {claim.kid}'.encode()).hexdigest()}"
    key = hashlib.sha256(claim.nonce.encode()).hexdigest()
    _row, made = KeptAnswer.objects.get_or_create(
        scope=scope, key=key, defaults={"fingerprint": "", "status": None, "created_at": at}
    )
    return made


def public_key(jwk: Mapping[str, Any]) -> tuple[ec.EllipticCurvePublicKey, HashAlgorithm, int]:
    """The key of a JWK, the hash that goes with it, and the width of its numbers in bytes. Raises
    AlgorithmUnsupported, also for points that are on no curve."""
    known: dict[str, tuple[ec.EllipticCurve, HashAlgorithm, int]] = {
        "P-256": (ec.SECP256R1(), SHA256(), 32),
        "P-384": (ec.SECP384R1(), SHA384(), 48),
    }
    kind = str(jwk.get("crv") or jwk.get("kty"))[:40]
    if jwk.get("kty") != "EC" or kind not in known:
        raise AlgorithmUnsupported(kind=kind)
    curve, hashed, width = known[kind]
    try:
        x, y = (_number(jwk.get(name), width) for name in ("x", "y"))
        return ec.EllipticCurvePublicNumbers(x, y, curve).public_key(), hashed, width
    except (ValueError, TypeError) as error:
        raise AlgorithmUnsupported(kind=f"{kind}, which is not a point of its curve") from error


def _number(text: Any, width: int) -> int:
    raw = base64.b64decode(str(text).replace("-", "+").replace("_", "/") + "=" * (-len(str(text)) % 4), validate=True)
    if len(raw) != width:
        raise ValueError(text)
    return int.from_bytes(raw, "big")


def _in_time(claim: Claim, at: datetime) -> None:
    now, created, expires = at.timestamp(), claim.params.get("created"), claim.params.get("expires")
    for value in (created, expires):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise SignatureInvalid(reason="a time is not a whole number of seconds")
    if isinstance(created, int) and created > now + SKEW.total_seconds():
        raise SignatureInvalid(reason="it was created in the future")
    if isinstance(created, int) and created < now - LIFE.total_seconds():
        raise SignatureInvalid(reason="it was created too long ago")
    if isinstance(expires, int) and expires < now:
        raise SignatureInvalid(reason="it has expired")


def _digest_holds(message: HttpMessage) -> None:
    told = message.headers.get("content-digest")
    if not told:
        raise SignatureMissing(header="Content-Digest")
    try:
        item = fields.dictionary(told).get("sha-256")
    except (fields.MalformedField, binascii.Error) as error:
        raise DigestMismatch from error
    value = item.value if isinstance(item, fields.Item) else None
    if not isinstance(value, bytes) or not hmac.compare_digest(value, hashlib.sha256(message.body).digest()):
        raise DigestMismatch


def _base(message: HttpMessage, covered: Sequence[fields.Item], described: str) -> bytes:
    """The signature base (RFC 9421, section 2.5)."""
    lines = [f"{fields.written(item)}: {_component(message, item)}" for item in covered]
    text = "\n".join([*lines, f'"@signature-params": {described}'])
    try:
        return text.encode("ascii")
    except UnicodeEncodeError as error:
        raise SignatureInvalid(reason="a covered header holds other than ASCII") from error


def _component(message: HttpMessage, item: fields.Item) -> str:
    name = str(item.value)
    if not name.startswith("@"):
        value = message.headers.get(name)
        if value is None:
            raise SignatureInvalid(reason=f"it covers {name[:60]}, which is not there")
        return _member(value, str(item.params["key"])) if item.params else " ".join(value.strip().splitlines())
    if name == "@status":
        found = None if message.status is None else str(message.status)
    elif message.status is not None:
        found = None
    else:
        target = message.path + (f"?{message.query}" if message.query else "")
        found = {
            "@method": message.method.upper(),
            "@authority": message.authority.lower(),
            "@path": message.path or "/",
            "@query": f"?{message.query}",
            "@request-target": target,
        }.get(name)
    if found is None:
        raise SignatureInvalid(reason=f"it covers {name[:60]}, which is not supported")
    return found


def _member(value: str, key: str) -> str:
    """A member of a dictionary field by its key, written anew (RFC 9421, section 2.1.2)."""
    try:
        return fields.written(fields.dictionary(value)[key])
    except (fields.MalformedField, KeyError) as error:
        raise SignatureInvalid(reason=f"it covers a member {key[:60]}, which is not there") from error
