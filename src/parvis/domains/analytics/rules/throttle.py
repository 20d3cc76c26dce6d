"""A leaky bucket a caller, in memory: the collector cannot spend a database commit on each check.

Each web process keeps its own, so that the true limit is the number of processes times this one.
"""

import threading
from collections import OrderedDict


class Throttle:
    """``burst`` at once, drained at ``per_second``; remembers at most ``callers`` of them, the latest ones."""

    def __init__(self, *, burst: int, per_second: float, callers: int = 20_000) -> None:
        self.burst = burst
        self.per_second = per_second
        self.callers = callers
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, caller: str, *, seconds: float) -> bool:
        """Take one from ``caller`` at the moment ``seconds`` (any steady clock). False when nothing is left."""
        with self._lock:
            level, last = self._levels.pop(caller, (0.0, seconds))
            level = max(0.0, level - max(0.0, seconds - last) * self.per_second)
            allowed = level + 1 <= self.burst
            self._levels[caller] = (level + 1 if allowed else level, seconds)
            while len(self._levels) > self.callers:
                self._levels.popitem(last=False)
            return allowed
