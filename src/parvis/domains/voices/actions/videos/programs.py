"""The two programs that touch a stranger's video: our own reader in a process of its own, and ffmpeg where it is."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog

from parvis.domains.voices.actions.videos.errors import MAX_SECONDS, BadVideo

log = structlog.get_logger("parvis.videos")
_READER = Path(__file__).with_name("looking.py")
LOOK_SECONDS = 60
SIDE = 1280
RATE = 30
# the longer side at most SIDE, both even, never enlarged
_FIT = f"scale='if(gt(iw,ih),trunc(min({SIDE},iw)/2)*2,-2)':'if(gt(iw,ih),-2,trunc(min({SIDE},ih)/2)*2)',setsar=1"


@cache
def readable() -> bool:
    """Whether videos can be opened at all here."""
    return find_spec("av") is not None


@cache
def converter() -> str | None:
    """The path of ffmpeg, or None."""
    return shutil.which("ffmpeg")


def look(command: str, *paths: Path) -> dict[str, Any]:
    """``probe``, ``poster`` or ``remux`` in a process of its own. Raises :class:`BadVideo` when the file breaks it."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_READER), command, *map(str, paths)],
            capture_output=True,
            timeout=LOOK_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        found = json.loads(done.stdout or b"")
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise BadVideo from error
    return dict(found)


def convert(source: Path, target: Path, *, form: str, seconds: float, progress: Callable[[float], None]) -> None:
    """H.264 and AAC in an MP4 that begins to play at once, without what the source says about itself.

    ``form`` is the demuxer: ffmpeg guesses nothing, and may open files only. Raises :class:`BadVideo`.
    """
    command = [
        *(converter() or "ffmpeg", "-hide_banner", "-nostdin", "-y", "-v", "error", "-threads", "2"),
        *("-protocol_whitelist", "file", "-f", form, "-i", str(source)),
        *("-map", "0:v:0", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-t", str(MAX_SECONDS), "-vf", _FIT, "-fpsmax", str(RATE), "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-profile:v", "high", "-maxrate", "3M"),
        *("-bufsize", "6M", "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "44100"),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart"),
        *("-fs", "60M", "-progress", "pipe:1", "-f", "mp4", str(target)),
    ]
    _run(command, seconds=seconds, progress=progress)


def _run(command: list[str], *, seconds: float, progress: Callable[[float], None]) -> None:
    """Run ffmpeg, gently, telling how far it is; it is stopped when it takes unreasonably long."""

    gentle = [*(("nice", "-n", "10") if shutil.which("nice") else ()), *command]
    with subprocess.Popen(gentle, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as run:
        watch = threading.Timer(60 + 20 * seconds, run.kill)
        watch.start()
        try:
            for line in run.stdout or ():
                name, _, value = line.decode("ascii", "replace").strip().partition("=")
                if name == "out_time_us" and value.isdigit():
                    progress(min(1.0, int(value) / 1e6 / max(seconds, 0.1)))
            run.wait()
        finally:
            watch.cancel()
            if run.poll() is None:
                run.kill()
    if run.returncode != 0:
        log.warning("a video cannot be converted", code=run.returncode)
        raise BadVideo
