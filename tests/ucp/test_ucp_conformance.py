"""The shop against the conformance runner for UCP (spck-conformance), over TLS, in processes of its own.

The manifest below is what an operator fills in. What it leaves out does not exist here, with the reason beside it;
nothing else may be left untested, and no MUST may be deviated from.
"""

import base64
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from tests.ucp.conftest import CURRENCY, RIBBONS, Served, profiles

from parvis.core.signing_keys import SigningKey, jwk
from parvis.interfaces.agents.ucp.tests.platform import ADA

pytestmark = [pytest.mark.database, pytest.mark.slow]

# What this shop does not have, by the words of the manifest that would try it: stated, not skipped in silence.
NOT_APPLICABLE = {
    "eligibility.verifiable": "claims of benefits are never accepted: no benefit here depends on one",
    "eligibility.unverifiable": "claims of benefits are never accepted: there is none to verify",
    "eligibility.unrecognized": "the probe completes with an instrument that names no handler, which the schema wants"
    " and PAY-014 has refused; that claims are ignored with a warning and block nothing is held by our own tests",
    "payment.filtered": "every article can be paid with the one handler: there is nothing to filter",
    "oracle": "the runner's own schema checker is not part of its package: our tests hold the profile and every answer"
    " against the published schemas",
    "identity": "identity linking (OAuth for a buyer's account) is not declared",
    "ap2_mandates": "AP2 mandates are not declared",
    "order.require_auth": "the probe reads an order without a signature and wants it refused, but gets its credential"
    " from an OAuth server that is not declared; orders are told to proven platforms only (our own tests hold it)",
}


def private(key: SigningKey) -> dict[str, str]:
    scalar = key.private.private_numbers().private_value
    return {**jwk(key), "d": base64.urlsafe_b64encode(scalar.to_bytes(32, "big")).decode().rstrip("=")}


def pays(token: str) -> dict[str, Any]:
    """A completion. The runner tells no buyer and no street when it opens a checkout; this shop needs both, and takes
    them with the completion too."""
    where = {
        "id": "d1", "street_address": "200 Main Street", "address_locality": "New York", "address_region": "NY",
        "postal_code": "10001", "address_country": "US",
    }  # fmt: skip
    instrument = {
        "id": "instr_1",
        "handler_id": "shared_token",
        "type": "card",
        "display": {"brand": "visa", "last_digits": "4242"},
        "credential": {"type": "token", "token": token},
    }
    method = {"type": "shipping", "destinations": [where], "selected_destination_id": "d1"}
    return {"payment": {"instruments": [instrument]}, "buyer": ADA, "fulfillment": {"methods": [method]}}


def manifest(served: Served, scaffold: dict[str, Any], wrong: str) -> dict[str, Any]:
    """The scaffold that the runner made for this shop, filled in."""
    return scaffold | {
        "product_id": "SW-S",
        "currency": CURRENCY,
        "out_of_stock_id": "JE-S",
        "fulfillment_option_id": "abroad",
        "complete_payment": pays("test_ok"),
        "fail_payment": pays("test_declined"),
        "catalog": {
            "variant_id": "SW-M",
            "max_batch": 50,
            "configurable_product_id": "test-dress",
            "paginated_query": "silk ribbon",
            "paginated_total": RIBBONS,
        },
        "discovery": {"supported_versions": True},
        "cart": {"second_product_id": "DR-M"},
        "order": {"simulate_adjustment": True, "second_product_id": "DR-M"},
        "payment": {"handler_key": "test.parvis.payments.shared_token", "handler_id": "shared_token",
                    "escalation_payment": pays("test_challenge")},
        "unavailable": {"business_outcome": True},
        "totals": {"sublines": True},
        "idempotency": {"age_hook": True, "outage_hook": True},
        "signature": {
            "responses": True,
            "request_private_jwk": private(served.signer),
            "rotated_private_jwk": private(served.rotated),
            "unsupported_alg_kid": "ed",
        },
        "discount": {
            "valid_code": "SHIPFREE",
            "second_valid_code": "TENTH",
            "invalid_code": "NOT_A_REAL_CODE",
            "case_insensitive": True,
            "rejected_messages": True,
            "item": {"code": "RIBBON", "product_id": "RB-0", "quantity": 1},
            "automatic": {"product_id": "RB-1", "quantity": 1},
        },
        "negotiation": {
            "validates_profile_url": True,
            "harness": True,
            "unsupported_version_profile_url": f"{wrong}/old.json",
            "incompatible_caps_profile_url": f"{wrong}/foreign.json",
            "unreachable_profile_url": f"{wrong}/gone.json",
            "malformed_profile_url": f"{wrong}/broken.json",
        },
        "webhooks": {"simulate": True, "signed": True, "retries": True, "wait_seconds": 90},
    }  # fmt: skip


def run(served: Served, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "spck_conformance.cli", "--server", served.url, "--insecure", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


def test_ucp_conformance_of_2026_04_08(served: Served) -> None:
    path, results = served.folder / "m.json", served.folder / "r.xml"
    assert run(served, "--init", str(path)).returncode == 0, served.last_words()
    scaffold = json.loads(path.read_text(encoding="utf-8"))
    with profiles() as wrong:
        path.write_text(json.dumps(manifest(served, scaffold, wrong)), encoding="utf-8")
        done = run(served, "--config", str(path), "--json", "--junit", str(results))
    report = json.loads(done.stdout)
    checks = {each["id"]: each for each in report["checks"]}
    deviations = [
        (key, each["req_ids"], each["observed"]) for key, each in checks.items() if each["status"] == "deviation"
    ]
    assert deviations == [], served.last_words()
    assert done.returncode == 0
    # Whatever was not tried is what this shop says that it does not have; and what passed would have noticed a defect.
    untried = {key: each["status"] for key, each in checks.items() if each["status"].startswith("not-tested")}
    unsaid = {key: why for key, why in untried.items() if not any(word in why for word in NOT_APPLICABLE)}
    assert unsaid == {}
    assert [key for key, each in checks.items() if each["status"] == "clean-pass" and not each["kill_safe"]] == []
    assert report["spec_version"] == "2026-04-08"
    assert report["verdict"]["musts_passed"] >= 88
    assert ET.parse(results).getroot().find(".//failure") is None
