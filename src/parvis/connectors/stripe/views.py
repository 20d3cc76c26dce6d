"""The shop's ear for Stripe's webhooks."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from parvis.connectors.stripe.provider import Stripe
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.domains.checkout import actions, ports, tasks

log = structlog.get_logger("parvis.stripe")
BODY_LIMIT = 256 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take a signed event in and answer at once; calls to Stripe that it makes due are left to the worker.

    400: not signed by Stripe. 404 or 409: not ours (yet), to be sent again. 413: too large. Where another provider is
    bound the door is not there.
    """
    provider = ports.bound()
    if not isinstance(provider, Stripe):
        raise Http404
    length = request.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > BODY_LIMIT:
        return JsonResponse({"error": "too_large"}, status=413)
    at = now()
    try:
        event = provider.parse_webhook(request.headers, request.body, at=at)
        due = actions.apply_provider_event(event, at) if event is not None else None
    except actions.UnknownPayment as error:
        if event is not None and event.state is None:
            # What an account without this shop's mark tells of (a dispute of the boutique's terminal) is not ours; were
            # it, the nightly comparison finds it.
            return JsonResponse({"received": True, "ours": False})
        log.warning("webhook not taken", error=error.code, kind=event.kind if event is not None else "")
        return JsonResponse({"error": error.code}, status=error.status)
    except ParvisError as error:
        log.warning("webhook not taken", error=error.code, reason=str(error.params.get("reason") or ""))
        return JsonResponse({"error": error.code}, status=error.status)
    if due is not None:
        tasks.follow_up.defer(payment_id=due)
    return JsonResponse({"received": True, "ours": event is not None})
