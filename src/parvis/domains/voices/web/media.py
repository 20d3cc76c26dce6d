"""Photos of voices, served with their type and how long they may be kept."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from parvis.core.errors import NotFound
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.voices import queries
from parvis.domains.voices.contracts import VoiceState

_NAME = re.compile(r"\d{4}/\d{2}/[\w-]{24}(?:_s)?\.webp", re.ASCII)


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """A stored photo. What is not public is shown to the team, and to its author with ``?of=<author's token>``."""
    if not _NAME.fullmatch(name):
        raise Http404
    owner = queries.media_owner(f"voices/{name}")
    if owner is None:
        raise Http404
    voice_id, state = owner
    public = state is VoiceState.PUBLISHED
    if not public and not _may_see(request, voice_id):
        raise Http404
    etag = f'"{name.rsplit("/", 1)[-1]}"'
    known = request.headers.get("If-None-Match") == etag
    answer: HttpResponseBase = (
        HttpResponseNotModified() if known else _file(Path(settings.MEDIA_ROOT) / "voices" / name)
    )
    # a day and no longer: a photo that is withdrawn has to go from caches too
    answer["Cache-Control"] = "public, max-age=86400" if public else "private, no-store"
    answer["ETag"] = etag
    return answer


def _file(path: Path) -> FileResponse:
    try:
        return FileResponse(path.open("rb"), content_type="image/webp")
    except OSError as error:
        raise Http404 from error


def _may_see(request: HttpRequest, voice_id: int) -> bool:
    token = request.GET.get("of", "")
    if token:
        try:
            return queries.by_author_token(token).id == voice_id
        except NotFound:
            return False
    if not request.user.is_authenticated:
        return False
    staff = people.staff(int(request.user.pk))
    return staff is not None and staff.may(Permission.VOICES_VIEW)
