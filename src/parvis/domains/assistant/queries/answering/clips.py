"""Moments of videos as they are shown: one clip of each voice, long enough to say something."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from parvis.domains.assistant.queries.answering.reply import Hit
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice

LONGEST: Final = 25.0  # seconds
_TICK: Final = 0.01


def joined(moments: Sequence[Hit]) -> list[Hit]:
    """One clip of each voice: from its first moment found on, with all that is said, while that stays short; else the
    better one alone. Who they are is said first, how it went last."""
    by_voice: dict[int, list[Hit]] = {}
    for each in moments:
        by_voice.setdefault(each.voice_id, []).append(each)
    shown = voices.cues(list(by_voice)) if by_voice else {}
    found = []
    for key, several in by_voice.items():
        since = min(each.clip_from or 0.0 for each in several)
        spoken = [cue for cue in shown.get(key, ()) if cue.start_s >= since - _TICK]
        until = max([*(e.clip_to or 0.0 for e in several), *(c.end_s for c in spoken if c.end_s - since <= LONGEST)])
        said = " ".join(cue.text for cue in spoken if cue.end_s <= until + _TICK)
        if said and until - since <= LONGEST:
            found.append(replace(several[0], clip_from=since, clip_to=until, words=said, start=0, end=len(said)))
        else:
            found.append(several[0])
    return found


def whole(hits: Sequence[Hit]) -> list[Hit]:
    """Hits in their order, those that are moments of videos with what is said around them."""
    long = {each.voice_id: each for each in joined([each for each in hits if each.words and each.clip_to is not None])}
    return [replace(long[each.voice_id], side=each.side) if each.voice_id in long else each for each in hits]


def filmed(hit: Hit, found: Sequence[Voice]) -> bool:
    """Whether the voice has a video that may be shown."""
    return any(voice.id == hit.voice_id and voice.video is not None and voice.video.shown for voice in found)


def clipped(hit: Hit, found: Sequence[Voice]) -> Hit:
    """With the whole video of its voice, where there is one and no moment was found in it."""
    voice = next((voice for voice in found if voice.id == hit.voice_id), None)
    if hit.clip_to is not None or voice is None or voice.video is None or not voice.video.shown:
        return hit
    return replace(hit, clip_from=0.0, clip_to=voice.video.seconds)
