"""Opens a stranger's video in a process of its own: ``python -I looking.py probe|poster|remux IN [OUT]``.

A file made to break a decoder breaks this process and no other; it may use little memory, time and disk. It imports
nothing of Parvis, and answers with one line of JSON: what it found, or ``{"problem": code}``.
"""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

SECONDS = 60
MEMORY = 2 * 1024**3
LARGEST_FILE = 150 * 1024**2
POSTER_SIDE = 1600
FRAMES_FORWARD = 300
_FORMATS = {"mov": "mov", "matroska": "matroska"}


def _confine() -> None:
    """Limits that the kernel holds, where there are such."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def form(path: str) -> str:
    """The demuxer for a file, by its first bytes alone: no playlist, no scripted format, no guess."""
    with open(path, "rb") as file:  # noqa: PTH123 - this script stands alone
        head = file.read(12)
    if head[4:8] in (b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip"):
        return "mov"
    return "matroska" if head[:4] == b"\x1aE\xdf\xa3" else ""


def probe(path: str) -> dict[str, Any]:
    """What the file holds; its first picture has been decoded, its packets walked through."""
    import av

    kind = form(path)
    if not kind:
        return {"problem": "unknown_format"}
    with av.open(path, format=_FORMATS[kind], options={"enable_drefs": "0"}) as container:
        if not container.streams.video:
            return {"problem": "no_picture"}
        stream = container.streams.video[0]
        context = stream.codec_context
        if context.width * context.height > 16_000_000:
            return {"problem": "too_many_pixels", "width": context.width, "height": context.height}
        first = next(container.decode(stream), None)
        if first is None:
            return {"problem": "no_picture"}
        sound = container.streams.audio[0] if container.streams.audio else None
        turned = abs(int(getattr(first, "rotation", 0) or 0)) % 180 == 90
        width, height = (first.height, first.width) if turned else (first.width, first.height)
        found = {
            "format": kind,
            "codec": context.name,
            "pixels": first.format.name,
            "sound": sound.codec_context.name if sound else "",
            "width": width,
            "height": height,
            "metadata": sorted({*container.metadata, *stream.metadata, *(sound.metadata if sound else ())}),
        }
    found["seconds"] = _seconds(path, kind)
    return found


def _seconds(path: str, kind: str) -> float:
    """The length by the packets themselves: what a header says may be anything, and recorders write none."""
    import av

    last = 0.0
    with av.open(path, format=_FORMATS[kind]) as container:
        for packet in container.demux(video=0):
            if packet.pts is not None and packet.time_base is not None:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return round(last, 3)


def poster(path: str, out: str) -> dict[str, Any]:
    """A picture that shows something: of a few moments, the one with the most contrast; upright, as JPEG."""
    import av

    length = _seconds(path, form(path))
    best: tuple[float, Any] | None = None
    with av.open(path, format=_FORMATS[form(path)]) as container:
        stream = container.streams.video[0]
        for share in (0.08, 0.3, 0.6):
            with suppress(av.FFmpegError):
                container.seek(int(length * share * 1_000_000))
            frame = _frame_at(container, stream, length * share)
            if frame is None:
                continue
            picture = frame.to_image()
            turn = int(getattr(frame, "rotation", 0) or 0)
            picture = picture.rotate(turn, expand=True) if turn else picture
            picture.thumbnail((POSTER_SIDE, POSTER_SIDE))
            contrast = _contrast(picture)
            if best is None or contrast > best[0]:
                best = (contrast, picture)
    if best is None:
        return {"problem": "no_picture"}
    best[1].save(out, "JPEG", quality=92)
    return {"width": best[1].width, "height": best[1].height}


def _frame_at(container: Any, stream: Any, seconds: float) -> Any:
    """The picture shown at a moment: seeking stops at the last whole picture before it, which may be the very first."""
    found = None
    for number, frame in enumerate(container.decode(stream)):
        found = frame
        if number >= FRAMES_FORWARD or frame.time is None or frame.time >= seconds:
            break
    return found


def _contrast(picture: Any) -> float:
    from PIL import ImageStat

    return float(ImageStat.Stat(picture.convert("L")).stddev[0])


def remux(path: str, out: str) -> dict[str, Any]:
    """The same pictures and sound in a new MP4 without what the file says about itself."""
    import av

    with (
        av.open(path, format=_FORMATS[form(path)]) as source,
        av.open(out, "w", format="mp4", options={"movflags": "faststart", "fflags": "bitexact"}) as target,
    ):
        wanted = [source.streams.video[0], *source.streams.audio[:1]]
        copies = {stream.index: target.add_stream_from_template(stream) for stream in wanted}
        for copy in copies.values():
            copy.metadata.clear()
        target.metadata.clear()
        for packet in source.demux(wanted):
            if packet.dts is None:
                continue
            packet.stream = copies[packet.stream.index]
            target.mux(packet)
    return {}


_COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {"probe": probe, "poster": poster, "remux": remux}


def main() -> None:
    """Carry out one command."""
    _confine()
    command, *paths = sys.argv[1:]
    try:
        answer = _COMMANDS[command](*paths)
    except Exception as error:  # noqa: BLE001 - decoders of foreign bytes raise whatever they like
        answer = {"problem": "unreadable", "told": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps(answer))  # noqa: T201 - the answer of this process


if __name__ == "__main__":
    main()
