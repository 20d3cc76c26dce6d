"""What is made of a video, by one worker, whatever happens to it."""

import threading
from datetime import timedelta

import pytest
from PIL import Image

from parvis.domains.voices import actions, models, queries, tasks, web
from parvis.domains.voices.actions.videos import errors, looking, preparing, programs
from parvis.domains.voices.contracts import VideoState
from parvis.domains.voices.tests.videos.conftest import CAPTIONS, files, film, without_converter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


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
