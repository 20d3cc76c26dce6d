"""Whether praise and complaint wait the same time."""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from parvis.domains.voices import models
from parvis.domains.voices.contracts import Delay, Delays, Origin, VoiceState
from parvis.science import waiting


def delays(*, at: datetime, days: int = 90) -> Delays:
    """Waits from reception to the decision, of voices that people sent here in the last ``days`` (imports and the
    demonstration's reviews waited nowhere). Those still held count with what they have waited so far. One statement."""
    sent = models.Voice.objects.filter(
        received_at__gte=at - timedelta(days=days), origin__in=(Origin.STOREFRONT, Origin.API)
    ).exclude(state=VoiceState.WITHDRAWN, published_at__isnull=True)
    rows = sent.values_list("stars", "state", "received_at", "published_at", "decided_at")
    waits, over, stars = [], [], []
    for given, state, received, published, decided in rows.iterator(chunk_size=5000):
        held = state == VoiceState.HELD and published is None
        end = at if held else (published or decided or at)
        waits.append(max(0.0, (end - received).total_seconds()))
        over.append(not held)
        stars.append(given or 0)
    times, ended, marks = np.array(waits), np.array(over, dtype=bool), np.array(stars)
    low, high = (marks == 1) | (marks == 2), marks >= 4
    either = low | high
    return Delays(
        days=days,
        all=_delay(times, ended),
        favourable=_delay(times[high], ended[high]),
        unfavourable=_delay(times[low], ended[low]),
        p_value=waiting.equal(times[either], ended[either], low[either]),
    )


def _delay(times: NDArray[np.float64], ended: NDArray[np.bool_]) -> Delay:
    middle = waiting.quantile(times, ended, 0.5)
    return Delay(
        count=int(times.size),
        waiting=int((~ended).sum()),
        median=middle.value,
        median_low=middle.low,
        median_high=middle.high,
        p95=waiting.quantile(times, ended, 0.95).value,
    )
