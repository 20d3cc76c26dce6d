"""Who may come in, what was agreed, and what strangers try: wrong keys, changed bodies, repeats, wrong clocks, profiles
that are not what they should be."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.test import Client

from parvis.core import message_signatures as signatures
from parvis.core import outbound, signing_keys
from parvis.core.clock import now
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people import testing
from parvis.interfaces.agents.ucp import platforms, problems, profile, releases
from parvis.interfaces.agents.ucp.tests.conftest import Internet
from parvis.interfaces.agents.ucp.tests.platform import (
    ADA,
    APRIL,
    AUGUST,
    PROFILE,
    Platform,
    document,
    faults,
    pays,
    shipped,
    wants,
)
from parvis.interfaces.storefront.tests.conftest import Shop

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BODY = {"line_items": wants(("DR-M", 1)), "buyer": ADA, "fulfillment": shipped()}


def create(platform: Platform, **options: Any) -> Any:
    return platform.send("POST", "checkout-sessions", BODY, **options)


def refused(told: Any) -> tuple[int, str]:
    return told.status, told.body.get("code", "")


# -- signatures -----------------------------------------------------------------------------------------------------


def test_who_touches_a_buyer_has_to_sign(platform: Platform) -> None:
    assert refused(create(platform, sign=False)) == (401, "signature_missing")
    assert create(platform).status == 201


def test_another_key_is_nobody_and_a_wrong_one_is_noticed(platform: Platform) -> None:
    own = platform.key
    platform.key = signing_keys.named(ec.generate_private_key(ec.SECP256R1()))
    assert refused(create(platform)) == (401, "key_not_found")
    platform.key = signing_keys.SigningKey(own.kid, platform.key.private)
    assert refused(create(platform)) == (401, "signature_invalid")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"content-digest": signatures.digest(b"another body")}, 400, "digest_mismatch"),
        ({"idempotency-key": "another"}, 401, "signature_invalid"),
        ({"signature": "sig1=:AAAA:"}, 401, "signature_invalid"),
        ({"signature": ""}, 401, "signature_missing"),
        ({"signature-input": "nonsense"}, 401, "signature_missing"),
    ],
    ids=["digest", "idempotency-key", "short", "none", "unreadable"],
)
def test_what_was_changed_on_the_way(platform: Platform, changed: dict[str, str], status: int, code: str) -> None:
    assert refused(create(platform, tamper=changed)) == (status, code)


def test_clocks_may_differ_by_a_minute(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, status in ((50, 201), (90, 401), (-250, 201), (-400, 401)):
        moved = timedelta(seconds=seconds)
        monkeypatch.setattr("parvis.interfaces.agents.ucp.tests.platform.now", lambda by=moved: now() + by)
        platform.strict = False
        assert create(platform).status == status


def test_a_repeated_message_does_nothing_twice(platform: Platform) -> None:
    first, again = (create(platform, key="the-same-key-of-128-bits") for _ in range(2))
    assert first.body["id"] == again.body["id"]


def test_without_keys_only_where_the_operator_allows_it(internet: Internet, shop: Shop, settings: Any) -> None:
    bare = Platform(profile="https://keyless.example/p.json")
    internet[bare.profile] = json.dumps(document(())).encode()
    assert refused(create(bare, sign=False)) == (401, "signature_missing")
    settings.UNSIGNED_AGENTS = True
    made = create(bare, sign=False)
    assert made.status == 201
    done = bare.send("POST", f"checkout-sessions/{made.body['id']}/complete", pays(), sign=False)
    told = bare.send("GET", f"orders/{done.body['order']['id']}", sign=False)
    assert refused(told) == (401, "signature_missing")  # orders are told to proven platforms only


def test_who_has_keys_has_to_use_them_whatever_the_setting(platform: Platform, settings: Any) -> None:
    settings.UNSIGNED_AGENTS = True
    assert refused(create(platform, sign=False)) == (401, "signature_missing")


def test_one_signature_that_holds_is_enough(platform: Platform) -> None:
    content = json.dumps(BODY).encode()
    headers = {"ucp-agent": f'profile="{PROFILE}"', "idempotency-key": "k-2", "content-type": "application/json"}
    made = platform.signed("POST", "/ucp/checkout-sessions", "", headers, content)
    foreign = made["signature-input"].replace("sig1=", "other=").replace(platform.key.kid, "somebody-elses")
    both = {
        "signature-input": f"{foreign}, {made['signature-input']}",
        "signature": f"{made['signature'].replace('sig1=', 'other=')}, {made['signature']}",
    }
    assert create(platform, key="k-2", tamper={**made, **both}).status == 201
    first = {**both, "signature": both["signature"][:-9] + "AAAAAAA=:"}
    assert refused(create(platform, key="k-2", tamper={**made, **first})) == (401, "key_not_found")


# -- agents ---------------------------------------------------------------------------------------------------------


def test_a_platform_is_met_once_and_can_be_stopped(platform: Platform) -> None:
    create(platform)
    create(platform)
    agent = people_queries.agent_by_profile(PROFILE)
    assert agent is not None
    people.stop_agent(agent_id=agent.id, reason="it misbehaves", at=now())
    assert refused(create(platform)) == (403, "profile_not_trusted")
    assert refused(platform.send("POST", "catalog/search", {"query": "a"}, sign=False))[0] == 403
    people.resume_agent(agent_id=agent.id, at=now())
    assert create(platform).status == 201
    people.stop_all_agents(reason="closed", at=now())
    assert refused(create(platform)) == (503, "agents_stopped")


def test_newcomers_read_but_do_not_buy_where_the_brand_says_so(platform: Platform) -> None:
    people.welcome_newcomers(welcome=False, at=now())
    assert platform.send("POST", "catalog/search", {"query": "dress"}).status in (200, 403)
    assert platform.send("POST", "catalog/search", {"query": "dress"}, sign=False).status == 200
    assert refused(create(platform)) == (403, "profile_not_trusted")


def test_a_key_acts_for_nobody_elses_profile(platform: Platform, internet: Internet) -> None:
    create(platform)  # its profile is known from now on
    own = people.register_agent(name="By key", at=now())
    owner = testing.staff("olivia", at=now())
    _key, secret = people.issue_agent_key(agent_id=own.id, account_id=owner.account_id, at=now())
    bare = Platform(profile="https://keyless.example/p.json")
    internet[bare.profile] = json.dumps(document(())).encode()
    told = create(bare, sign=False, authorization=f"Bearer {secret}")
    assert told.status == 201
    bare.profile = PROFILE
    assert refused(create(bare, sign=False, authorization=f"Bearer {secret}")) == (403, "forbidden")


# -- profiles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    ["", "nonsense(", "profile=token", 'profile="http://platform.example/p"', 'profile="ftp://a.example/"',
     'profile="https:///p"', 'profile="https://a.example:no/"', f'profile="https://a.example/{"x" * 600}"',
     'profile="https://127.0.0.1/p"', 'profile="https://[::1]/p"', 'profile="https://169.254.169.254/latest"',
     'profile="https://10.0.0.8/p"', 'profile="https://user:secret@127.0.0.1/p"', 'other="https://a.example/p"'],
    ids=range(14),
)  # fmt: skip
def test_addresses_that_no_profile_may_have(shop: Shop, header: str) -> None:
    answer = Client().post(
        "/ucp/catalog/search", "{}", content_type="application/json", headers={"ucp-agent": header} if header else {}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_profile_url")


def answered(status: int, body: bytes) -> Callable[[], outbound.Reply]:
    return lambda: outbound.Reply(status=status, body=body)


@pytest.mark.parametrize(
    ("found", "status", "code"),
    [
        (answered(404, b""), 424, "profile_unreachable"),
        (answered(302, b""), 424, "profile_unreachable"),
        (answered(200, b"<html>"), 422, "profile_malformed"),
        (answered(200, b"x" * 70_000), 422, "profile_malformed"),
        (answered(200, b"[" * 50_000), 422, "profile_malformed"),
        (answered(200, b"{}"), 422, "profile_malformed"),
        (answered(200, b'{"ucp": {"version": "draft"}}'), 422, "profile_malformed"),
        (answered(200, b'{"ucp": {"version": "2026-01-01"}}'), 422, "version_unsupported"),
        (answered(200, b'{"ucp": {"version": "2026-04-08", "capabilities": []}}'), 422, "profile_malformed"),
        (answered(200, b'{"ucp": {"version": "2026-04-08"}, "signing_keys": [1]}'), 422, "profile_malformed"),
    ],
    ids=["gone", "redirect", "html", "huge", "deep", "empty", "draft", "old", "list", "keys"],
)
def test_profiles_that_cannot_be_used(
    internet: Internet, platform: Platform, found: Any, status: int, code: str
) -> None:
    internet["https://other.example/p"] = found
    other = Platform(profile="https://other.example/p")
    told = other.send("POST", "catalog/search", {"query": "dress"}, sign=False)
    assert refused(told) == (status, code)
    assert told.body["continue_url"]


def test_a_failure_is_kept_for_a_minute_and_so_is_a_profile(internet: Internet, platform: Platform) -> None:
    asked: list[int] = []

    def found() -> outbound.Reply:
        asked.append(1)
        return outbound.Reply(status=500, body=b"")

    internet["https://down.example/p"] = found
    down = Platform(profile="https://down.example/p")
    for _ in range(5):
        assert down.send("POST", "catalog/search", {"query": "a"}, sign=False).status == 424
    assert len(asked) == 1


def test_one_stranger_keeps_no_other_waiting(
    internet: Internet, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platforms, "STRANGER", replace(platforms.STRANGER, burst=2, per_minute=0.01))
    create(platform)
    for number in range(3):
        other = Platform(profile=f"https://stranger-{number}.example/p", client=Client(REMOTE_ADDR="198.51.100.7"))
        internet[other.profile] = json.dumps(document(())).encode()
        told = other.send("POST", "catalog/search", {"query": "dress"}, sign=False)
    assert refused(told) == (503, "discovery_busy")
    other.client = Client(REMOTE_ADDR="198.51.100.8")
    assert other.send("POST", "catalog/search", {"query": "dress"}, sign=False).status == 200
    cache.clear()  # and a platform that is known waits in no line
    platform.client = Client(REMOTE_ADDR="198.51.100.7")
    assert create(platform).status == 201


def test_a_new_key_is_found_once_the_kept_profile_is_old_enough(internet: Internet, platform: Platform) -> None:
    at = now()
    fresh = signing_keys.named(ec.generate_private_key(ec.SECP256R1()))
    platforms.platform(PROFILE, at=at)
    internet[PROFILE] = json.dumps(document((platform.key, fresh))).encode()
    assert fresh.kid not in platforms.platform(PROFILE, at=at, keys={fresh.kid}).keys
    later = at + platforms.FLOOR + timedelta(seconds=1)
    assert fresh.kid in platforms.platform(PROFILE, at=later, keys={fresh.kid}).keys


def test_a_slow_profile_is_given_up(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A real server that drips its answer."""
    done = threading.Event()

    class Drip(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            while not done.is_set():
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return
                time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Drip)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{server.server_address[1]}"
    settings.OUTBOUND_ALLOWED = (place,)
    monkeypatch.setattr(outbound, "_MOST_SECONDS", 0.3)
    try:
        with pytest.raises(problems.ProfileUnreachable):
            platforms.platform(f"http://{place}/p", at=now())
    finally:
        done.set()
        server.shutdown()
        server.server_close()


# -- the shop's own profile -----------------------------------------------------------------------------------------


def test_the_shops_profile(shop: Shop) -> None:
    answer = Client().get("/.well-known/ucp")
    told = answer.json()
    assert answer["Cache-Control"] == "public, max-age=300"
    assert faults(told["ucp"], "ucp.json#/$defs/business_schema") == []
    assert faults({"version": "draft"}, "ucp.json#/$defs/business_schema")  # the schema does object
    assert [faults(key, "discovery/profile.json#/$defs/signing_key") for key in told["signing_keys"]] == [[], [], []]
    assert told["signing_keys"][0]["kid"] == signing_keys.current(at=now()).kid
    assert all("d" not in key for key in told["signing_keys"])
    assert told["ucp"]["version"] == APRIL
    assert told["keys"] == told["signing_keys"]  # of whichever release a platform verifies us by
    others = told["ucp"]["supported_versions"]
    assert list(others) == [AUGUST]
    leaf = Client().get(others[AUGUST].removeprefix("http://testserver")).json()
    assert leaf["ucp"]["version"] == AUGUST
    assert "supported_versions" not in leaf["ucp"]
    assert faults(leaf, "profile.json#/$defs/business_schema", AUGUST) == []
    assert faults({**leaf, "keys": [{"d": 1}]}, "profile.json#/$defs/business_schema", AUGUST)
    assert {each["version"] for (each,) in leaf["ucp"]["capabilities"].values()} == {AUGUST}
    assert leaf["ucp"]["capabilities"].keys() == told["ucp"]["capabilities"].keys()
    assert Client().get("/.well-known/ucp/2026-01-01").status_code == 404


def test_our_extension_stands_under_the_shops_own_domain(shop: Shop, settings: Any) -> None:
    april, august = (releases.of(version) for version in (APRIL, AUGUST))
    for url, spaces in (
        ("https://example.com", ("com.example", "com.example")),
        ("https://shop.example-brand.co.uk", ("", "uk.co.example-brand.shop")),
        ("http://example.com", ("", "")),
        ("https://192.0.2.1", ("", "")),
        ("https://[2001:db8::1]", ("", "")),
        ("https://localhost", ("", "")),
    ):
        settings.PUBLIC_URL = url
        assert (april.namespace(), august.namespace()) == spaces
    settings.PUBLIC_URL = "https://example.com"
    extension = april.capabilities()["com.example.shopping.reviews_evidence"]
    assert extension.schema == "https://example.com/ucp/reviews-evidence.schema.json"
    told = Client().get("/ucp/reviews-evidence.schema.json").json()
    assert set(extension.extends) <= set(told["$defs"])
    assert extension.name in profile.business(august)["capabilities"]


def test_other_methods_and_other_bodies(platform: Platform) -> None:
    platform.strict = False
    wrong = platform.send("DELETE", "checkout-sessions")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")
    plain = platform.client.post(
        "/ucp/catalog/search", "query=a", content_type="text/plain", headers={"ucp-agent": f'profile="{PROFILE}"'}
    )
    assert plain.status_code == 400
