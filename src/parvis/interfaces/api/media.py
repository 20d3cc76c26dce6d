"""/voices/with-media: a review comes in with its photos and its video, under the guards of the shop's own form."""

import hashlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.errors import ValidationError
from ninja.files import UploadedFile as Uploaded
from pydantic import ValidationError as NotFitting

from parvis.core.clock import now
from parvis.core.errors import Invalid
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import NewVoice, Origin, VoiceKind
from parvis.interfaces.api.auth import caller
from parvis.interfaces.api.repeat import once
from parvis.interfaces.api.voices import WRITE, VoiceIn, VoiceOut

router = Router(tags=["voices"])


@router.post(
    "/voices/with-media", response={201: VoiceOut}, auth=WRITE, summary="Send a review in with photos and a video"
)
def send_with_media(
    request: HttpRequest,
    voice: Form[str],
    captions_language: Form[str] = "",
    photos: File[list[Uploaded] | None] = None,
    video: File[Uploaded | None] = None,
    captions: File[Uploaded | None] = None,
) -> HttpResponse:
    """multipart/form-data: ``voice`` is the JSON of `POST /voices`; up to five ``photos`` (JPEG, PNG or WebP, 8 MB
    each), one ``video`` (60 seconds, 80 MB) with its ``captions`` (WebVTT or SRT). Photos and video are made anew
    without what they tell of place and device; a video is prepared in the background, and a person sees it first.
    The same ``ref`` sent again gives the first voice back, with the media that it came with."""
    new = _parse(voice)
    pictures = photos or []
    if new.kind != "review" and (pictures or video):
        raise Invalid(field="kind", problem="photos and videos belong to reviews")
    if captions is not None and video is None:
        raise Invalid(field="captions", problem="captions belong to a video")
    heavy = next((file for file in pictures if (file.size or 0) > actions.PHOTO_BYTES), None)
    if heavy is not None or len(pictures) > actions.PHOTOS_EACH:
        most = f"at most {actions.PHOTOS_EACH} photos of {actions.PHOTO_BYTES // 1024**2} MB each"
        raise Invalid(field="photos", problem=most)
    said = captions.read() if captions is not None else b""

    def act() -> tuple[int, Any]:
        at = now()
        sent = NewVoice(
            **new.dict(exclude={"ref", "kind"}),
            kind=VoiceKind(new.kind),
            origin=Origin.API,
            origin_ref=f"{caller(request).id}:{new.ref}",
            photos=tuple(file.read() for file in pictures),
        )
        with transaction.atomic():
            received = actions.receive(sent, at=at)
            if video is not None:
                film = actions.NewVideo(
                    chunks=video.chunks(), size=video.size or 0, captions=said, language=captions_language[:8]
                )
                actions.attach_video(voice_id=received.id, video=film, at=at)
        return 201, VoiceOut.from_orm(queries.voice(received.id))

    files = [*pictures, *([video] if video is not None else [])]
    marks = [_digest(file) for file in files] + [hashlib.sha256(said).hexdigest(), captions_language]
    return once(request, act, sent={"voice": new.model_dump(mode="json"), "files": marks})


def _parse(text: str) -> VoiceIn:
    """The JSON part; what does not fit is told by its place, as everywhere."""
    try:
        return VoiceIn.model_validate_json(text)
    except NotFitting as error:
        raise ValidationError(
            [{**each, "loc": ("form", "voice", *each["loc"])} for each in error.errors(include_url=False)]
        ) from error


def _digest(file: "UploadedFile[bytes]") -> str:
    """What tells one file from another, without holding it in memory."""
    mark = hashlib.sha256()
    for chunk in file.chunks():
        mark.update(chunk)
    file.seek(0)
    return mark.hexdigest()
