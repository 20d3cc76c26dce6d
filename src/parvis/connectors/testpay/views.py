"""Two doors: the shop's ear for webhooks, and the bank's challenge page."""

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from parvis.connectors.testpay.models import Intent
from parvis.connectors.testpay.provider import TestPay
from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.core.money import Money
from parvis.domains.checkout import actions, tasks
from parvis.domains.checkout.ports import BadSignature, IntentState

log = structlog.get_logger("parvis.testpay")
BODY_LIMIT = 64 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take a signed event in and answer at once; calls to the provider that it makes due are left to the worker.

    400: not signed by the provider. 404 or 409: not ours (yet), to be sent again. 413: too large.
    """
    length = request.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > BODY_LIMIT:
        return JsonResponse({"error": "too_large"}, status=413)
    at = now()
    try:
        event = TestPay().parse_webhook(request.headers, request.body, at=at)
        due = actions.apply_provider_event(event, at)
    except BadSignature as error:
        log.warning("webhook refused", reason=error.params.get("reason"))
        return JsonResponse({"error": error.code}, status=error.status)
    except ParvisError as error:
        log.warning("webhook not taken", event_id=event.id, error=error.code)
        return JsonResponse({"error": error.code}, status=error.status)
    if due is not None:
        tasks.follow_up.defer(payment_id=due)
    return JsonResponse({"received": True})


@never_cache
@require_http_methods(["GET", "POST"])
def challenge(request: HttpRequest, token: str) -> HttpResponse:
    """The bank asks whether it is really the card's owner; either answer leads back to the shop."""
    intent = Intent.objects.filter(challenge=token).first()
    if intent is None:
        return HttpResponseNotFound()
    provider = TestPay()
    if request.method == "POST":
        provider.answer_challenge(token, accepted=request.POST.get("answer") == "accept")
        return HttpResponseRedirect(intent.return_url or "/")
    if intent.state != IntentState.ACTION_REQUIRED:
        return HttpResponseRedirect(intent.return_url or "/")
    with translation.override(intent.locale):
        context = {"intent": intent, "amount": _amount(intent), "brand": settings.BRAND, "language": intent.locale}
        return render(request, "testpay/challenge.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def wallet(request: HttpRequest, token: str) -> HttpResponse:
    """The wallet's page: accept or refuse; either answer leads back to the shop."""
    intent = Intent.objects.filter(client_token=token).first()
    if intent is None:
        return HttpResponseNotFound()
    if request.method == "POST":
        TestPay().answer_wallet(token, accepted=request.POST.get("answer") == "accept")
        return HttpResponseRedirect(intent.return_url or "/")
    with translation.override(intent.locale):
        context = {
            "intent": intent,
            "amount": _amount(intent),
            "brand": settings.BRAND,
            "language": intent.locale,
            "wallet": True,
        }
        return render(request, "testpay/challenge.html", context)


def _amount(intent: Intent) -> str:
    from babel.numbers import format_currency, get_currency_precision

    money = Money(intent.amount_minor, intent.currency)
    digits = get_currency_precision(money.currency)
    text: str = format_currency(money.amount_minor / 10**digits, money.currency, locale=intent.locale)
    return text
