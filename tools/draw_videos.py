"""Draw the demo's short films with their captions: `python tools/draw_videos.py [NAME …] [--frames FOLDER]`.

Each film is 540 by 960, silent, H.264 in an MP4 of at most 250 KB, and says all it says in its captions (WebVTT). The
scripts are in `tools/films/scripts.py`; the films go to `data/skincare/films/`. Needs `vl-convert-python`, which turns
the drawings (SVG) into pictures, beside what Parvis itself needs. `--frames` saves the middle of each scene as PNG.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import av
import vl_convert
from PIL import Image
from tools.films import scenes
from tools.films.scripts import SCRIPTS, Script

FOLDER = ROOT / "data" / "skincare"
RATE = 15
MOST_BYTES = 250_000
_LETTERS_A_SECOND = 14.0
_LEAST, _PUSH = 1.9, 0.3
_LABEL = (
    '<g opacity=".85"><rect x="112" y="24" width="316" height="38" rx="19" fill="#2a2a26" fill-opacity=".62"/>'
    '<text x="270" y="50" text-anchor="middle" font-family="Liberation Sans, Arial, sans-serif" font-size="19" '
    'fill="#fffaf0">Dessiné pour la démonstration</text></g>'
)


def timed(script: Script) -> list[tuple[float, float]]:
    """Beginning and end of each shot, in seconds: long enough to read it, and to see it."""
    times, at = [], 0.0
    for shot in script.shots:
        long = max(_LEAST, len(shot.says) / _LETTERS_A_SECOND + 0.6) + (0.7 if shot.scene == "verdict" else 0)
        times.append((round(at, 2), round(at + long, 2)))
        at += long
    return times


def captions(script: Script) -> str:
    """The captions as WebVTT."""

    def moment(seconds: float) -> str:
        return f"00:{int(seconds) // 60:02}:{seconds % 60:06.3f}"

    cues = [
        f"{moment(start + 0.05)} --> {moment(end - 0.05)}\n{shot.says}"
        for shot, (start, end) in zip(script.shots, timed(script), strict=True)
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def frame(script: Script, product: scenes.Product, t: float) -> Image.Image:
    """The film at a moment; a new scene pushes the old one out."""
    times = timed(script)
    place = max(n for n, (start, _) in enumerate(times) if start <= t)
    start, end = times[place]
    drawn = scenes.scene(script, script.shots[place], product, t - start, end - start)
    into = (t - start) / _PUSH
    if place and into < 1:
        before = times[place - 1]
        old = scenes.scene(script, script.shots[place - 1], product, t - before[0], before[1] - before[0])
        x = scenes.WIDE * scenes.eased(into)
        drawn = (
            f'<g transform="translate({-x:.1f} 0)">{old}</g>'
            f'<g transform="translate({scenes.WIDE - x:.1f} 0)">{drawn}</g>'
        )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{scenes.WIDE}" height="{scenes.HIGH}" '
        f'viewBox="0 0 {scenes.WIDE} {scenes.HIGH}">{scenes.definitions([product, product["other"]])}{drawn}'
        f"{_LABEL}</svg>"
    )
    png = vl_convert.svg_to_png(svg, scale=1, ppi=72)
    return Image.open(io.BytesIO(png)).convert("RGB").resize((scenes.WIDE, scenes.HIGH))


def frames(script: Script, product: scenes.Product) -> Iterator[Image.Image]:
    """Every picture of the film."""
    for number in range(int(timed(script)[-1][1] * RATE)):
        yield frame(script, product, number / RATE)


def encode(pictures: Iterator[Image.Image], path: Path) -> int:
    """Write the film; returns its bytes."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart", "fflags": "bitexact"}) as film:
        stream = film.add_stream("libx264", rate=RATE, options={"crf": "31", "preset": "veryslow", "tune": "animation"})
        stream.width, stream.height, stream.pix_fmt = scenes.WIDE, scenes.HIGH, "yuv420p"
        stream.time_base = Fraction(1, RATE)
        for picture in pictures:
            film.mux(stream.encode(av.VideoFrame.from_image(picture)))
        film.mux(stream.encode())
    return path.stat().st_size


def main() -> None:
    """Draw the films that are named, or all of them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*")
    options.add_argument("--frames", type=Path)
    given = options.parse_args()
    products = {row["key"]: row for row in json.loads((FOLDER / "products.json").read_text("utf-8"))}
    (FOLDER / "films").mkdir(exist_ok=True)
    for script in SCRIPTS:
        if given.names and script.name not in given.names:
            continue
        product = {**products[script.product], "other": products[script.other]}
        if given.frames:
            given.frames.mkdir(parents=True, exist_ok=True)
            for number, (start, end) in enumerate(timed(script)):
                frame(script, product, start + 0.7 * (end - start)).save(given.frames / f"{script.name}-{number}.png")
            continue
        path = FOLDER / "films" / f"{script.name}.mp4"
        path.with_suffix(".fr.vtt").write_text(captions(script), encoding="utf-8")
        size = encode(frames(script, product), path)
        sys.stdout.write(f"{path.name}: {timed(script)[-1][1]:.1f} s, {size / 1000:.0f} KB\n")
        if size > MOST_BYTES:
            raise SystemExit(f"{path.name} is larger than {MOST_BYTES // 1000} KB")


if __name__ == "__main__":
    main()
