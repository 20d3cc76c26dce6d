"""Which videos are taken, which are refused and in which words."""

import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from parvis.domains.voices import actions, models, web
from parvis.domains.voices.actions import NewVideo
from parvis.domains.voices.actions.videos import errors, looking, programs
from parvis.domains.voices.contracts import VideoState
from parvis.domains.voices.tests.test_web import GOOD
from parvis.domains.voices.tests.videos.conftest import CAPTIONS, files, film, without_converter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


BAD = {
    "empty": (lambda: b"", errors.BadVideo),
    "text": (lambda: b"not a video at all", errors.BadVideo),
    "cut": (lambda: film()[:700], errors.BadVideo),
    "picture": (lambda: b"\xff\xd8\xff\xe0" + b"0" * 500, errors.BadVideo),
    "playlist": (lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", errors.BadVideo),
    "concat": (lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", errors.BadVideo),
    "zeros in a coat": (lambda: b"\0\0\0\x18ftypisom" + b"\0" * 5000, errors.BadVideo),
    "sound only": (lambda: film(picture=False), errors.VideoWithoutPicture),
    "too long": (lambda: film(seconds=63, sound=False), errors.VideoTooLong),
    "too short": (lambda: film(seconds=0.1, sound=False), errors.VideoTooShort),
    "too large": (lambda: film(size=(4200, 2400), seconds=0.6, sound=False), errors.VideoTooLarge),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_short_video_is_refused_in_clear_words(dress, at, media_root, no_queue, name):
    make, kind = BAD[name]
    form = web.ReviewForm(GOOD, MultiValueDict({"video": [SimpleUploadedFile("v.mp4", make())]}))
    voice = form.submit(product_id=dress, caller="1.2.3.4", locale="en", at=at)
    assert voice is None
    if name == "empty":
        assert list(form.errors) == ["video"]
    else:
        assert form.errors["video"].as_data()[0].message == web.explain(_raised(make(), at, kind))
    assert not models.Voice.objects.exists()
    assert files(media_root) == []


def _raised(data, at, kind):
    with pytest.raises(kind) as caught:
        actions.attach_video(voice_id=0, video=NewVideo(chunks=[data], size=len(data)), at=at)
    assert caught.type is kind
    return caught.value


def test_a_heavy_file_is_refused_before_it_is_read(at, media_root):
    def never():
        raise AssertionError("read")
        yield b""

    with pytest.raises(errors.VideoTooHeavy) as caught:
        actions.attach_video(voice_id=0, video=NewVideo(chunks=never(), size=errors.MAX_BYTES + 1), at=at)
    assert "80 MB" in str(caught.value)


def test_without_a_converter_only_what_plays_everywhere_is_taken(review, monkeypatch, media_root):
    without_converter(monkeypatch)
    with pytest.raises(errors.VideoNotPlayable):
        review(film(codec="libvpx", kind="webm"))
    assert files(media_root) == []


def test_without_the_library_the_form_has_no_field(monkeypatch, review):
    monkeypatch.setattr(programs, "readable", lambda: False)
    form = web.ReviewForm(GOOD)
    assert "video" not in form.fields
    assert "captions" not in form.fields
    with pytest.raises(errors.VideoOff):
        review()


def test_a_file_that_breaks_the_reader_breaks_nothing_else(review, monkeypatch, tmp_path):
    killer = tmp_path / "killer.py"
    killer.write_text("import os\nos.kill(os.getpid(), 11)\n")
    monkeypatch.setattr(programs, "_READER", killer)
    with pytest.raises(errors.BadVideo):
        review()


def test_the_reader_is_confined(tmp_path):
    """The kernel ends a reader that writes without end."""
    code = (
        "import runpy, sys; m = runpy.run_path(sys.argv[1]); m['_confine']()\n"
        "with open(sys.argv[2], 'wb') as f:\n    for _ in range(400): f.write(b'0' * 1024 * 1024)\n"
    )
    out = tmp_path / "big"
    done = subprocess.run([sys.executable, "-c", code, looking.__file__, str(out)], capture_output=True, check=False)
    assert done.returncode != 0
    assert out.stat().st_size <= looking.LARGEST_FILE


def test_captions_that_cannot_be_read_are_said_at_their_field(dress, at, no_queue):
    uploads = {"video": [SimpleUploadedFile("v.mp4", film())], "captions": [SimpleUploadedFile("c.vtt", b"words")]}
    form = web.ReviewForm(GOOD, MultiValueDict(uploads))
    assert form.submit(product_id=dress, caller="1.2.3.4", locale="en", at=at) is None
    assert list(form.errors) == ["captions"]


def test_the_form_takes_a_video_once(dress, at, no_queue, django_capture_on_commit_callbacks):
    for _ in range(2):
        uploads = {"video": [SimpleUploadedFile("v.mp4", film())], "captions": [SimpleUploadedFile("c.vtt", CAPTIONS)]}
        form = web.ReviewForm(GOOD, MultiValueDict(uploads))
        with django_capture_on_commit_callbacks(execute=True):
            voice = form.submit(product_id=dress, caller="1.2.3.4", locale="en", at=at)
        assert form.errors == {}
        assert voice.video.state is VideoState.QUEUED
    assert models.Video.objects.count() == 1
    assert no_queue == [voice.id]
