"""Health, readiness and metrics."""

import ipaddress

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from parvis.interfaces.operations.address import client_address


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """This process answers. Says nothing of what it depends on: a restart would not mend that."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether requests should be sent here: the database answers and its tables are current."""
    from django.db.migrations.executor import MigrationExecutor

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "does not answer"}, status=503)
    if behind:
        return JsonResponse({"status": "unavailable", "migrations_missing": behind}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "migrations_missing": 0})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for callers on this machine or a private network."""
    try:
        caller = ipaddress.ip_address(client_address(request))
    except ValueError:
        return HttpResponse(status=403)
    if not (caller.is_loopback or caller.is_private):
        return HttpResponse(status=403)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
