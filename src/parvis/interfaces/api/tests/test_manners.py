"""The API's manners: tokens and scopes, pages, ETags, idempotent writes, problems."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog import testing as shop
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.tests.program import Program

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def problem(response: object) -> dict[str, object]:
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    return body


def test_without_a_token_or_with_a_wrong_one_nothing_is_told() -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic abc"}):
        answer = Client().get("/api/v1/products", headers=headers)
        assert problem(answer)["code"] == "unauthorised"
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_missing_scope_is_named() -> None:
    answer = Program(Scope.ORDERS_READ)("GET", "/products")
    assert answer.status_code == 403
    assert "catalog:read" in str(problem(answer)["detail"])


def test_a_revoked_token_is_refused() -> None:
    program = Program(Scope.CATALOG_READ)
    assert program("GET", "/products").status_code == 200
    [token] = people_queries.tokens()
    people.revoke_token(token_id=token.id, actor_id=None, at=datetime.now(UTC))
    assert program("GET", "/products").status_code == 401


def test_pages_follow_each_other_and_cover_everything_once() -> None:
    shop.small_catalogue()
    program = Program(Scope.CATALOG_READ)
    seen, cursor = [], ""
    for _ in range(5):
        page = program("GET", f"/products?limit=2{cursor}").json()
        seen += [product["slug"] for product in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == len(shop.PRODUCTS)
    assert problem(program("GET", "/products?cursor=rubbish"))["code"] == "bad_cursor"
    assert program("GET", "/products?limit=1000").status_code == 422


def test_an_unchanged_answer_is_not_sent_again() -> None:
    made = shop.small_catalogue()
    program = Program(Scope.CATALOG_READ)
    path = f"/products/{next(iter(made.products.values()))}"
    first = program("GET", path)
    again = program("GET", path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert program("GET", path + "?locale=fr", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_price_changed_by_somebody_else_is_not_overwritten() -> None:
    shop.small_catalogue()
    program = Program(Scope.CATALOG_READ, Scope.CATALOG_WRITE)
    sku = shop.PRODUCTS[0].variants[0].sku
    read = program("GET", f"/variants/{sku}")
    mine = {"If-Match": read["ETag"]}
    changed = program("PUT", f"/variants/{sku}/price", {"amount_minor": 4200}, headers=mine)
    assert changed.json()["price"] == {"amount_minor": 4200, "currency": "EUR"}
    late = program("PUT", f"/variants/{sku}/price", {"amount_minor": 4300}, headers=mine)
    assert problem(late)["code"] == "precondition_failed"
    assert program("GET", f"/variants/{sku}").json()["price"]["amount_minor"] == 4200


def test_a_write_is_done_once_under_its_key() -> None:
    shop.small_catalogue()
    program = Program(Scope.CATALOG_READ, Scope.CATALOG_WRITE)
    sku = shop.PRODUCTS[0].variants[0].sku
    before = catalog.variants_by_sku([sku])[sku].on_hand
    path, body = f"/variants/{sku}/stock-movements", {"kind": "received", "quantity": 5, "reason": "delivery 12"}
    assert problem(program("POST", path, body))["code"] == "idempotency_key_required"
    first = program("POST", path, body, key="d-12")
    again = program("POST", path, body, key="d-12")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert catalog.variants_by_sku([sku])[sku].on_hand == before + 5
    other = program("POST", path, {**body, "quantity": 6}, key="d-12")
    assert problem(other)["code"] == "idempotency_conflict"


def test_a_refused_write_leaves_nothing_and_can_be_mended_under_the_same_key() -> None:
    shop.small_catalogue()
    program = Program(Scope.CATALOG_READ, Scope.CATALOG_WRITE)
    sku = shop.PRODUCTS[0].variants[0].sku
    path = f"/variants/{sku}/stock-movements"
    refused = program("POST", path, {"kind": "adjusted", "quantity": -99_000, "reason": "lost"}, key="k")
    assert 400 <= refused.status_code < 500
    problem(refused)
    mended = program("POST", path, {"kind": "adjusted", "quantity": -1, "reason": "lost"}, key="k")
    assert mended.status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/variants/NONE/stock-movements", {"kind": "received", "quantity": 1, "reason": "x"}),
        ("/variants/NONE/stock-movements", {"kind": "stolen", "quantity": 1, "reason": "x"}),
        ("/variants/NONE/stock-movements", {"kind": "received", "quantity": 10**30, "reason": "x"}),
        ("/variants/NONE/stock-movements", [1, 2]),
        ("/webhook-endpoints", {"url": "https://127.0.0.1/x"}),
        ("/webhook-endpoints", {"url": "https://93.184.216.34/", "kinds": ["no.such"]}),
    ],
)
def test_bad_bodies_are_told_where_they_are_wrong(path: str, body: object) -> None:
    program = Program(Scope.CATALOG_WRITE, Scope.WEBHOOKS_WRITE)
    answer = program("POST", path, body, key="k")
    assert 400 <= answer.status_code < 500
    assert problem(answer)["detail"]


def test_a_body_that_is_no_json_is_a_problem_too() -> None:
    program = Program(Scope.CATALOG_WRITE)
    headers = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "k"}
    answer = program.client.post(
        "/api/v1/variants/X/stock-movements", "{not json", content_type="application/json", headers=headers
    )
    assert answer.status_code == 400
    problem(answer)


def test_an_endpoint_is_made_once_and_its_secret_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("93.184.216.34", 443))])
    program = Program(Scope.WEBHOOKS_WRITE)
    body = {"url": "https://erp.example/hook", "kinds": ["catalog.price_changed"]}
    made = program("POST", "/webhook-endpoints", body, key="k").json()
    assert made["secret"].startswith("whsec_")
    [listed] = program("GET", "/webhook-endpoints").json()
    assert "secret" not in listed
    assert program("DELETE", f"/webhook-endpoints/{made['id']}").status_code == 204
    assert program("DELETE", f"/webhook-endpoints/{made['id']}").status_code == 204
    assert program("GET", "/webhook-endpoints").json() == []


def test_the_description_is_openapi_3_1() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert "/api/v1/products" in described["paths"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/products", 405, "method_not_allowed"),
        ("GET", "/metrics/orders/days?from=2026-01-01", 422, "unknown_parameter"),
        ("GET", "/metrics/orders/days?since=yesterday", 422, "invalid_request"),
        ("GET", "/products?colour=red", 422, "unknown_parameter"),
    ],
)
def test_every_failure_is_a_problem_with_a_code(method: str, path: str, status: int, code: str) -> None:
    program = Program(Scope.CATALOG_READ, Scope.METRICS_READ)
    answer = program(method, path)
    told = problem(answer)
    assert (answer.status_code, told["code"]) == (status, code)
    assert told["request_id"] == answer["X-Request-ID"]
    assert status != 405 or "GET" in answer["Allow"]


def test_places_are_named_as_the_client_sent_them() -> None:
    program = Program(Scope.CATALOG_WRITE, Scope.METRICS_READ)
    sent = {"kind": "received", "quantity": "many", "reason": "x"}
    told = problem(program("POST", "/variants/X/stock-movements", sent, key="k"))
    assert [each["where"] for each in told["errors"]] == ["body.quantity"]
    told = problem(program("GET", "/metrics/overview?since=soon"))
    assert [each["where"] for each in told["errors"]] == ["query.since"]
