"""Which voice a person should look at first, and which voices are checked by chance.

Everybody is promised a decision within the same time. Inside of that time a look is worth more where its outcome is
open (a look at what people always publish anyway changes little), and where somebody waits for an answer. Stars and
tone play no part.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from parvis.domains.voices.contracts import Reason, VoiceKind

EARLIER = 0.6
"""The share of the promised time by which the most valuable look comes earlier than the least valuable."""
PRIOR = (1.0, 1.0)  # published, refused: what is assumed of a reason nobody has decided about yet
_ASKED = 0.25


def openness(published: int, refused: int) -> float:
    """How open the outcome is for voices held for a reason, 0 (people always agree) to 1 (even odds): the variance of
    the share that people publish, over the largest possible one.

    >>> openness(0, 0), openness(98, 0)
    (1.0, 0.0396)
    """
    up, down = published + PRIOR[0], refused + PRIOR[1]
    share = up / (up + down)
    return round(4 * share * (1 - share), 4)


def worth(*, reason: Reason, kind: VoiceKind, doubt: float, known: Mapping[Reason, float]) -> float:
    """The value of a look, 0..1: how open the outcome is, for this reason and for this voice's score; a question adds
    a quarter, since somebody waits for the answer before buying."""
    open_ = known.get(reason, openness(0, 0))
    if reason in {Reason.TOXICITY_UNSURE, Reason.SPAM_UNSURE}:
        open_ = (open_ + 4 * doubt * (1 - doubt)) / 2
    return min(1.0, open_ + (_ASKED if kind is VoiceKind.QUESTION else 0.0))


def look_by(*, received_at: datetime, promise_hours: int, value: float) -> datetime:
    """By when a person should look: never later than promised, earlier by what the look is worth. Ordering by it lets
    nobody wait for ever: time works for everyone alike."""
    return received_at + timedelta(hours=promise_hours) * (1 - EARLIER * min(1.0, max(0.0, value)))


def drawn(voice_id: int, share: float, secret: str) -> bool:
    """Whether chance draws this voice for a check: the same answer each time, which nobody outside can foresee."""
    mark = hmac.new(secret.encode(), f"check:{voice_id}".encode(), hashlib.sha256).digest()
    return int.from_bytes(mark[:8], "big") < share * 2**64
