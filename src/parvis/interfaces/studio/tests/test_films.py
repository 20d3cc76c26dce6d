"""The video of a voice in the studio: seen on the bench and on its page, shown, taken away."""

from datetime import timedelta

import pytest

from parvis.core.clock import now
from parvis.domains.people import queries as people
from parvis.domains.voices import actions, queries
from parvis.domains.voices.actions import NewVideo
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason
from parvis.interfaces.studio.tests.conftest import signed_in

pytestmark = [pytest.mark.database, pytest.mark.django_db]
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:01.000\nLook how it falls.\n"


def film():
    import io

    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        shown = made.add_stream("libx264", rate=10)
        shown.width, shown.height, shown.pix_fmt = 64, 96, "yuv420p"
        for number in range(10):
            pixels = np.full((96, 64, 3), 25 * number, dtype=np.uint8)
            made.mux(shown.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        made.mux(shown.encode())
    return out.getvalue()


@pytest.fixture
def filmed(shop, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("parvis.domains.voices.actions.videos.taking.ask_to_prepare", lambda voice_id: None)
    text = "It falls so well when I turn, see the film."
    voice = actions.receive(NewVoice(product_id=shop.product, text=text, stars=5, author_name="Ines"), at=now())
    data = film()
    actions.attach_video(
        voice_id=voice.id, video=NewVideo(chunks=[data], size=len(data), captions=CAPTIONS, language="en"), at=now()
    )
    actions.examine([voice.id], at=now())
    return voice.id


def test_it_is_seen_on_the_bench_and_on_its_page(owner, filmed):
    page = f"/studio/voices/{filmed}/"
    assert "The video is being prepared" in owner.get(page).content.decode()
    assert "A video is being prepared." in owner.get("/studio/moderation/?q=falls").content.decode()
    actions.prepare_video(voice_id=filmed, at=now())
    text = owner.get(page).content.decode()
    assert '<track kind="captions"' in text
    assert "Look how it falls." in text
    assert "autoplay" not in text
    assert 'class="film__picture"' in owner.get("/studio/moderation/?q=falls").content.decode()
    assert "avec sous-titres" in signed_in("camille", locale="fr").get(page).content.decode()


def test_one_that_was_late_is_shown_by_a_person(owner, shop, filmed):
    decided = now() - timedelta(minutes=1)
    actions.decide(voice_ids=[filmed], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=shop.owner, at=decided)
    actions.prepare_video(voice_id=filmed, at=now())
    assert not queries.voice(filmed).video.shown
    page = owner.get(f"/studio/voices/{filmed}/").content.decode()
    assert "Show the video" in page
    owner.post(f"/studio/voices/{filmed}/video/", {"act": "show"})
    assert queries.voice(filmed).video.shown
    assert people.audit("voice", filmed)[0].verb == "video.show"


def test_it_is_taken_away(owner, filmed):
    actions.prepare_video(voice_id=filmed, at=now())
    answer = owner.post(f"/studio/voices/{filmed}/video/", {"act": "remove"}, follow=True)
    assert "The video is gone" in answer.content.decode()
    assert queries.voice(filmed).video is None
    answer = owner.post(f"/studio/voices/{filmed}/video/", {"act": "remove"}, follow=True)
    assert "Not done" in answer.content.decode()
    answer = owner.post(f"/studio/voices/{filmed}/video/", {"act": "burn"}, follow=True)
    assert "Not done" in answer.content.decode()
