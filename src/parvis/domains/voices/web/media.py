"""Photos and videos of voices, served with their type and how long they may be kept."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from parvis.core.errors import NotFound
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.voices import queries
from parvis.domains.voices.contracts import VoiceState

_NAME = re.compile(r"\d{4}/\d{2}/[\w-]{24}(?:(?:_s)?\.webp|\.mp4|\.vtt)", re.ASCII)
_TYPES = {".webp": "image/webp", ".mp4": "video/mp4", ".vtt": "text/vtt; charset=utf-8"}
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
_PIECE = 256 * 1024


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """A stored photo, video, poster or captions file. What is not public is shown to the team, and to its author with
    ``?of=<author's token>``. Videos answer requests for a part, without which some browsers play nothing."""
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
    path = Path(settings.MEDIA_ROOT) / "voices" / name
    answer: HttpResponseBase = HttpResponseNotModified() if known else _answer(request, path, etag)
    # a day and no longer: what is withdrawn has to go from caches too
    answer["Cache-Control"] = "public, max-age=86400" if public else "private, no-store"
    answer["ETag"] = etag
    return answer


def _answer(request: HttpRequest, path: Path, etag: str) -> HttpResponseBase:
    kind = _TYPES[path.suffix]
    try:
        size = path.stat().st_size
        asked = _asked(request, size, etag) if path.suffix == ".mp4" else None
        answer: HttpResponseBase
        if asked is None:
            answer = FileResponse(path.open("rb"), content_type=kind)
        elif asked[0] >= size:
            answer = HttpResponse(status=416)
            answer["Content-Range"] = f"bytes */{size}"
        else:
            answer = _part(path, kind, asked, size)
    except OSError as error:
        raise Http404 from error
    if path.suffix == ".mp4":
        answer["Accept-Ranges"] = "bytes"
    return answer


def _asked(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """The part that is asked for, as first and last byte; None for the whole (also of what cannot be read)."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if first:
        end = min(int(last), size - 1) if last else size - 1
        return (int(first), end) if int(first) <= end or int(first) >= size else None
    return (max(0, size - int(last)), size - 1) if last and int(last) else None


def _part(path: Path, kind: str, asked: tuple[int, int], size: int) -> StreamingHttpResponse:
    first, last = asked
    answer = StreamingHttpResponse(_pieces(path, first, last), status=206, content_type=kind)
    answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Content-Length"] = str(last - first + 1)
    return answer


def _pieces(path: Path, first: int, last: int) -> Iterator[bytes]:
    left = last - first + 1
    with path.open("rb") as file:
        file.seek(first)
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece


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
