"""Photos of imported voices: fetched safely, and never added to a voice that is already public."""

import io
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from parvis.core import outbound
from parvis.domains.voices import actions, models, queries
from parvis.domains.voices.contracts import Reason, VoiceState

pytestmark = [pytest.mark.database, pytest.mark.django_db]
TABLE = "id,product,stars,text,photos\n1,linen-dress,5,Light and airy with fine seams,{links}\n2,linen-dress,5,Good,\n"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=b"Exif\0\0secret place")
    return out.getvalue()


@pytest.fixture
def web(monkeypatch):
    """What the web answers, by address; everything asked for is noted."""
    answers: dict[str, object] = {}
    asked: list[str] = []

    def get(url, *, most, headers=None, allowed=()):
        asked.append(url)
        answer = answers.get(url, outbound.Reply(status=404, body=b""))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(outbound, "get", get)
    return answers, asked


def imported(at, links):
    done = actions.import_file(
        stream=io.BytesIO(TABLE.format(links=links).encode()), filename="x.csv", actor_id=None, at=at
    )
    return done, models.Voice.objects.get(text__startswith="Light")


def test_a_voice_is_read_once_its_photos_are_here(dress, at, web):
    answers, asked = web
    answers["https://img.example/a.jpg"] = outbound.Reply(status=200, body=picture())
    done, voice = imported(at, "http://img.example/a.jpg|https://img.example/gone.jpg")
    assert (done.accepted, done.photos, queries.photos_waiting()) == (2, 2, 2)
    ids = list(models.Voice.objects.values_list("id", flat=True))
    assert actions.examine(ids, at=at).read == 1
    assert not actions.examine_pending(at=at).any  # waits without making anybody else wait
    assert actions.fetch_photos(at=at) == 2
    assert asked == ["https://img.example/a.jpg", "https://img.example/gone.jpg"]
    fresh = queries.voice(voice.id)
    assert (len(fresh.media), fresh.state, fresh.reason) == (1, VoiceState.HELD, Reason.PHOTO_UNSEEN)
    assert actions.fetch_photos(at=at) == 0
    states = models.PhotoLink.objects.order_by("position").values_list("state", "error")
    assert list(states) == [("done", ""), ("failed", "status_404")]


def test_an_answer_that_does_not_come_is_tried_again_and_then_given_up(dress, at, web):
    answers, asked = web
    answers["https://img.example/a.jpg"] = httpx.ConnectTimeout("slow")
    _, voice = imported(at, "https://img.example/a.jpg")
    moment = at
    while queries.photos_waiting():
        assert actions.fetch_photos(at=moment) == 1
        assert actions.fetch_photos(at=moment) == 0
        moment += timedelta(hours=1)
    assert len(asked) == 3
    assert queries.voice(voice.id).reading is not None


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("https://127.0.0.1/a.jpg", "address_refused"),
        ("https://169.254.169.254/latest/meta-data", "address_refused"),
        ("https://user:pass@img.example/a.jpg", "address_refused"),
    ],
)
def test_nothing_leads_into_the_house(dress, at, link, why):
    imported(at, link)
    actions.fetch_photos(at=at)
    assert models.PhotoLink.objects.get().error == why


def test_what_is_no_picture_is_left_out(dress, at, web):
    answers, _ = web
    answers["https://img.example/a.jpg"] = outbound.Reply(status=200, body=b"<svg onload=alert(1)>")
    answers["https://img.example/b.jpg"] = outbound.Reply(status=302, body=b"")
    _, voice = imported(at, "https://img.example/a.jpg https://img.example/b.jpg javascript:alert(1)")
    actions.fetch_photos(at=at)
    actions.fetch_photos(at=at + timedelta(hours=1))
    actions.fetch_photos(at=at + timedelta(hours=9))
    assert queries.voice(voice.id).media == ()
    assert set(models.PhotoLink.objects.values_list("error", flat=True)) == {"bad_photo", "status_302"}


def test_a_voice_erased_meanwhile_gets_no_photo(dress, at, web):
    answers, _ = web
    answers["https://img.example/a.jpg"] = outbound.Reply(status=200, body=picture())
    _, voice = imported(at, "https://img.example/a.jpg")
    actions.withdraw(voice_id=voice.id, reason=Reason.AUTHOR_REQUEST, at=at)
    actions.fetch_photos(at=at)
    assert not models.Media.objects.exists()
    assert models.PhotoLink.objects.get().error == "too_late"
