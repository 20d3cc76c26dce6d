"""Which order keeps both sides in sight, and where a photo or video may be shown."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from parvis.domains.evidence.contracts import Channel, MediaRight
from parvis.domains.evidence.rules.points import displeased

IN_SIGHT = 3  # quotes that are read at a glance


def both_sides_in_sight(order: Sequence[int], stars: Mapping[int, int | None]) -> tuple[int, ...]:
    """``order`` with the first displeased voice no later than third, and among the first three no more of the
    displeased than their share of the order, rounded up: proof that convinces keeps its other side, and no chance of
    the draw lets the few speak for all. The first place stays as it is."""
    places = [place for place, voice in enumerate(order) if displeased(stars.get(voice))]
    if not places:
        return tuple(order)
    at_most = math.ceil(IN_SIGHT * len(places) / len(order))
    first = list(order)
    if places[0] >= IN_SIGHT:
        first.insert(IN_SIGHT - 1, first.pop(places[0]))
    later: list[int] = []
    seen: list[int] = []
    for voice in first:
        mine = displeased(stars.get(voice))
        full = mine and len(seen) < IN_SIGHT and sum(displeased(stars.get(each)) for each in seen) >= at_most
        (later if full else seen).append(voice)
    return (*seen[:IN_SIGHT], *later, *seen[IN_SIGHT:])


VIDEO = "video"  # the path of a voice's one video, for rights


def withheld(
    rights: Sequence[MediaRight], *, paths: Iterable[str], on: date, foreign: bool
) -> tuple[frozenset[str], frozenset[str]]:
    """Of these photos and video: those not shown on our own pages that day, and those of them shown nowhere at all."""
    anywhere = ("", *(code for each in rights for code in each.territories))

    def may(path: str, channel: Channel) -> bool:
        return any(
            may_show(rights, path=path, channel=channel, territory=there, on=on, foreign=foreign) for there in anywhere
        )

    hidden = frozenset(path for path in paths if not may(path, Channel.SITE))
    return hidden, frozenset(path for path in hidden if not any(may(path, channel) for channel in Channel))


def may_show(
    rights: Iterable[MediaRight], *, path: str, channel: Channel, territory: str, on: date, foreign: bool = False
) -> bool:
    """Whether a photo (``path``), the video (VIDEO) or all of a voice ("") may be shown on ``channel`` that day.

    Who gives a photo with a review gives it to be shown with that review on our own pages, unless it was taken over
    from elsewhere (``foreign``). Everywhere else needs a right in force there. A refusal is stronger than any right.
    """
    asked = [r for r in rights if r.ended_at is None and (not r.path or r.path == path)]
    if any(r.refused and (not r.channels or channel in r.channels) for r in asked):
        return False
    if channel is Channel.SITE and not foreign:
        return True
    return any(
        not r.refused
        and channel in r.channels
        and (not r.territories or (territory != "" and territory in r.territories))
        and (r.starts_on is None or r.starts_on <= on)
        and (r.until is None or on <= r.until)
        for r in asked
    )
