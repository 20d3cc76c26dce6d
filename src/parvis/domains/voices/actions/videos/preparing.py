"""A video made fit to be shown: a poster, one form that all browsers play, nothing of the original file.

Outside of any transaction; killed anywhere, it begins anew. Progress is kept in the row for whoever looks.
"""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from parvis.core import outbox
from parvis.core.errors import Conflict, NotFound
from parvis.domains.voices import models
from parvis.domains.voices.actions import photos
from parvis.domains.voices.actions.videos import errors, programs, taking
from parvis.domains.voices.contracts import VoiceReread, VoiceState
from parvis.domains.voices.contracts.video import VideoState

MOST_ATTEMPTS = 3
LOST_AFTER = timedelta(minutes=30)
log = structlog.get_logger("parvis.videos")


class NothingToShow(Conflict):
    """The voice has no video that is ready."""

    code = "no_video_ready"
    template = "This voice has no video that is ready."


def prepare_video(*, voice_id: int, at: datetime) -> bool:
    """Prepare the video of a voice; returns whether it is ready. Nothing is done when another worker is at it, or when
    there is nothing (left) to do."""
    row = _claim(voice_id, at)
    if row is None:
        return False
    source = _file(row.source)
    target = source.with_suffix(".mp4")
    made: list[Path] = []
    begun = time.monotonic()
    try:
        poster = _poster(row, source)
        _tell(voice_id, 0.05)
        found = _convert(source, target, voice_id)
        made = _keep(row, found, poster, target, at + timedelta(seconds=time.monotonic() - begun))
    except errors.BadVideo as error:
        _fail(voice_id, error)
        return False
    finally:
        for path in (source.with_suffix(".jpg"), target):
            path.unlink(missing_ok=True)
    if made:
        source.unlink(missing_ok=True)
    return bool(made)


def show_video(*, voice_id: int, at: datetime) -> None:
    """A person allows a video that became ready after the voice was decided about. Raises :class:`NothingToShow`."""
    ready = models.Video.objects.filter(voice_id=voice_id, state=VideoState.READY)
    with transaction.atomic():
        if not ready.update(approved_at=at):
            raise NothingToShow(reason="it has no video that is ready")
        _tell_of_change(voice_id, at)


def remove_video(*, voice_id: int, at: datetime) -> None:
    """Take the video of a voice away for good, with its files; the words stay. Raises NotFound."""
    with transaction.atomic():
        row = models.Video.objects.select_for_update().filter(voice_id=voice_id).first()
        if row is None:
            raise NotFound(kind="video", key=voice_id)
        paths = files_of(row)
        row.delete()
        _tell_of_change(voice_id, at)
        transaction.on_commit(lambda: unlink(paths))


def _tell_of_change(voice_id: int, at: datetime) -> None:
    """What is derived from a public voice (its clips in the search index) follows its video."""
    row = models.Voice.objects.filter(id=voice_id, state=VoiceState.PUBLISHED).first()
    if row is not None:
        outbox.publish(VoiceReread(voice_id=row.id, kind=row.kind, product_id=row.product_id), at=at)


def files_of(row: models.Video) -> list[str]:
    """Every file of a video, relative to MEDIA_ROOT."""
    return [path for path in (row.source, row.path, row.poster, row.thumb, row.captions) if path]


def unlink(paths: list[str]) -> None:
    """Delete files that may be gone already."""
    for path in paths:
        with suppress(OSError):
            _file(path).unlink()


# -- steps ----------------------------------------------------------------------------------------------------


def _claim(voice_id: int, at: datetime) -> models.Video | None:
    lost = Q(state=VideoState.PREPARING, begun_at__lt=at - LOST_AFTER)
    mine = models.Video.objects.filter(Q(state=VideoState.QUEUED) | lost, voice_id=voice_id)
    if not mine.update(state=VideoState.PREPARING, begun_at=at, share=0, attempts=F("attempts") + 1):
        return None
    return models.Video.objects.filter(voice_id=voice_id).first()


def _poster(row: models.Video, source: Path) -> photos.Encoded:
    if row.attempts > MOST_ATTEMPTS:
        raise errors.BadVideo  # it has broken the worker more than once
    picture = source.with_suffix(".jpg")
    found = programs.look("poster", source, picture)
    if "problem" in found or not picture.exists():
        raise errors.BadVideo
    try:
        return photos.encode(picture.read_bytes())
    except photos.BadPhoto as error:
        raise errors.BadVideo from error


def _convert(source: Path, target: Path, voice_id: int) -> dict[str, Any]:
    """Convert with ffmpeg, or without it give what all browsers play a new container; then look at the result as if
    it were a stranger's."""
    found = taking.check(programs.look("probe", source))
    if programs.converter() is not None:
        told = _throttled(lambda share: _tell(voice_id, 0.05 + 0.9 * share))
        programs.convert(source, target, form=found["format"], seconds=found["seconds"], progress=told)
    else:
        programs.look("remux", source, target)
    result = programs.look("probe", target) if target.exists() else {"problem": "nothing came out"}
    if "problem" in result or not taking.playable(result) or abs(result["seconds"] - found["seconds"]) > 1.5:
        log.warning("a prepared video is not what it should be", voice=voice_id, problem=result.get("problem"))
        raise errors.BadVideo
    return result


def _keep(row: models.Video, found: dict[str, Any], poster: photos.Encoded, target: Path, at: datetime) -> list[Path]:
    """Put the files in their place and the row to ready, unless the video is gone meanwhile (erased, taken away)."""
    name = f"voices/{at:%Y/%m}/{secrets.token_urlsafe(18)}"
    paths = {"path": f"{name}.mp4", "poster": f"{name}.webp", "thumb": f"{name}_s.webp"}
    made = [_file(path) for path in paths.values()]
    made[0].parent.mkdir(parents=True, exist_ok=True)
    kept = False
    size = target.stat().st_size
    try:
        target.replace(made[0])
        made[1].write_bytes(poster.large)
        made[2].write_bytes(poster.small)
        with transaction.atomic():
            mine = models.Video.objects.select_for_update().filter(voice_id=row.voice_id, source=row.source)
            kept = bool(
                mine.update(
                    **paths,
                    state=VideoState.READY,
                    share=1,
                    source="",
                    seconds=found["seconds"],
                    width=found["width"],
                    height=found["height"],
                    sound=bool(found["sound"]),
                    bytes=size,
                    ready_at=at,
                )
            )
            if kept and row.approved_at is not None:
                _tell_of_change(row.voice_id, at)
    finally:
        if not kept:
            for path in made:
                path.unlink(missing_ok=True)
    return made if kept else []


def _fail(voice_id: int, error: errors.BadVideo) -> None:
    """Keep why, and nothing else."""
    with transaction.atomic():
        row = models.Video.objects.select_for_update().filter(voice_id=voice_id).first()
        if row is None:
            return
        paths = files_of(row)
        row.state, row.error_code, row.error_params = VideoState.FAILED, error.code, dict(error.params)
        row.source, row.captions, row.captions_language = "", None, ""
        row.save(update_fields=["state", "error_code", "error_params", "source", "captions", "captions_language"])
        transaction.on_commit(lambda: unlink(paths))


def _tell(voice_id: int, share: float) -> None:
    models.Video.objects.filter(voice_id=voice_id, state=VideoState.PREPARING).update(share=round(share, 3))


def _throttled(tell: Callable[[float], None]) -> Callable[[float], None]:
    """Tell at most once a second."""
    last = 0.0

    def told(share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= 1:
            last = time.monotonic()
            tell(share)

    return told


def _file(relative: str) -> Path:
    return Path(settings.MEDIA_ROOT) / relative
