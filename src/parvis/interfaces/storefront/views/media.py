"""Files that the shop shows: product pictures for all, photos of voices only as long as the voice is public."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils._os import safe_join
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from django.views.static import was_modified_since

from parvis.core.errors import NotFound
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import current_staff
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import VoiceState

SHOWN = {".webp", ".png", ".jpg", ".jpeg", ".svg", ".avif"}
PRODUCTS_KEPT = "public, max-age=86400"
VOICES_KEPT = "public, max-age=600"  # a withdrawn photo must be gone soon, everywhere


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One file of the media folder, or 404: there are no lists, no other kinds, nothing outside."""
    kept = PRODUCTS_KEPT
    if path.startswith("voices/"):
        kept = _of_voice(request, path)
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
    except (SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    if file.suffix.lower() not in SHOWN or not file.is_file():
        raise Http404
    changed = file.stat().st_mtime
    if not was_modified_since(request.headers.get("If-Modified-Since"), changed):
        return HttpResponseNotModified()
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = FileResponse(file.open("rb"), content_type=kind)
    response["Last-Modified"] = http_date(changed)
    response["Cache-Control"] = kept
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _of_voice(request: HttpRequest, path: str) -> str:
    """How long the photo of a voice may be kept; 404 for those who may not see it."""
    owner = voices.media_owner(path)
    if owner is None:
        raise Http404
    voice_id, state = owner
    if state is VoiceState.PUBLISHED:
        return VOICES_KEPT
    token = request.GET.get("by", "")
    try:
        if token and voices.by_author_token(token).id == voice_id:
            return "private, no-store"
    except NotFound:
        pass
    staff = current_staff(request) if request.user.is_authenticated else None
    if staff is None or not staff.may(Permission.VOICES_VIEW):
        raise Http404
    return "private, no-store"
