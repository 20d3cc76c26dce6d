"""Stripe's signature, as its rule says."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis.connectors.stripe import signing
from parvis.domains.checkout.ports import BadSignature

SECRET = "whsec_test_secret"
BODY = b'{"id":"evt_test","object":"event","type":"payment_intent.succeeded"}'
SENT = datetime.fromtimestamp(1767225600, tz=UTC)
DIGEST = "d1e8796153ab23a403b99b9519d47f8c1a4dfcc3e9a00ed153c8dfc95f90e775"
HEADER = f"t=1767225600,v1={DIGEST}"


def verified(header: str, body: bytes = BODY, *, secrets: tuple[str, ...] = (SECRET,), at: datetime = SENT) -> bool:
    try:
        signing.verify(header, body, secrets=secrets, at=at)
    except BadSignature:
        return False
    return True


def test_the_vector() -> None:
    assert signing.sign(BODY, secret=SECRET, at=SENT) == HEADER
    assert verified(HEADER)


@pytest.mark.parametrize(
    ("header", "good"),
    [
        (f"t=1767225600,v1=00,v1={DIGEST}", True),
        (f"v1={DIGEST},t=1767225600,v0=ff", True),
        (f" t=1767225600 , v1={DIGEST}", True),
        (f"t=1767225600,v0={DIGEST}", False),
        (f"t=1767225601,v1={DIGEST}", False),
        (f"t=,v1={DIGEST}", False),
        (f"t=-1767225600,v1={DIGEST}", False),
        (f"t=1767225600.0,v1={DIGEST}", False),
        (f"t={'1' * 400},v1={DIGEST}", False),
        (f"v1={DIGEST}", False),
        ("t=1767225600,v1=", False),
        ("", False),
    ],
    ids=["any", "order", "spaces", "v0", "moment", "none", "negative", "fraction", "long", "no-t", "empty", "nothing"],
)
def test_headers(header: str, good: bool) -> None:
    assert verified(header) is good


def test_the_body_the_secret_and_the_hour_count() -> None:
    assert not verified(HEADER, BODY + b" ")
    assert not verified(HEADER, secrets=("whsec_other",))
    assert not verified(HEADER, secrets=("",))
    assert not verified(HEADER, secrets=())
    assert verified(HEADER, secrets=("whsec_new", SECRET)), "while a secret is being changed both count"
    for seconds, good in ((300, True), (301, False), (-300, True), (-301, False)):
        assert verified(HEADER, at=SENT + timedelta(seconds=seconds)) is good
