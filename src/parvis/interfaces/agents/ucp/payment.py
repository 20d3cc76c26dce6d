"""How a checkout can be paid: one handler, for tokens of whatever payment provider this shop has bound.

The name of a handler has to be under a domain that stands for it: it is the shop's own; shops without a domain use the
reserved name ``test.parvis``. With the shop's test provider a platform needs no account: it sends one of the words in
``config.test_tokens`` as its token, and each stands for a test card.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from parvis.core.money import Money
from parvis.domains.checkout import ports
from parvis.domains.checkout.contracts import Session
from parvis.domains.checkout.ports import CardDetails, SharedToken, TokenAllowance
from parvis.interfaces.agents.ucp.problems import BadRequest, TooManyInstruments
from parvis.interfaces.agents.ucp.reading import Body
from parvis.interfaces.agents.ucp.releases import Release

HANDLER = "shared_token"
TEST_PROVIDER = "testpay"
TEST_TOKENS = {
    "test_ok": "4242424242424242",
    "test_challenge": "4000002500003155",
    "test_declined": "4000000000000002",
    "test_insufficient_funds": "4000000000009995",
}
MOST_INSTRUMENTS, MOST_TOKEN = 10, 500
_LIFE = timedelta(hours=24)


def handlers(release: Release, *, profile: bool = False) -> dict[str, Any]:
    """The handlers as checkouts declare them, or as the ``profile`` does, which names the test tokens too (an answer
    must not hold the token that was sent); none without a payment provider."""
    provider = ports.bound()
    if provider is None:
        return {}
    config: dict[str, Any] = {"provider": provider.name, "currency": settings.CURRENCY}
    if _is_test(provider):
        config |= {"environment": "test"} | ({"test_tokens": list(TEST_TOKENS)} if profile else {})
    space = release.namespace() or "test.parvis"
    entry = {"id": HANDLER, "version": release.version, "available_instruments": [{"type": "card"}], "config": config}
    return {f"{space}.payments.{HANDLER}": [entry]}


def instrument(body: Body, session: Session, *, one: bool, at: datetime) -> SharedToken:
    """What the buyer pays with; with ``one`` several are too many. Raises BadRequest for what no handler of ours
    produced, and TooManyInstruments."""
    payment = body.part("payment")
    given = payment.parts("instruments", most=MOST_INSTRUMENTS) if payment is not None else []
    if not given:
        raise BadRequest(path="$.payment.instruments", reason="an instrument is needed to complete")
    if one and len(given) > 1:
        raise TooManyInstruments
    chosen = next((each for each in given if each.value.get("selected") is True), given[0])
    if chosen.required("handler_id") != HANDLER:
        raise BadRequest(path=f"{chosen.path}.handler_id", reason="this handler was not offered")
    credential = chosen.part("credential")
    token = credential.text("token", most=MOST_TOKEN) if credential is not None else ""
    if not token:
        raise BadRequest(path=f"{chosen.path}.credential.token", reason="a token is needed")
    return _test_token(token, session, at=at) if token in TEST_TOKENS else SharedToken(token=token)


def _test_token(token: str, session: Session, *, at: datetime) -> SharedToken:
    """A test card as the shared token that a platform would have got for it: for this checkout, once."""
    provider, vault = ports.bound(), ports.delegates()
    if provider is None or vault is None or not _is_test(provider):
        return SharedToken(token=token)  # the provider will say that it knows no such token
    card = CardDetails(number=TEST_TOKENS[token], exp_month=12, exp_year=at.year + 5, cvc="123")
    most = max(session.total, Money(1, settings.CURRENCY), key=lambda money: money.amount_minor)
    allowance = TokenAllowance(max_amount=most, expires_at=session.created_at + _LIFE, session=session.token)
    key = f"ucp:{session.token}:{session.version}:{most.amount_minor}:{token}"[:120]
    return SharedToken(token=vault.delegate(card=card, allowance=allowance, key=key).token)


def _is_test(provider: ports.PaymentProvider) -> bool:
    return provider.name == TEST_PROVIDER
