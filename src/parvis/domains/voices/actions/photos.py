"""Photos from strangers: decoded under limits, turned upright, stripped of everything but the picture, re-encoded.

A picture is decoded and encoded again in full before anything is written, so that nothing half done and nothing of
the original file (place, camera, hidden payload) reaches the disk.
"""

import io
import secrets
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from PIL import Image, ImageCms, ImageOps

from parvis.core.errors import ParvisError
from parvis.domains.voices import models

MAX_PHOTOS = 5
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 20_000_000
MAX_SIDE = 12_000
LARGE, SMALL = 1600, 400
QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")


class BadPhoto(ParvisError):
    """A photo that cannot be taken; ``number`` (1-based) says which."""

    code = "bad_photo"
    status = 422
    template = "Photo %(number)d cannot be read: send a JPEG, PNG or WebP picture."


class PhotoTooHeavy(BadPhoto):
    code = "photo_too_heavy"
    template = "Photo %(number)d has %(megabytes).1f MB; %(limit)d MB is the limit."


class PhotoTooLarge(BadPhoto):
    code = "photo_too_large"
    template = "Photo %(number)d is too large: %(limit)d megapixels and %(side)d pixels a side are the limit."


class TooManyPhotos(BadPhoto):
    code = "too_many_photos"
    template = "At most %(limit)d photos can be added."


@dataclass(frozen=True, slots=True)
class Encoded:
    """A photo ready to be written: WebP in two sizes, and the size of the large one in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def encode_all(raw: Sequence[bytes]) -> tuple[Encoded, ...]:
    """All photos of a voice, or the :class:`BadPhoto` of the first that cannot be taken."""
    if len(raw) > MAX_PHOTOS:
        raise TooManyPhotos(number=len(raw), limit=MAX_PHOTOS)
    return tuple(encode(data, number=number) for number, data in enumerate(raw, 1))


def encode(data: bytes, *, number: int = 1) -> Encoded:
    """Decode one photo under limits and encode it anew. Raises :class:`BadPhoto`."""
    if len(data) > MAX_BYTES:
        raise PhotoTooHeavy(number=number, megabytes=len(data) / 1024 / 1024, limit=MAX_BYTES // 1024 // 1024)
    try:
        picture = _decode(data, number)
        large, small = picture.copy(), picture
        large.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
        small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
        return Encoded(large=_webp(large), small=_webp(small), width=large.width, height=large.height)
    except BadPhoto:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(number) from error
    # decoders of foreign bytes raise whatever they like (struct.error, SyntaxError, OverflowError, OSError …)
    except Exception as error:
        raise BadPhoto(number=number) from error


def _too_large(number: int) -> PhotoTooLarge:
    return PhotoTooLarge(number=number, limit=MAX_PIXELS // 1_000_000, side=MAX_SIDE)


def _decode(data: bytes, number: int) -> Image.Image:
    """The picture upright and flat, or an error before anything large is decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=_FORMATS) as source:
            width, height = source.size  # from the header: nothing is decoded yet
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise _too_large(number)
            if source.format == "JPEG":
                source.draft("RGB", (LARGE, LARGE))  # a large JPEG is decoded at a fraction of its size
            return _flat(ImageOps.exif_transpose(source))


def _flat(picture: Image.Image) -> Image.Image:
    """RGB on white, with the colours of its profile turned into sRGB."""
    profile = picture.info.get("icc_profile")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    picture = picture.convert("RGB")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            turned = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            )
            picture = turned if turned is not None else picture
    picture.info.clear()
    return picture


def _webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()


class Stored:
    """Files written within a transaction: leaving with an error removes them again."""

    def __init__(self) -> None:
        self.written: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            for path in self.written:
                with suppress(OSError):
                    path.unlink()

    def write(self, voice_id: int, photos: Sequence[Encoded], *, at: datetime) -> list[models.Media]:
        """Write both sizes of each photo under random names; returns the unsaved rows."""
        rows = []
        for position, photo in enumerate(photos):
            name = f"voices/{at:%Y/%m}/{secrets.token_urlsafe(18)}"
            path, thumb = f"{name}.webp", f"{name}_s.webp"
            self._write(path, photo.large)
            self._write(thumb, photo.small)
            rows.append(
                models.Media(
                    voice_id=voice_id,
                    position=position,
                    path=path,
                    thumb=thumb,
                    width=photo.width,
                    height=photo.height,
                )
            )
        return rows

    def _write(self, relative: str, data: bytes) -> None:
        path = Path(settings.MEDIA_ROOT) / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        self.written += [partial, path]
        partial.write_bytes(data)
        partial.replace(path)
