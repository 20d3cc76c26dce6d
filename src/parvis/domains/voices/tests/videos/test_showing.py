"""Who sees a video when, and that all of it goes."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.reading import read

from parvis.domains.people import testing as people
from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.actions import NewVideo
from parvis.domains.voices.actions.videos import programs
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason, VideoState, VoiceState
from parvis.domains.voices.tests.videos.conftest import CAPTIONS, files, film, publish

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_video_waits_for_a_person(review, at):
    voice_id = review()
    actions.examine([voice_id], at=at)
    assert queries.voice(voice_id).reason is Reason.PHOTO_UNSEEN


def test_the_public_sees_what_a_person_has_seen(review, at, camille, client):
    voice_id = review(captions=CAPTIONS)
    actions.prepare_video(voice_id=voice_id, at=at)
    video = queries.voice(voice_id).video
    addresses = [video.url, video.poster_url, video.thumb_url, video.captions_url]
    assert all(read(client.get(address)).status_code == 404 for address in addresses)
    token = queries.author_token(voice_id)
    assert all(read(client.get(f"{address}?of={token}")).status_code == 200 for address in addresses)
    publish(voice_id, camille, at + timedelta(hours=1))
    assert queries.voice(voice_id).video.shown
    kinds = [read(client.get(address))["Content-Type"] for address in addresses]
    assert kinds == ["video/mp4", "image/webp", "image/webp", "text/vtt; charset=utf-8"]
    actions.withdraw(voice_id=voice_id, at=at + timedelta(hours=2))
    assert all(read(client.get(address)).status_code == 404 for address in addresses)


def test_what_became_ready_after_the_decision_waits_for_a_person(review, dress, at, camille, client):
    voice_id = review()
    publish(voice_id, camille, at)
    actions.prepare_video(voice_id=voice_id, at=at + timedelta(minutes=1))
    video = queries.voice(voice_id).video
    assert video.state is VideoState.READY
    assert not video.shown
    assert read(client.get(video.url)).status_code == 404
    before, _ = queries.fingerprint(dress, voter="nobody")
    actions.show_video(voice_id=voice_id, at=at + timedelta(hours=1))
    assert queries.voice(voice_id).video.shown
    assert read(client.get(video.url)).status_code == 200
    assert queries.fingerprint(dress, voter="nobody")[0] != before


def test_parts_are_served(review, at, camille, client):
    voice_id = review()
    actions.prepare_video(voice_id=voice_id, at=at)
    publish(voice_id, camille, at + timedelta(hours=1))
    url = queries.voice(voice_id).video.url
    whole = b"".join(client.get(url).streaming_content)
    assert read(client.get(url))["Accept-Ranges"] == "bytes"
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
    assert read(client.get(url, headers={"Range": f"bytes={len(whole)}-"})).status_code == 416
    for odd in ("bytes=9-3", "bytes=a-b", "bytes=0-1,4-5", "items=0-1", "bytes=-0", "bytes=-"):
        assert read(client.get(url, headers={"Range": odd})).status_code == 200
    assert read(client.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'})).status_code == 200


def test_the_file_as_it_came_has_no_address(review, client, media_root):
    voice_id = review()
    source = models.Video.objects.get(voice_id=voice_id).source
    assert (media_root / source).exists()
    assert Client().get(f"/media/{source}").status_code == 404
    assert Client().get(f"/media/{source}?of={queries.author_token(voice_id)}").status_code == 404


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
