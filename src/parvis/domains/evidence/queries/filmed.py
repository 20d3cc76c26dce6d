"""Reviews that come with a video which may be shown: the most useful ones, of a product or of the whole shop."""

from collections.abc import Iterable
from datetime import datetime

from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Channel, MediaRight, Proof
from parvis.domains.evidence.models import Proof as Row
from parvis.domains.evidence.queries.gallery import may_be_seen, rights_of
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice

_POOL = 4
"""How many times as many are looked at as are shown, so that one product does not fill the shop's strip."""


def filmed(product_ids: Iterable[int] | None = None, *, at: datetime, limit: int = 6) -> tuple[Proof, ...]:
    """Reviews with a video that may be shown in the shop today, the most useful first; of several products each has its
    turn before one has a second.

    Both sides are kept: where the best ones all agree, the most useful of those who see it otherwise is the last one
    shown. Three statements.
    """
    rows = Row.objects.filter(has_video=True).order_by("-score", "-voice_id")
    if product_ids is not None:
        rows = rows.filter(product_id__in=list(product_ids))
    listed = list(rows.values_list("voice_id", "product_id", "score", "reasons", "stars")[: limit * _POOL])
    found = voices.voices([row[0] for row in listed])
    rights = rights_of(found)
    seen = {key for key, voice in found.items() if _shown(voice, rights.get(key, ()), at)}
    chosen = _both_sides(_in_turns([row for row in listed if row[0] in seen]), limit)
    return tuple(
        Proof(voice=found[voice_id], score=score, reasons=tuple(reasons), highlights=())
        for voice_id, _, score, reasons, _ in chosen
    )


def _shown(voice: Voice, rights: tuple[MediaRight, ...], at: datetime) -> bool:
    """The state of the voice itself decides, whatever has not yet been taken back here."""
    ready = voice.is_public and voice.video is not None and voice.video.shown
    return ready and may_be_seen(voice, rights, channel=Channel.SITE, at=at)


_Listed = tuple[int, int, float, list[str], int | None]  # voice, product, score, reasons, stars


def _in_turns(listed: list[_Listed]) -> list[_Listed]:
    turns: dict[int, int] = {}
    placed = []
    for place, row in enumerate(listed):
        turns[row[1]] = turns.get(row[1], -1) + 1
        placed.append((turns[row[1]], place, row))
    return [row for _, _, row in sorted(placed, key=lambda each: each[:2])]


def _both_sides(listed: list[_Listed], limit: int) -> list[_Listed]:
    chosen = listed[:limit]
    happy = [(row[4] or 0) >= rules.PLEASED for row in chosen]
    if len(listed) > limit > 1 and (all(happy) or not any(happy)):
        other = next((row for row in listed[limit:] if ((row[4] or 0) >= rules.PLEASED) != happy[0]), None)
        return [*chosen[:-1], other] if other else chosen
    return chosen
