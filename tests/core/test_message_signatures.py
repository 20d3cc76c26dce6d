"""Signed messages: the published vector holds, and whatever is changed on the way is noticed."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from parvis.core import message_signatures as signatures
from parvis.core import signing_keys
from parvis.core import structured_fields as fields
from parvis.core.message_signatures import HttpMessage

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
BODY = b'{"line_items":[{"item":{"id":"DR-M"},"quantity":2}]}'
COVER = ("@method", "@authority", "@path", "@query", "ucp-agent", "idempotency-key", "content-digest", "content-type")
KEY = signing_keys.named(ec.generate_private_key(ec.SECP256R1()))
OTHER = signing_keys.named(ec.generate_private_key(ec.SECP256R1()))


def request(**changes: Any) -> HttpMessage:
    headers = {
        "ucp-agent": 'profile="https://platform.example/profile"',
        "idempotency-key": "550e8400-e29b-41d4-a716-446655440000",
        "content-digest": signatures.digest(BODY),
        "content-type": "application/json",
    }
    message = HttpMessage(
        headers, BODY, method="POST", authority="shop.example", path="/ucp/checkout-sessions", query="a=1&b=%20"
    )
    return replace(message, **changes)


def signed(message: HttpMessage, **options: Any) -> HttpMessage:
    made = signatures.sign(message, **{"key": KEY, "cover": COVER, "at": AT, **options})
    return replace(message, headers={**message.headers, **{name.lower(): value for name, value in made.items()}})


def check(message: HttpMessage, key: signing_keys.SigningKey = KEY, **options: Any) -> None:
    claim = signatures.claims_of(message)[0]
    signatures.verify(message, claim, signing_keys.jwk(key), **{"required": COVER, "at": AT, **options})


def test_the_vector_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 9421, B.2.4: ecdsa-p256-sha256 over a response. Its digest is sha-512, which is not spoken here."""
    jwk = {
        "kty": "EC", "crv": "P-256", "kid": "test-key-ecc-p256",
        "x": "qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA",
        "y": "Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0",
    }  # fmt: skip
    message = HttpMessage(
        {
            "date": "Tue, 20 Apr 2021 02:07:56 GMT",
            "content-type": "application/json",
            "content-digest": "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4"
            "l5aGgfLQ==:",
            "content-length": "23",
            "signature-input": 'sig-b24=("@status" "content-type" "content-digest" "content-length")'
            ';created=1618884473;keyid="test-key-ecc-p256"',
            "signature": "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oia"
            "sw==:",
        },
        b'{"message": "good dog"}',
        status=200,
    )
    claim = signatures.claims_of(message)[0]
    at = datetime.fromtimestamp(1618884473, UTC)
    with pytest.raises(signatures.DigestMismatch):
        signatures.verify(message, claim, jwk, required=("@status",), at=at)
    monkeypatch.setattr(signatures, "_digest_holds", lambda _message: None)
    signatures.verify(message, claim, jwk, required=("@status",), at=at)
    with pytest.raises(signatures.SignatureInvalid):
        signatures.verify(replace(message, status=201), claim, jwk, required=("@status",), at=at)


def test_what_was_signed_is_accepted_and_nothing_else() -> None:
    good = signed(request())
    check(good)
    for changed in (
        replace(good, method="PUT"),
        replace(good, authority="other.example"),
        replace(good, path="/ucp/carts"),
        replace(good, query="a=2"),
        replace(good, headers={**good.headers, "ucp-agent": 'profile="https://thief.example/profile"'}),
        replace(good, headers={**good.headers, "idempotency-key": "another"}),
        replace(good, headers={**good.headers, "content-type": "text/plain"}),
    ):
        with pytest.raises(signatures.SignatureInvalid):
            check(changed)
    with pytest.raises(signatures.DigestMismatch):
        check(replace(good, body=BODY.replace(b"2", b"9")))
    with pytest.raises(signatures.SignatureInvalid):
        check(good, OTHER)


@pytest.mark.parametrize("left_out", COVER)
def test_everything_that_counts_has_to_be_covered(left_out: str) -> None:
    message = signed(request(), cover=[name for name in COVER if name != left_out])
    with pytest.raises(signatures.SignatureInvalid, match=left_out):
        check(message)


def test_time_and_its_windows() -> None:
    check(signed(request(), at=None))  # a time of creation is not asked for
    check(signed(request(), at=AT + signatures.SKEW))
    check(signed(request(), at=AT - signatures.LIFE))
    for moment in (AT + signatures.SKEW + timedelta(seconds=2), AT - signatures.LIFE - timedelta(seconds=2)):
        with pytest.raises(signatures.SignatureInvalid, match="created"):
            check(signed(request(), at=moment))


@pytest.mark.parametrize(
    ("extra", "told"),
    [(f";expires={int(AT.timestamp()) - 1}", "expired"), (';alg="ecdsa-p256-sha256"', "alg"), (";created=?1", "time")],
    ids=["expired", "algorithm", "no-time"],
)
def test_parameters_are_judged_before_the_signature(extra: str, told: str) -> None:
    good = signed(request())
    headers = {**good.headers, "signature-input": good.headers["signature-input"] + extra}
    with pytest.raises(signatures.SignatureInvalid, match=told):
        check(replace(good, headers=headers))


def test_der_is_refused_and_so_are_unknown_kinds_of_keys() -> None:
    good = signed(request())
    raw = base64.b64decode(good.headers["signature"].split(":")[1])
    der = base64.b64encode(b"\x30\x44\x02\x20" + raw[:32] + b"\x02\x20" + raw[32:]).decode()
    with pytest.raises(signatures.SignatureInvalid, match="64 bytes"):
        check(replace(good, headers={**good.headers, "signature": f"sig1=:{der}:"}))
    claim = signatures.claims_of(good)[0]
    own = signing_keys.jwk(KEY)
    wrong = (
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "RSA"},
        {**own, "x": own["y"]},
        {**own, "y": "%%"},
        {},
    )
    for jwk in wrong:
        with pytest.raises(signatures.AlgorithmUnsupported):
            signatures.verify(good, claim, jwk, required=(), at=AT)


def test_p384_too() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    point = key.public_key().public_numbers()
    jwk = {"kty": "EC", "crv": "P-384"} | {
        name: base64.urlsafe_b64encode(getattr(point, name).to_bytes(48, "big")).decode().rstrip("=") for name in "xy"
    }
    _public, hashed, width = signatures.public_key(jwk)
    assert (hashed.name, width) == ("sha384", 48)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "sig1",
        'sig1=("@method"',
        'sig1=("@method" "@method");keyid="k"',
        'sig1=("@method");keyid=""',
        'sig1=("@method")',
        'sig1=("content-type";bs);keyid="k"',
        'sig1=(1 2);keyid="k"',
        "sig1=();" + "a" * 20_000,
        'sig1=("@method");keyid="k", ',
        'sig1=("@method""@path");keyid="k"',
    ],
    ids=range(11),
)
def test_what_cannot_be_read_is_refused(value: str) -> None:
    message = request(headers={"signature-input": value, "signature": "sig1=:AAAA:"})
    with pytest.raises((signatures.SignatureInvalid, signatures.SignatureMissing)):
        signatures.claims_of(message)


def by_a_bot(message: HttpMessage, key: signing_keys.SigningKey, *, label: str = "sig1", more: str = "") -> HttpMessage:
    """Signed in the form that Web Bot Auth verifiers read too: a member of Signature-Agent is covered."""
    headers = {**message.headers, "signature-agent": f'{label}="https://agent.example/p.json";type=jwks_uri'}
    message = replace(message, headers=headers)
    covered = (*(fields.Item(name) for name in COVER), fields.Item("signature-agent", {"key": "sig1"}))
    params = {"created": int(AT.timestamp()), "keyid": key.kid, "tag": "web-bot-auth"}
    described = fields.written(fields.Inner(covered, params)) + more
    lines = [f"{fields.written(item)}: {component(message, str(item.value))}" for item in covered]
    text = "\n".join([*lines, f'"@signature-params": {described}']).encode()
    r, s = decode_dss_signature(KEY.private.sign(text, ec.ECDSA(SHA256())))
    value = base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
    return replace(message, headers={**headers, "signature-input": f"sig1={described}", "signature": f"sig1=:{value}:"})


def component(message: HttpMessage, name: str) -> str:
    """As the standard writes it."""
    if name == "signature-agent":
        return '"https://agent.example/p.json";type=jwks_uri'
    known = {"@method": "POST", "@authority": message.authority, "@path": message.path, "@query": f"?{message.query}"}
    return known.get(name) or message.headers[name]


def test_signatures_for_bot_verifiers_count_here_too() -> None:
    needed = [*COVER, "signature-agent"]
    check(by_a_bot(request(), KEY), required=needed)
    moved = by_a_bot(request(), KEY)
    headers = {**moved.headers, "signature-agent": 'sig1="https://other.example/";type=jwks_uri'}
    with pytest.raises(signatures.SignatureInvalid, match="another key, or for another message"):
        check(replace(moved, headers=headers), required=needed)
    with pytest.raises(signatures.SignatureInvalid, match="not there"):
        check(by_a_bot(request(), KEY, label="other"), required=needed)
    with pytest.raises(signatures.SignatureInvalid, match="thumbprint"):
        check(by_a_bot(request(), signing_keys.SigningKey("any", KEY.private)), required=needed)
    with pytest.raises(signatures.SignatureInvalid, match="another purpose"):
        check(by_a_bot(request(), KEY, more=';tag="payments"'), required=needed)


def test_a_signature_that_cannot_be_read_hides_none_that_can() -> None:
    good = signed(request())
    headers = {
        "signature-input": f'a=("content-type";bs);keyid="k", {good.headers["signature-input"]}, b=1',
        "signature": f"a=:AAAA:, {good.headers['signature']}",
    }
    (claim,) = signatures.claims_of(replace(good, headers={**good.headers, **headers}))
    assert claim.kid == KEY.kid


def test_fields_are_read_and_written_alike() -> None:
    text = 'a=1;x, b=("q" t/k;p=?0 -3.5);n=:AQI=:, c, d="say \\"no\\""'
    read = fields.dictionary(text)
    assert ", ".join(f"{key}={fields.written(value)}" for key, value in read.items()) == (
        'a=1;x, b=("q" t/k;p=?0 -3.5);n=:AQI=:, c=?1, d="say \\"no\\""'
    )


@pytest.mark.database
@pytest.mark.django_db
def test_a_nonce_is_good_for_once() -> None:
    claim = signatures.claims_of(signed(request(), nonce="n-1"))[0]
    assert signatures.first_time(signer="https://a.example", claim=claim, at=AT)
    assert not signatures.first_time(signer="https://a.example", claim=claim, at=AT)
    assert signatures.first_time(signer="https://b.example", claim=claim, at=AT)
    without = signatures.claims_of(signed(request()))[0]
    assert signatures.first_time(signer="https://a.example", claim=without, at=AT)
    assert signatures.first_time(signer="https://a.example", claim=without, at=AT)


def test_keys_change_with_the_season_and_are_known_before_and_after(settings: Any) -> None:
    seasons = [AT + number * timedelta(days=signing_keys.SEASON_DAYS) for number in range(4)]
    used = [signing_keys.current(at=at).kid for at in seasons]
    assert len(set(used)) == 4
    for number in (1, 2):
        kids = [jwk["kid"] for jwk in signing_keys.published(at=seasons[number])]
        assert kids == [used[number], used[number + 1], used[number - 1]]
        assert all("d" not in jwk for jwk in signing_keys.published(at=seasons[number]))
    settings.SECRET_KEY = "another installation"
    assert signing_keys.current(at=AT).kid not in used
