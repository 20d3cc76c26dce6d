"""Short films made on the spot, and reviews that carry one."""

import io
from pathlib import Path

import av
import numpy as np
import pytest

from parvis.domains.voices import actions
from parvis.domains.voices.actions import NewVideo
from parvis.domains.voices.actions.videos import programs
from parvis.domains.voices.contracts import NewVoice, Outcome, Reason

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


def publish(voice_id, actor, at):
    actions.decide(voice_ids=[voice_id], outcome=Outcome.PUBLISH, reason=Reason.APPROVED, actor_id=actor, at=at)
