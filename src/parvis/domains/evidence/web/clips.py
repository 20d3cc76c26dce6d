"""Videos, their chapters, and live broadcasts, in the vocabulary of schema.org."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from parvis.domains.evidence.web.vocabulary import Node, span
from parvis.domains.voices.contracts import CaptionCue, Voice

TOLD = 300  # characters of a description


@dataclass(frozen=True, kw_only=True, slots=True)
class Chapter:
    """A part of a video: ``start`` and ``end`` in seconds, ``name`` in the words that are heard or read there."""

    name: str
    start: float
    end: float


CHAPTER_SECONDS, CHAPTER_NAME = 6.0, 100


def chapters_of(cues: Sequence[CaptionCue]) -> tuple[Chapter, ...]:
    """Captions as parts of a video: lines that follow each other make a part of at least CHAPTER_SECONDS, named by what
    is said there. None for a video that would have one part only."""
    made: list[Chapter] = []
    held: list[CaptionCue] = []
    for cue in cues:
        held.append(cue)
        if held[-1].end_s - held[0].start_s >= CHAPTER_SECONDS:
            made.append(_chapter(held))
            held = []
    if held:
        made.append(_chapter(held))
    return tuple(made) if len(made) > 1 else ()


def _chapter(cues: Sequence[CaptionCue]) -> Chapter:
    said = " ".join(" ".join(cue.text.split()) for cue in cues)
    name = said if len(said) <= CHAPTER_NAME else said[:CHAPTER_NAME].rsplit(" ", 1)[0] + "…"
    return Chapter(name=name, start=cues[0].start_s, end=cues[-1].end_s)


def of_review(
    absolute: Callable[[str], str], voice: Voice, *, name: str, page: str, chapters: Sequence[Chapter] = ()
) -> Node:
    """The video of a review that may be shown; ``page`` is the address of the page that shows it, ``name`` stands for a
    review without a title."""
    film = voice.video
    if film is None:
        raise ValueError("the voice has no video")
    said = " ".join(voice.text.split())
    return video(
        name=voice.title or name,
        description=said[:TOLD] or voice.title or name,
        thumbnail=absolute(film.poster_url or film.thumb_url),
        content=absolute(film.url),
        page=f"{page}#voice-{voice.id}",
        uploaded=voice.published_at or voice.submitted_at,
        seconds=film.seconds,
        language=film.captions_language or voice.language,
        chapters=chapters,
    )


def video(
    *,
    name: str,
    description: str,
    thumbnail: str,
    content: str,
    page: str,
    uploaded: datetime,
    seconds: float,
    language: str = "",
    chapters: Sequence[Chapter] = (),
    live: Node | None = None,
) -> Node:
    """A video. ``page`` is where it can be watched; ``live`` is its broadcast (see :func:`broadcast`)."""
    node: Node = {
        "@type": "VideoObject",
        "name": name,
        "description": description,
        "thumbnailUrl": [thumbnail],
        "contentUrl": content,
        "url": page,
        "uploadDate": uploaded.isoformat(),
        "duration": span(seconds),
    }
    if language:
        node["inLanguage"] = language
    if chapters:
        node["hasPart"] = [clip(chapter, content=content) for chapter in chapters]
    return node | ({"publication": live} if live else {})


def clip(chapter: Chapter, *, content: str) -> Node:
    """A part of a video with an address that begins to play there."""
    return {
        "@type": "Clip",
        "name": chapter.name,
        "startOffset": round(chapter.start),
        "endOffset": max(round(chapter.start) + 1, round(chapter.end)),
        "url": f"{content}#t={round(chapter.start)}",
    }


def broadcast(*, name: str, starts: datetime, ends: datetime, live: bool) -> Node:
    """A live room: when it begins and ends, and whether it is (or was) broadcast live."""
    if ends <= starts:
        raise ValueError("a broadcast ends after it begins")
    return {
        "@type": "BroadcastEvent",
        "name": name,
        "isLiveBroadcast": live,
        "startDate": starts.isoformat(),
        "endDate": ends.isoformat(),
    }
