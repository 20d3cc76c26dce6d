"""Product pictures. Photos of voices have their own door (voices.web.media), which asks whether they are public."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils._os import safe_join
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from django.views.static import was_modified_since

SHOWN = {".webp", ".png", ".jpg", ".jpeg", ".svg", ".avif"}
KEPT = "public, max-age=86400"


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One file of the media folder, or 404: there are no lists, no other kinds, nothing outside."""
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
    except (SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    if file.is_relative_to(safe_join(settings.MEDIA_ROOT, "voices")):
        raise Http404  # asked of the file, not of the address: "./voices/" and "x/../voices/" lead there too
    if file.suffix.lower() not in SHOWN or not file.is_file():
        raise Http404
    changed = file.stat().st_mtime
    if not was_modified_since(request.headers.get("If-Modified-Since"), changed):
        return HttpResponseNotModified()
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = FileResponse(file.open("rb"), content_type=kind)
    response["Last-Modified"] = http_date(changed)
    response["Cache-Control"] = KEPT
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
