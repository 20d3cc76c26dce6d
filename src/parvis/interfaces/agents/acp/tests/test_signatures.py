"""Requests of agents that sign: within their time, over their very bytes, and refused as the protocol does."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parvis.core.clock import now
from parvis.domains.people import actions as people
from parvis.domains.people import queries as known
from parvis.interfaces.agents.acp import news, signatures
from parvis.interfaces.agents.acp.schemas import Refused
from parvis.interfaces.agents.acp.simulator import Agent
from parvis.interfaces.agents.acp.tests.agents import DELIVERY, agent

AT = datetime(2026, 1, 1, tzinfo=UTC)
STAMP, SECRET, BODY = "2026-01-01T00:00:00Z", "whsec_acp_test", b'{"line_items":[{"id":"DR-S"}]}'
IN_HEX = news.signature(SECRET, BODY, timestamp=int(AT.timestamp()))
IN_BASE64 = "RcA9pB5-nuiN6XoSFAGCH4nakp4ZniQ20wZMkSM6Udc"


def refused(**headers: str) -> str:
    with pytest.raises(Refused) as caught:
        signatures.verify(headers, BODY, secret=SECRET, at=AT)
    assert (caught.value.status, caught.value.code) == (401, "invalid_signature")
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_a_signature_that_was_computed_elsewhere() -> None:
    """That of the published description of news, which is signed in the same way."""
    body = (
        b'{"type":"order_create","data":{"type":"order","id":"ord_1","checkout_session_id":"cs_1",'
        b'"permalink_url":"https://shop.example/o/1","status":"created"}}'
    )
    mark = "88f1487fd28dc01b128dfa4a87a381654156bf073e1fe5e9c54ea88e9fea705a"
    signatures.verify({"Signature": f"t=1767225600,v1={mark}"}, body, secret=SECRET, at=AT)


def test_both_spellings_are_read_and_one_of_several_is_enough() -> None:
    later = AT + timedelta(seconds=299)
    signatures.verify({"Signature": IN_HEX}, BODY, secret=SECRET, at=later)
    old = IN_HEX.replace("v1=", f"v1={'0' * 64},v1=")
    signatures.verify({"Signature": old}, BODY, secret=SECRET, at=AT - timedelta(seconds=299))
    for each in (IN_BASE64, IN_BASE64 + "="):
        signatures.verify({"Signature": each, "Timestamp": STAMP}, BODY, secret=SECRET, at=AT)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Signature": ""},
        {"Signature": IN_BASE64},
        {"Signature": IN_BASE64, "Timestamp": "2026-01-01T00:00:01Z"},
        {"Signature": IN_HEX.replace("t=17672", "t=17673")},
        {"Signature": IN_HEX.replace("t=", "t=x")},
        {"Signature": IN_HEX.replace("v1=", "v0=")},
        {"Signature": IN_HEX + ",t=1767225601"},
        {"Signature": "t=1767225600,v1="},
        {"Signature": "t=1767225600,v1=\xe9"},
        {"Signature": IN_BASE64[:-1], "Timestamp": STAMP},
        {"Signature": "x" * 2000, "Timestamp": STAMP},
    ],
    ids=["none", "empty", "no time", "other time", "late", "no number", "old scheme", "two times", "no mark", "letters",
         "cut", "long"],
)  # fmt: skip
def test_what_is_no_signature(headers: dict[str, str]) -> None:
    refused(**headers)


def test_another_body_or_another_secret() -> None:
    for body, secret in ((BODY + b" ", SECRET), (b"", SECRET), (BODY, "another secret")):
        with pytest.raises(Refused):
            signatures.verify({"Signature": IN_HEX}, body, secret=secret, at=AT)


@pytest.mark.database
@pytest.mark.django_db
def test_an_agent_with_a_secret_must_sign_and_buys(shop: Any) -> None:
    helper = agent()
    held = known.agent_by_key("helper")
    assert held is not None
    path, items = "/checkout_sessions", {"line_items": [{"id": "DR-S"}], "currency": "eur", "capabilities": {}}
    helper.secret = people.set_agent_signing(agent_id=held.id, at=now())
    assert helper.buy([{"id": "DR-S"}], delivery=DELIVERY, at=now())["status"] == "completed"
    made = helper.call("POST", path, items)
    assert helper.call("GET", f"{path}/{made.body['id']}").status == 200
    told = helper.call("POST", path, {**items, "currency": "EUR"}, Signature="forged")
    assert (told.status, told.body["code"]) == (401, "invalid_signature")
    plain = Agent(send=helper.send, key=helper.key, root="/acp")
    assert plain.call("GET", f"{path}/{made.body['id']}").status == 401  # reading too
    stale = (now() - timedelta(minutes=6)).isoformat()
    assert helper.call("POST", path, items, Timestamp=stale).body["code"] == "stale_timestamp"
    people.drop_agent_signing(agent_id=held.id, at=now())
    assert plain.call("POST", path, items).status == 201
    trail = json.dumps([entry.detail for entry in known.audit("agent", held.id)], default=str)
    assert helper.secret not in trail
