"""What the conformance runner asks of a server under test, beside the addresses of the shop."""

import json
from typing import Any

from django.db import OperationalError
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from parvis.core import idempotency
from parvis.core.clock import now
from parvis.core.models import KeptAnswer
from parvis.domains.checkout import actions, queries
from parvis.interfaces.agents.ucp.showing import line_id
from parvis.project import urls as shop

_real = (idempotency.once, idempotency.once_outside)


def _broken(**_: Any) -> Any:
    raise OperationalError("the storage of answers is away")


@csrf_exempt
def age(request: HttpRequest) -> HttpResponse:
    """Make a kept answer older by some hours."""
    from datetime import timedelta

    told = json.loads(request.body)
    hours = timedelta(hours=told["hours"])
    KeptAnswer.objects.filter(key=told["key"]).update(created_at=F("created_at") - hours)
    return JsonResponse({})


@csrf_exempt
def outage(request: HttpRequest) -> HttpResponse:
    """Break the storage of answers, or mend it."""
    away = json.loads(request.body)["enabled"]
    idempotency.once, idempotency.once_outside = (_broken, _broken) if away else _real
    return JsonResponse({})


@csrf_exempt
def adjust(request: HttpRequest, number: str) -> HttpResponse:
    """Give money back for pieces of an order."""
    told = json.loads(request.body)
    order = queries.order_by_number(number)
    (line,) = [each for each in order.lines if line_id(each.variant_id) == told["line_item_id"]]
    actions.refund(
        order_id=order.id, lines={line.id: told["quantity"]}, reason="asked by the runner", key=f"{number}-{line.id}",
        at=now(),
    )  # fmt: skip
    return JsonResponse({})


urlpatterns = [
    path("ucp/testing/idempotency/age", age),
    path("ucp/testing/idempotency/outage", outage),
    path("ucp/testing/orders/<str:number>/adjust", adjust),
    *shop.urlpatterns,
]
handler404 = "parvis.interfaces.operations.middleware.page_not_found"
handler403 = "parvis.interfaces.operations.middleware.forbidden"
handler500 = "parvis.interfaces.operations.middleware.server_error"
