"""The API keeps its own description, whatever it is sent."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from parvis.domains.catalog import testing as shop
from parvis.domains.people.contracts import Scope
from parvis.domains.voices import testing as spoken
from parvis.interfaces.api.tests.program import Program

pytestmark = [pytest.mark.database, pytest.mark.slow]
DESCRIPTION = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
CHECKS = (
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.response_schema_conformance,
)
OPERATIONS = [operation.ok() for operation in DESCRIPTION.get_all_operations()]


@pytest.fixture
def program(db: None) -> Iterator[Program]:
    spoken.receive_cast(shop.small_catalogue().products["linen-dress"])
    # the server closes its connection around each request; here that would be the test's own
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield Program(*Scope)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_address_keeps_to_its_description(
    operation: "schemathesis.schemas.APIOperation", program: Program
) -> None:
    sent = 0

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def attempt(case: "schemathesis.Case") -> None:
        nonlocal sent
        sent += 1
        case.headers = {
            **(case.headers or {}),
            "Authorization": f"Bearer {program.secret}",
            "Idempotency-Key": f"{operation.label} {sent}",
        }
        response = case.call()
        case.validate_response(response, checks=list(CHECKS))
        if response.status_code >= 400 and response.status_code != 404:
            assert response.headers["content-type"][0].startswith("application/problem+json")

    attempt()
    assert sent


def test_documentation_is_served_without_foreign_scripts() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    assert "cdn" not in page
