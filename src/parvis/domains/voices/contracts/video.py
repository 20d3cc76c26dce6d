"""A short video of a review, on its way to being shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class VideoState(StrEnum):
    """How far a video is. ``failed`` says why; the review stands without it."""

    QUEUED = "queued"
    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """A video of a voice. Addresses are filled once it is ``ready``; they are served to those who may see it.

    ``shown``: the public may see it, once the voice is published: a person has decided about the voice with the video
    before the eyes, or has allowed it since. ``share`` 0..1 of the preparation. ``captions_language`` is "" without
    captions. ``error_code`` with ``error_params`` say what is wrong with a failed one.
    """

    state: VideoState
    share: float
    seconds: float
    width: int
    height: int
    bytes: int
    sound: bool
    url: str = ""
    poster_url: str = ""
    thumb_url: str = ""
    captions_url: str = ""
    captions_language: str = ""
    shown: bool = False
    ready_at: datetime | None = None
    error_code: str = ""
    error_params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def waiting(self) -> bool:
        """Whether it is still being prepared."""
        return self.state in (VideoState.QUEUED, VideoState.PREPARING)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionCue:
    """Words of a video's captions, shown from ``start_s`` to ``end_s``, in seconds."""

    start_s: float
    end_s: float
    text: str
