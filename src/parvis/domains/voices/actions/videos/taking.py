"""A video comes in with a review: checked at once, so that its author is told in the form; prepared later."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from parvis.core.tasks import SLOW, app
from parvis.domains.voices import models
from parvis.domains.voices.actions.videos import errors, programs
from parvis.domains.voices.contracts.video import VideoState
from parvis.domains.voices.rules import captions

INCOMING = "voices/incoming"  # no address leads here


@dataclass(frozen=True, kw_only=True, slots=True)
class NewVideo:
    """A video on its way in: its bytes in pieces, its size, its captions file (b"" for none) and their language."""

    chunks: Iterable[bytes]
    size: int
    captions: bytes = b""
    language: str = ""


def attach_video(*, voice_id: int, video: NewVideo, at: datetime, allowed: bool = False) -> None:
    """Keep a video of a voice, to be prepared in the background; a voice that has one keeps the first.

    Call it in the transaction that receives the voice, so that the machine knows of it when it decides. ``allowed``:
    the team hands it in and has seen it, so that it is shown as soon as it is ready and the voice is public. Raises a
    :class:`errors.BadVideo` or :class:`captions.BadCaptions` naming what cannot be taken; nothing is kept then.
    """
    if models.Video.objects.filter(voice_id=voice_id).exists():
        return
    if not programs.readable():
        raise errors.VideoOff
    if video.size > errors.MAX_BYTES:
        raise errors.VideoTooHeavy(megabytes=video.size / 1024**2, limit=errors.MAX_BYTES // 1024**2)
    cues = captions.parse(video.captions) if video.captions else ()
    relative = f"{INCOMING}/{secrets.token_urlsafe(18)}"
    source = Path(settings.MEDIA_ROOT) / relative
    source.parent.mkdir(parents=True, exist_ok=True)
    try:
        with source.open("wb") as file:
            for chunk in video.chunks:
                file.write(chunk)
        found = check(programs.look("probe", source))
        written = captions.write(cues, until_ms=round(found["seconds"] * 1000)) if cues else ""
        row = models.Video(
            voice_id=voice_id,
            source=relative,
            seconds=found["seconds"],
            width=found["width"],
            height=found["height"],
            bytes=video.size,
            sound=bool(found["sound"]),
            received_at=at,
            approved_at=at if allowed else None,
        )
        if "-->" in written:
            row.captions, row.captions_language = _keep_captions(written, at), video.language[:8]
        row.save(force_insert=True)
    except BaseException:
        source.unlink(missing_ok=True)
        raise
    transaction.on_commit(lambda: ask_to_prepare(voice_id))


def _keep_captions(written: str, at: datetime) -> str:
    path = f"voices/{at:%Y/%m}/{secrets.token_urlsafe(18)}.vtt"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(written, encoding="utf-8")
    return path


def ask_to_prepare(voice_id: int) -> None:
    """Ask a worker, by name: tasks are above actions."""
    with suppress(AlreadyEnqueued):
        task = app.configure_task("voices.prepare_video", lock=SLOW, queueing_lock=f"voices.prepare_video.{voice_id}")
        task.defer(voice_id=voice_id)


def check(found: dict[str, Any]) -> dict[str, Any]:
    """What the reader found, within the limits; else the :class:`errors.BadVideo` that says what is wrong."""
    problem = found.get("problem")
    if problem == "no_picture":
        raise errors.VideoWithoutPicture
    if problem == "too_many_pixels" or (not problem and found["width"] * found["height"] > errors.MAX_PIXELS):
        raise errors.VideoTooLarge(width=found["width"], height=found["height"])
    if problem or found["codec"] not in errors.CODECS:
        raise errors.BadVideo
    if found["seconds"] > errors.MAX_SECONDS + 0.5:
        raise errors.VideoTooLong(seconds=found["seconds"], limit=int(errors.MAX_SECONDS))
    if found["seconds"] < errors.MIN_SECONDS:
        raise errors.VideoTooShort
    if programs.converter() is None and not playable(found):
        raise errors.VideoNotPlayable
    return found


def playable(found: dict[str, Any]) -> bool:
    """Whether every browser plays it as it is, so that a new container is enough."""
    return bool(
        found["format"] == "mov"
        and found["codec"] == errors.PLAYABLE
        and found["pixels"] in ("yuv420p", "yuvj420p")
        and found["sound"] in ("", "aac")
        and found["width"] * found["height"] <= errors.PLAYABLE_PIXELS
    )


def video_possible() -> bool:
    """Whether this installation takes videos; forms hide the field otherwise."""
    return programs.readable()


def waiting_video(at: datetime, *, after: Any, limit: int = 20) -> list[int]:
    """Voices whose video waits although its task should have run: ids, the oldest first."""
    open_ones = models.Video.objects.filter(state__in=(VideoState.QUEUED, VideoState.PREPARING))
    late = open_ones.filter(received_at__lt=at - after).exclude(begun_at__gte=at - after)
    return list(late.order_by("received_at").values_list("voice_id", flat=True)[:limit])


def sweep_videos(*, at: datetime) -> int:
    """Delete incoming files of a day ago that belong to no video (a transaction that failed at its very end)."""
    folder = Path(settings.MEDIA_ROOT) / INCOMING
    known = set(models.Video.objects.exclude(source="").values_list("source", flat=True))
    old = at.timestamp() - 86_400
    gone = 0
    for path in folder.glob("*") if folder.is_dir() else ():
        if f"{INCOMING}/{path.stem}" not in known and path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
