"""The shop keeps to the published descriptions whatever it is sent: no request is an accident, no answer is made up."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from parvis.interfaces.agents.acp.simulator import Agent
from parvis.interfaces.agents.acp.tests import published
from parvis.interfaces.agents.acp.tests.agents import DELIVERY
from parvis.interfaces.agents.acp.told import HANDLER

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.slow]
FILES = ("agentic_checkout", "cart", "delegate_payment")
EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 6}


def described(name: str) -> dict[str, Any]:
    """A published description that stands on its own: what it takes from other files is put into it."""
    whole: dict[str, Any] = json.loads(json.dumps(published.descriptions()[f"openapi.{name}.yaml"]))
    parts = whole["components"]["schemas"]
    if name == "cart":
        for file in ("schema.cart.json", "schema.agentic_checkout.json"):
            for key, schema in published.BOOK.documents[file]["$defs"].items():
                parts[key] = schema
    moved: dict[str, Any] = json.loads(json.dumps(whole), object_hook=_here)
    return moved


def _here(part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    if isinstance(reference, str) and "#/$defs/" in reference:
        return {**part, "$ref": "#/components/schemas/" + reference.rsplit("/", 1)[1]}
    return part


def operations() -> Iterator[Any]:
    for name in FILES:
        for result in schemathesis.openapi.from_dict(described(name)).get_all_operations():
            yield result.ok()


OPERATIONS = list(operations())


def test_all_addresses_are_tried() -> None:
    assert len(OPERATIONS) == 10


@pytest.mark.parametrize("mode", list(EXAMPLES), ids=["as described", "otherwise"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_is_an_accident(operation: Any, mode: GenerationMode, helper: Agent) -> None:
    """Every answer fits the schemas (the agent's sender checks them all) and is none of ours having failed."""
    session = helper.open([{"id": "DR-S"}], fulfillment_details=DELIVERY)
    sent: list[int] = []

    @settings(
        max_examples=EXAMPLES[mode],
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        path = operation.path.format(**dict.fromkeys(("checkout_session_id", "id"), session["id"]))
        body = case.body if isinstance(case.body, (dict, list, str, int, float, bool)) else None
        if len(sent) % 2:
            body = _nearer(body)
        answer = helper.call(operation.method.upper(), path, body, key=f"{operation.label} {len(sent)}")
        assert answer.status < 500, (body, answer.body)
        sent.append(answer.status)

    attempt()
    assert sent
    if mode is GenerationMode.POSITIVE and operation.label != "POST /agentic_commerce/delegate_payment":
        assert min(sent) < 300  # not all of them end at the door


def _nearer(body: Any) -> Any:
    """The same request about things that exist, so that it comes further in."""
    if not isinstance(body, Mapping):
        return body
    near = dict(body)
    if isinstance(near.get("line_items"), list) and near["line_items"]:
        near["line_items"] = [{"id": "DR-S"}]
    if "payment_data" in near:
        credential = {"type": "spt", "token": "spt_of_nobody"}
        near["payment_data"] = {"handler_id": HANDLER, "instrument": {"type": "card", "credential": credential}}
    if "currency" in near:
        near["currency"] = "eur"
    return near
