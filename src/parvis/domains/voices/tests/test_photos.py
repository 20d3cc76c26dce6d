import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.actions import photos
from parvis.domains.voices.contracts import NewVoice

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def picture(width: int = 600, height: int = 400, form: str = "JPEG", **more: object) -> bytes:
    image = Image.new("RGB", (width, height), "#336699")
    image.putpixel((0, 0), (255, 0, 0))
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def located(width: int = 600, height: int = 400) -> bytes:
    """A photo with a place and an orientation in its EXIF data."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 24.0)
    return picture(width, height, exif=exif)


def png_header(width: int, height: int) -> bytes:
    """A tiny file that claims to be huge."""
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(body)) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    data = zlib.compress(b"\0" * 1000)
    idat = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    return b"\x89PNG\r\n\x1a\n" + chunk + idat


def test_photos_are_turned_cleaned_and_kept_in_two_sizes(dress, at, media_root):
    new = NewVoice(product_id=dress, text="See my photo.", stars=5, photos=(located(2400, 1200), picture(form="PNG")))
    voice = actions.receive(new, at=at)
    first, second = voice.media
    assert (first.width, first.height) == (800, 1600)  # upright, and no side above 1600
    assert (second.width, second.height) == (600, 400)
    assert first.path.startswith("voices/2026/03/")
    assert first.url == f"/media/{first.path}"
    for path in files(media_root):
        data = path.read_bytes()
        assert b"SecretCamera" not in data
        with Image.open(path) as image:
            assert image.format == "WEBP"
            assert not image.getexif()
            assert "icc_profile" not in image.info
    with Image.open(media_root / first.thumb) as thumb:
        assert max(thumb.size) == 400
    assert len(files(media_root)) == 4
    assert queries.media_owner(first.thumb) == (voice.id, voice.state)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", photos.BadPhoto),
        (b"not a picture", photos.BadPhoto),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", photos.BadPhoto),
        (picture()[:500], photos.BadPhoto),
        (picture(form="GIF"), photos.BadPhoto),
        (picture(form="BMP"), photos.BadPhoto),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 400, photos.BadPhoto),
        (b"%PDF-1.7\n" + picture(), photos.BadPhoto),
        (png_header(20_000, 20_000), photos.PhotoTooLarge),
        (png_header(20_000, 10), photos.PhotoTooLarge),
        (png_header(4_000_000_000, 2), photos.BadPhoto),
        (png_header(100, 100), photos.BadPhoto),
        (b"\xff" * (photos.MAX_BYTES + 1), photos.PhotoTooHeavy),
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_is_kept(dress, at, media_root, data, error):
    new = NewVoice(product_id=dress, text="See my photo.", stars=5, photos=(picture(), data))
    with pytest.raises(error) as caught:
        actions.receive(new, at=at)
    assert caught.value.params["number"] == 2
    assert "Photo 2" in str(caught.value)
    assert not models.Voice.objects.exists()
    assert files(media_root) == []


def test_six_photos_are_too_many(dress, at):
    with pytest.raises(photos.TooManyPhotos):
        actions.receive(NewVoice(product_id=dress, text="Six.", stars=5, photos=(picture(),) * 6), at=at)


def test_a_failure_later_removes_the_files(dress, at, media_root, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(models.Media.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        actions.receive(NewVoice(product_id=dress, text="See my photo.", stars=5, photos=(picture(),)), at=at)
    assert files(media_root) == []


def test_transparent_and_palette_pictures_stand_on_white():
    image = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    encoded = photos.encode(out.getvalue())
    with Image.open(io.BytesIO(encoded.large)) as shown:
        assert shown.convert("RGB").getpixel((25, 25)) == (255, 255, 255)
    palette = io.BytesIO()
    Image.new("P", (50, 50), 3).save(palette, "PNG", transparency=3)
    assert photos.encode(palette.getvalue()).width == 50


def test_a_photo_waits_for_a_person(dress, at):
    voice = actions.receive(
        NewVoice(product_id=dress, text="A fine and light dress.", stars=5, photos=(picture(),)), at=at
    )
    actions.examine([voice.id], at=at)
    assert queries.voice(voice.id).reason == "photo_unseen"


def test_what_hangs_behind_a_picture_is_not_kept(dress, at, media_root):
    hidden = b"<script>alert(1)</script>PK\x03\x04 a page and an archive"
    voice = actions.receive(
        NewVoice(product_id=dress, text="See my photo.", stars=5, photos=(picture() + hidden,)), at=at
    )
    assert len(voice.media) == 1
    assert not [
        path for path in files(media_root) if b"script" in path.read_bytes() or b"PK\x03\x04" in path.read_bytes()
    ]
