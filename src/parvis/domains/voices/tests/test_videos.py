"""Short videos: what is taken and refused, what is made of them, who sees them when, and that they go."""

import io
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.datastructures import MultiValueDict
from PIL import Image

from parvis.domains.people import testing as people
from parvis.domains.voices import actions, models, queries, tasks, web
from parvis.domains.voices.actions import NewVideo
from parvis.domains.voices.actions.videos import errors, looking, preparing, programs
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason, VideoState, VoiceState
from parvis.domains.voices.tests.test_web import GOOD

pytestmark = [pytest.mark.database, pytest.mark.django_db]
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nIt has real pockets.\n"


def film(
    *,
    seconds: float = 1.0,
    size: tuple[int, int] = (64, 96),
    codec: str = "libx264",
    kind: str = "mp4",
    sound: bool = True,
    picture: bool = True,
) -> bytes:
    """A small film that moves, with a tone, and a place in its metadata."""
    out = io.BytesIO()
    with av.open(out, "w", format=kind, options={"movflags": "use_metadata_tags"} if kind == "mp4" else {}) as made:
        made.metadata.update({"title": "SecretTitle", "location": "+48.8584+002.2945/"})
        shown = made.add_stream(codec, rate=10) if picture else None
        heard = made.add_stream("aac" if kind == "mp4" else "libopus", rate=48_000) if sound else None
        if shown is not None:
            shown.width, shown.height = size
            shown.pix_fmt = "yuv420p"
        for number in range(round(seconds * 10) if shown else 0):
            pixels = np.full((size[1], size[0], 3), (20 * number) % 255, dtype=np.uint8)
            pixels[: size[1] // 2] = 255
            made.mux(shown.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        if shown is not None:
            made.mux(shown.encode())
        if heard is not None:
            for number in range(round(seconds * 48_000 / 960)):
                tone = np.zeros((1, 960), dtype=np.float32)
                frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
                frame.sample_rate, frame.pts = 48_000, number * 960
                made.mux(heard.encode(frame))
            made.mux(heard.encode())
    return out.getvalue()


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def no_queue(monkeypatch):
    """Preparation is asked for by hand."""
    asked = []
    monkeypatch.setattr("parvis.domains.voices.actions.videos.taking.ask_to_prepare", asked.append)
    return asked


@pytest.fixture
def review(dress, at, no_queue):
    """A review with a video, received; not prepared yet."""

    def make(data: bytes | None = None, captions: bytes = b"", **more):
        text = more.pop("text", "A fine and light dress with pockets.")
        voice = actions.receive(NewVoice(product_id=dress, text=text, stars=5, **more), at=at)
        held = film() if data is None else data
        video = NewVideo(chunks=[held[:1000], held[1000:]], size=len(held), captions=captions, language="en")
        actions.attach_video(voice_id=voice.id, video=video, at=at)
        return voice.id

    return make


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def without_converter(monkeypatch):
    monkeypatch.setattr(programs, "converter", lambda: None)


# -- taken and made fit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("converter", [True, False], ids=["ffmpeg", "no-ffmpeg"])
def test_a_video_is_prepared_with_poster_and_captions(review, at, media_root, monkeypatch, converter):
    if not converter:
        without_converter(monkeypatch)
    elif programs.converter() is None:
        pytest.skip("no ffmpeg here")
    voice_id = review(captions=CAPTIONS)
    waiting = queries.voice(voice_id).video
    assert (waiting.state, waiting.url, waiting.waiting) == (VideoState.QUEUED, "", True)
    assert actions.prepare_video(voice_id=voice_id, at=at)
    video = queries.voice(voice_id).video
    assert (video.state, video.share, video.sound) == (VideoState.READY, 1, True)
    assert (video.width, video.height) == (64, 96)
    assert 0.9 <= video.seconds <= 1.2
    assert video.captions_language == "en"
    kept = files(media_root)
    assert sorted(path.suffix for path in kept) == [".mp4", ".vtt", ".webp", ".webp"]
    for path in kept:
        data = path.read_bytes()
        assert b"SecretTitle" not in data
        assert b"48.8584" not in data
    prepared = next(path for path in kept if path.suffix == ".mp4")
    found = looking.probe(str(prepared))
    assert (found["codec"], found["sound"], found["pixels"]) == ("h264", "aac", "yuv420p")
    with Image.open(media_root / video.poster_url.removeprefix("/media/")) as poster:
        assert poster.format == "WEBP"
        assert poster.convert("L").getextrema()[1] > 200  # it shows something
    assert not actions.prepare_video(voice_id=voice_id, at=at)  # nothing left to do


@pytest.mark.skipif(programs.converter() is None, reason="needs ffmpeg")
@pytest.mark.parametrize(("codec", "kind"), [("libvpx", "webm"), ("libvpx-vp9", "webm"), ("mpeg4", "mp4")])
def test_what_telephones_and_browsers_record_becomes_playable(review, at, codec, kind):
    voice_id = review(film(codec=codec, kind=kind))
    assert actions.prepare_video(voice_id=voice_id, at=at)
    assert queries.voice(voice_id).video.state is VideoState.READY


@pytest.mark.skipif(programs.converter() is None, reason="needs ffmpeg")
def test_large_pictures_become_smaller_and_odd_sides_even(review, at):
    voice_id = review(film(size=(1600, 902), seconds=0.6))
    assert actions.prepare_video(voice_id=voice_id, at=at)
    video = queries.voice(voice_id).video
    assert (video.width, video.height % 2) == (1280, 0)


# -- refused --------------------------------------------------------------------------------------------------

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


# -- the form, and sending twice ------------------------------------------------------------------------------


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


def test_a_video_waits_for_a_person(review, at):
    voice_id = review()
    actions.examine([voice_id], at=at)
    assert queries.voice(voice_id).reason is Reason.PHOTO_UNSEEN


# -- failure and killing --------------------------------------------------------------------------------------


def test_what_cannot_be_prepared_says_why_and_leaves_nothing(review, at, media_root, monkeypatch):
    voice_id = review(captions=CAPTIONS)

    def broken(*_, **__):
        raise errors.BadVideo

    monkeypatch.setattr(programs, "convert", broken)
    monkeypatch.setattr(programs, "converter", lambda: "ffmpeg")
    with_files = files(media_root)
    assert len(with_files) == 2
    from django.test.testcases import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        assert not actions.prepare_video(voice_id=voice_id, at=at)
    video = queries.voice(voice_id).video
    assert (video.state, video.error_code, video.url) == (VideoState.FAILED, "bad_video", "")
    assert "cannot be read" in web.video_problem(video)
    assert files(media_root) == []


def test_a_killed_worker_is_followed_by_another_and_three_are_enough(review, at, monkeypatch):
    voice_id = review()

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(programs, "look", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.prepare_video(voice_id=voice_id, at=at)
    assert not actions.prepare_video(voice_id=voice_id, at=at + timedelta(minutes=5))  # perhaps it still lives
    later = at + timedelta(minutes=31)
    assert actions.waiting_video(later, after=timedelta(minutes=30)) == [voice_id]
    assert actions.prepare_video(voice_id=voice_id, at=later)
    other = review(text="Another dress with pockets, also fine.")
    models.Video.objects.filter(voice_id=other).update(attempts=preparing.MOST_ATTEMPTS)
    assert not actions.prepare_video(voice_id=other, at=later)
    assert queries.voice(other).video.state is VideoState.FAILED


def test_progress_is_told_while_it_is_prepared(review, at, monkeypatch):
    if programs.converter() is None:
        pytest.skip("no ffmpeg here")
    seen = []
    monkeypatch.setattr(preparing, "_tell", lambda voice_id, share: seen.append(share))
    voice_id = review(film(seconds=3))
    actions.prepare_video(voice_id=voice_id, at=at)
    assert seen == sorted(seen)
    assert 0.05 in seen


# -- who sees it ----------------------------------------------------------------------------------------------


def publish(voice_id, actor, at):
    actions.decide(voice_ids=[voice_id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=actor, at=at)


def test_the_public_sees_what_a_person_has_seen(review, at, camille, client):
    voice_id = review(captions=CAPTIONS)
    actions.prepare_video(voice_id=voice_id, at=at)
    video = queries.voice(voice_id).video
    addresses = [video.url, video.poster_url, video.thumb_url, video.captions_url]
    assert all(client.get(address).status_code == 404 for address in addresses)
    token = queries.author_token(voice_id)
    assert all(client.get(f"{address}?of={token}").status_code == 200 for address in addresses)
    publish(voice_id, camille, at + timedelta(hours=1))
    assert queries.voice(voice_id).video.shown
    kinds = [client.get(address)["Content-Type"] for address in addresses]
    assert kinds == ["video/mp4", "image/webp", "image/webp", "text/vtt; charset=utf-8"]
    actions.withdraw(voice_id=voice_id, at=at + timedelta(hours=2))
    assert all(client.get(address).status_code == 404 for address in addresses)


def test_what_became_ready_after_the_decision_waits_for_a_person(review, dress, at, camille, client):
    voice_id = review()
    publish(voice_id, camille, at)
    actions.prepare_video(voice_id=voice_id, at=at + timedelta(minutes=1))
    video = queries.voice(voice_id).video
    assert video.state is VideoState.READY
    assert not video.shown
    assert client.get(video.url).status_code == 404
    before, _ = queries.fingerprint(dress, voter="nobody")
    actions.show_video(voice_id=voice_id, at=at + timedelta(hours=1))
    assert queries.voice(voice_id).video.shown
    assert client.get(video.url).status_code == 200
    assert queries.fingerprint(dress, voter="nobody")[0] != before


def test_parts_are_served(review, at, camille, client):
    voice_id = review()
    actions.prepare_video(voice_id=voice_id, at=at)
    publish(voice_id, camille, at + timedelta(hours=1))
    url = queries.voice(voice_id).video.url
    whole = b"".join(client.get(url).streaming_content)
    assert client.get(url)["Accept-Ranges"] == "bytes"
    for asked, part in (
        ("bytes=0-1", whole[:2]),
        ("bytes=100-", whole[100:]),
        ("bytes=-10", whole[-10:]),
        (f"bytes=5-{len(whole) * 9}", whole[5:]),
    ):
        answer = client.get(url, headers={"Range": asked})
        assert answer.status_code == 206
        assert b"".join(answer.streaming_content) == part
        assert int(answer["Content-Length"]) == len(part)
        assert answer["Content-Range"].endswith(f"/{len(whole)}")
    assert client.get(url, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    for odd in ("bytes=9-3", "bytes=a-b", "bytes=0-1,4-5", "items=0-1", "bytes=-0", "bytes=-"):
        assert client.get(url, headers={"Range": odd}).status_code == 200
    assert client.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200


def test_the_file_as_it_came_has_no_address(review, client, media_root):
    voice_id = review()
    source = models.Video.objects.get(voice_id=voice_id).source
    assert (media_root / source).exists()
    assert Client().get(f"/media/{source}").status_code == 404
    assert Client().get(f"/media/{source}?of={queries.author_token(voice_id)}").status_code == 404


# -- it goes --------------------------------------------------------------------------------------------------


def test_erasure_takes_every_file(review, at, media_root, django_capture_on_commit_callbacks):
    claire = people.customer("claire", at=at).id
    one = review(captions=CAPTIONS, customer_id=claire)
    two = review(customer_id=claire, text="Another dress with pockets, also fine.")
    actions.prepare_video(voice_id=one, at=at)
    assert len(files(media_root)) == 5
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_customer(customer_id=claire, at=at)
    assert files(media_root) == []
    assert not models.Video.objects.exists()
    assert not actions.prepare_video(voice_id=two, at=at)


def test_erasure_while_it_is_prepared(review, at, media_root, monkeypatch, django_capture_on_commit_callbacks):
    claire = people.customer("claire", at=at).id
    voice_id = review(customer_id=claire)
    look = programs.look

    def slow(command, *paths):
        found = look(command, *paths)
        if command == "poster":
            actions.erase_customer(customer_id=claire, at=at)
        return found

    monkeypatch.setattr(programs, "look", slow)
    with django_capture_on_commit_callbacks(execute=True):
        assert not actions.prepare_video(voice_id=voice_id, at=at)
    assert files(media_root) == []
    assert not models.Video.objects.exists()


def test_a_video_is_removed_and_the_words_stay(review, at, media_root, django_capture_on_commit_callbacks):
    voice_id = review()
    actions.prepare_video(voice_id=voice_id, at=at)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_video(voice_id=voice_id, at=at)
    voice = queries.voice(voice_id)
    assert voice.video is None
    assert voice.state is VoiceState.HELD
    assert files(media_root) == []


def test_files_that_belong_to_nothing_are_swept(review, at, media_root):
    review()
    import os

    for path in files(media_root):
        os.utime(path, (0, 0))
    stray = media_root / "voices" / "incoming" / "stray"
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    assert actions.sweep_videos(at=at) == 1
    assert not stray.exists()
    assert len(files(media_root)) == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_workers_prepare_it_once(review, at, no_queue):
    from django.db import connection

    voice_id = review()
    done = []

    def work():
        done.append(actions.prepare_video(voice_id=voice_id, at=at))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [False, False, True]


def test_tasks_are_wired(review, at, monkeypatch):
    voice_id = review()
    tasks.prepare_video(voice_id)
    assert queries.voice(voice_id).video.state is VideoState.READY
    tasks.videos_left(0)


def test_a_video_of_the_team_is_shown_as_soon_as_it_is_ready(dress, at, no_queue):
    voice = actions.receive(NewVoice(product_id=dress, text="A fine and light dress with pockets.", stars=5), at=at)
    data = film()
    video = NewVideo(chunks=[data], size=len(data))
    actions.attach_video(voice_id=voice.id, video=video, at=at, allowed=True)
    actor = people.staff("camille", at=at).account_id
    actions.decide(voice_ids=[voice.id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=actor, at=at)
    assert not queries.voice(voice.id).video.shown
    assert actions.prepare_video(voice_id=voice.id, at=at + timedelta(minutes=5))
    ready = queries.voice(voice.id).video
    assert ready.shown
    assert queries.media_owner(ready.url.split("/media/")[-1])[1] is VoiceState.PUBLISHED
