"""A review with photos and a video through the API: the guards of the form, once, and nothing left of a refused one."""

import io
import json
from pathlib import Path

import av
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from parvis.domains.catalog.testing import small_catalogue
from parvis.domains.people.contracts import Scope
from parvis.domains.voices import queries
from parvis.domains.voices.contracts import QueueFilters
from parvis.interfaces.api.tests.program import Program

pytestmark = [pytest.mark.database, pytest.mark.django_db]
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:00.900\nReal pockets.\n"


def photo(width: int = 60, name: str = "p.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (width, 40), "red").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def film() -> SimpleUploadedFile:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        shown = made.add_stream("libx264", rate=10)
        shown.width, shown.height, shown.pix_fmt = 64, 96, "yuv420p"
        for number in range(10):
            pixels = np.full((96, 64, 3), 20 * number, dtype=np.uint8)
            made.mux(shown.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        made.mux(shown.encode())
    return SimpleUploadedFile("f.mp4", out.getvalue(), "video/mp4")


@pytest.fixture
def program(settings, tmp_path: Path) -> Program:
    settings.MEDIA_ROOT = tmp_path
    return Program(Scope.VOICES_READ, Scope.VOICES_WRITE)


@pytest.fixture
def dress() -> int:
    return small_catalogue().products["linen-dress"]


def send(program, product, *, key="k1", ref="r1", **files):
    voice = {"ref": ref, "product_id": product, "stars": 5, "text": "Soft, and it has real pockets.", "language": "en"}
    given = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": key}
    data = {"voice": json.dumps(voice | files.pop("voice", {})), **files}
    return program.client.post("/api/v1/voices/with-media", data, headers=given)


def test_photos_a_video_and_captions_come_with_it(program, dress):
    film_file = film()
    answer = send(program, dress, photos=[photo(), photo(80)], video=film_file, captions=io.BytesIO(CAPTIONS))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], [each["width"] for each in told["media"]]) == ("held", [60, 80])
    assert told["video"]["state"] == "queued"
    assert told["video"]["url"] == ""


def test_a_retry_gets_the_first_answer_and_other_files_under_the_key_are_refused(program, dress):
    first = send(program, dress, photos=[photo()])
    again = send(program, dress, photos=[photo()])
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert send(program, dress, photos=[photo(61)]).status_code == 422
    # a new key for the same ref: still one voice, with the photos it came with
    later = send(program, dress, key="k2", photos=[photo(61)])
    assert (later.json()["id"], later.json()["media"][0]["width"]) == (first.json()["id"], 60)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"photos": [SimpleUploadedFile("p.jpg", b"no picture", "image/jpeg")]}, "bad_photo"),
        ({"photos": [photo() for _ in range(6)]}, "invalid"),
        ({"video": SimpleUploadedFile("f.mp4", b"no film at all", "video/mp4")}, "bad_video"),
        ({"captions": io.BytesIO(CAPTIONS)}, "invalid"),
        ({"voice": {"stars": 6}}, "invalid_request"),
        ({"voice": {"kind": "question"}, "photos": [photo()]}, "invalid"),
        ({"voice": {"surprise": 1, "product_id": 987654}}, "unknown_product"),
    ],
    ids=["no-picture", "six", "no-film", "captions-alone", "six-stars", "question", "no-product"],
)
def test_what_cannot_be_taken_is_told_and_leaves_nothing(program, dress, files, code):
    answer = send(program, dress, **files)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.content
    assert not queries.find(QueueFilters(), limit=10).items


def test_the_scope_is_asked_for(dress, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert send(Program(Scope.VOICES_READ), dress, photos=[photo()]).status_code == 403
