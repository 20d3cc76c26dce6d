"""The door for news of mails: signed, so that only the brand's own mail provider or bounce box comes in."""

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from parvis.connectors.mail import reports
from parvis.connectors.webhooks import signing
from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.messaging import actions
from parvis.domains.messaging.contracts import NewNotice

log = structlog.get_logger("parvis.mail")
BODY_LIMIT = 512 * 1024
_MAILS = ("message/rfc822", "multipart/report", "application/octet-stream")


def take(notices: Iterable[NewNotice]) -> dict[str, int]:
    """Take news in; how many were new, known already, and about no mail of ours."""
    at = now()
    counted = {"taken": 0, "known": 0, "unknown": 0}
    for notice in notices:
        try:
            counted["taken" if actions.take_notice(notice, at=at) else "known"] += 1
        except NotFound:
            counted["unknown"] += 1
    return counted


@csrf_exempt
@require_POST
def door(request: HttpRequest) -> HttpResponse:
    """POST a list of events (application/json) or a returned mail as it is (message/rfc822), signed as Standard
    Webhooks say with PARVIS_MAIL_HOOK_SECRET.

    Nothing is asked of the database before the signature is right. What is about no mail of ours is counted and taken,
    so that nobody delivers it for ever. 404: no secret is set. 401: not signed, or too long ago. 413: too large.
    415, 422: not one of both forms.
    """
    secret = settings.MAIL_HOOK_SECRET
    if not secret:
        raise Http404
    length = request.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > BODY_LIMIT:
        return JsonResponse({"error": "too_large"}, status=413)
    body = request.body
    if not signing.verify(secret=secret, given=request.headers, body=body, at=now()):
        log.warning("news of a mail refused", reason="signature")
        return JsonResponse({"error": "bad_signature"}, status=401)
    kind = request.content_type
    if kind != "application/json" and kind not in _MAILS:
        return JsonResponse({"error": "unsupported_type"}, status=415)
    try:
        notices = reports.from_events(body) if kind == "application/json" else reports.from_mail(body)
    except reports.BadEvents as error:
        return JsonResponse({"error": "bad_events", "problem": str(error)}, status=422)
    return JsonResponse(take(notices))
