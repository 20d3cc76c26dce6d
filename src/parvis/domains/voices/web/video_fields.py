"""The fields for a short video and its captions in the form of a review."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from parvis.domains.voices.actions import NewVideo
from parvis.domains.voices.actions.videos import errors
from parvis.domains.voices.contracts import Video, VideoState
from parvis.domains.voices.rules import captions
from parvis.domains.voices.web.refusals import explain

_KINDS = "video/mp4,video/quicktime,video/webm"
_TEXTS = ".vtt,.srt,text/vtt"


class VideoField(forms.FileField):
    """One video; what is too heavy is refused before it is read."""

    # the browser says so before it sends; without a script the form does afterwards
    widget = forms.FileInput(
        attrs={
            "class": "input",
            "accept": _KINDS,
            "data-most-bytes": str(errors.MAX_BYTES),
            "data-too-heavy": _("This video is too heavy: 80 MB is the limit."),
        }
    )

    def __init__(self) -> None:
        super().__init__(
            label=_("Short video"),
            required=False,
            help_text=_(
                "Up to 60 seconds and 80 MB, as your telephone films. Where it was filmed is removed; nobody sees it"
                " before a person of our team has."
            ),
        )

    def clean(self, data: Any, initial: Any = None) -> "UploadedFile[bytes] | None":
        if not data:
            return None
        size = data.size or 0
        if size > errors.MAX_BYTES:
            error = errors.VideoTooHeavy(megabytes=size / 1024**2, limit=errors.MAX_BYTES // 1024**2)
            raise forms.ValidationError(explain(error), code=error.code)
        if not size:
            raise forms.ValidationError(explain(errors.BadVideo()), code="bad_video")
        video: UploadedFile[bytes] = data
        return video


class CaptionsField(forms.FileField):
    """Captions of the video: bytes that can be read, or what is wrong with them."""

    widget = forms.FileInput(attrs={"class": "input", "accept": _TEXTS})

    def __init__(self) -> None:
        super().__init__(
            label=_("Captions of the video"),
            required=False,
            help_text=_("A WebVTT or SubRip file, if you have one: for those who do not hear, or watch without sound."),
        )

    def clean(self, data: Any, initial: Any = None) -> bytes:
        if not data:
            return b""
        held = bytes(data.read(captions.MAX_BYTES + 1))
        try:
            captions.parse(held)
        except captions.BadCaptions as error:
            raise forms.ValidationError(explain(error), code=error.code) from error
        return held


def new_video(given: "UploadedFile[bytes] | None", said: bytes, language: str) -> NewVideo | None:
    """What the form was given, for ``actions.attach_video``."""
    if given is None:
        return None
    return NewVideo(chunks=given.chunks(), size=given.size or 0, captions=said, language=language)


def video_problem(video: Video | None) -> str:
    """Why a video could not be used, in the reader's language; "" for one that can."""
    if video is None or video.state is not VideoState.FAILED:
        return ""
    kind = errors.by_code().get(video.error_code, errors.BadVideo)
    return explain(kind(**video.error_params))
