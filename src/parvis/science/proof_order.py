"""In which order to show proofs, learnt by a bandit whose every propensity is known, beside a hold-out.

A plan for a group of proofs (a product's quotes at a placement) is a finite table: as many *buckets* as it has, each
with one order of the proofs. Whoever looks gets a bucket evenly, so the probability that a proof stands at a place is
the share of buckets that put it there: counted, not estimated, and logged with the plan.

- The first buckets are the **hold-out**: the order by usefulness, always.
- Then one bucket a proof **explores**: that proof is put first, the others follow as far as is known. So no proof's
  chance to be first falls under one bucket: the exploration floor.
- The others are draws of **Thompson sampling** under a position-based model with Poisson counts: the acts on a proof
  are expected to be its appeal times the propensity of each place it was seen at. Appeals have a Gamma prior that is
  worth ``PRIOR`` acts, centred on the group's mean and tilted by usefulness, so that before anybody has looked the
  draws are the order by usefulness, shaken.

:func:`compare` tells whether the learnt orders do better than the hold-out, with limits that are valid at every look.

Sources:
    W. R. Thompson (1933), On the likelihood that one unknown probability exceeds another. Biometrika 25.
    P. Lagree, C. Vernade, O. Cappe (2016), Multiple-play bandits in the position-based model. NeurIPS 29.
    H. Robbins (1970), Statistical methods related to the law of the iterated logarithm. Ann. Math. Stat. 41.
    I. Waudby-Smith et al. (2024), Time-uniform central limit theory and asymptotic confidence sequences. Ann. Stat. 52.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from parvis.core.tables import optional, require

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Arrange = Callable[[Any, tuple[Any, ...]], tuple[Any, ...]]

BUCKETS = 40
HELD_OUT = 8  # of the buckets: a fifth
MOST = 8  # proofs that take part: each has a bucket that puts it first
PRIOR = 6.0  # acts that the prior is worth
SHARPER = 8.0  # draws vary as if so many times as much were known: more is won than by plain Thompson sampling
TILT = 1.0  # log appeal of one point of usefulness (0..1) before anybody has looked
BASE = 0.03  # acts a look, where nothing at all was seen yet
PLACES = tuple(1 / place**0.6 for place in range(1, MOST + 1))  # until places are learnt


@dataclass(frozen=True, slots=True)
class Plans:
    """``orders``: group, bucket, arm ("held_out", "explore", "learnt"), order (list of proofs).
    ``propensities``: group, proof, place, and the chance of standing there for those who are not in the hold-out."""

    orders: pl.DataFrame
    propensities: pl.DataFrame


def plan(proofs: pl.DataFrame, *, seed: int, arrange: Arrange | None = None) -> Plans:
    """A plan for each group.

    proofs: group, proof (any types), score (usefulness 0..1), optional expected and acts (see :func:`weighed`). The
    ``MOST`` best of each group take part. ``arrange(group, order)`` may rearrange any order (keep both sides in sight
    …); propensities count what comes out.
    Raises :class:`parvis.core.tables.TableError`.
    """
    proofs = require(proofs, {"group": None, "proof": None, "score": pl.Float64})
    proofs = optional(proofs, {"expected": pl.Float64, "acts": pl.Float64}).with_columns(
        pl.col("expected", "acts").fill_null(0.0)
    )
    looked = float(proofs["expected"].sum())
    base = (float(proofs["acts"].sum()) + BASE * 100) / (looked + 100)
    source = np.random.default_rng(seed)
    orders: list[tuple[Any, int, str, list[Any]]] = []
    chances: list[tuple[Any, Any, int, float]] = []
    for (group,), rows in proofs.group_by("group", maintain_order=True):
        best = rows.sort("score", descending=True, maintain_order=True).head(MOST)
        table = _table(best, base, source)
        names = best["proof"].to_list()
        arranged = [
            (arm, tuple(names[at] for at in order))
            if arrange is None
            else (arm, arrange(group, tuple(names[at] for at in order)))
            for arm, order in table
        ]
        orders += [(group, bucket, arm, list(order)) for bucket, (arm, order) in enumerate(arranged)]
        chances += [(group, *chance) for chance in _chances(arranged)]
    kinds = {"group": proofs.schema["group"], "proof": proofs.schema["proof"]}
    return Plans(
        pl.DataFrame(
            orders,
            schema={"group": kinds["group"], "bucket": pl.Int64, "arm": pl.String, "order": pl.List(kinds["proof"])},
            orient="row",
        ),
        pl.DataFrame(chances, schema={**kinds, "place": pl.Int64, "propensity": pl.Float64}, orient="row"),
    )


def weighed(exposures: pl.DataFrame, *, places: Sequence[float] = PLACES) -> pl.DataFrame:
    """What was looked at, as :func:`plan` takes it.

    exposures: group, proof, place (1 is first), seen, clicked; further down than ``places`` counts as the last of them.
    Returns group, proof, expected, acts.
    """
    exposures = require(
        exposures, {"group": None, "proof": None, "place": pl.Int64, "seen": pl.Float64, "clicked": pl.Float64}
    )
    known = exposures.filter((pl.col("place") >= 1) & (pl.col("seen") > 0))
    at = np.minimum(known["place"].to_numpy(), len(places)).astype(np.int64) - 1
    propensity = np.asarray(places, dtype=np.float64)[at] if len(at) else np.zeros(0)
    return (
        known.with_columns(
            expected=pl.col("seen") * pl.Series(propensity, dtype=pl.Float64),
            acts=pl.min_horizontal("clicked", "seen"),
        )
        .group_by("group", "proof", maintain_order=True)
        .agg(pl.col("expected", "acts").sum())
    )


def _table(best: pl.DataFrame, base: float, source: np.random.Generator) -> list[tuple[str, Ints]]:
    """(arm, order of row numbers) for each bucket; the rows are in their order by usefulness."""
    score, expected, acts = (best[name].to_numpy() for name in ("score", "expected", "acts"))
    useful = np.arange(best.height, dtype=np.int64)
    # the group's own mean, drawn towards that of all groups
    mean = (float(acts.sum()) + PRIOR) / (float(expected.sum()) + PRIOR / base)
    centred = mean * np.exp(TILT * (score - score.mean()))
    shape, rate = PRIOR + acts, PRIOR / centred + expected
    likely = np.argsort(-shape / rate, kind="stable").astype(np.int64)
    table = [("held_out", useful)] * HELD_OUT
    table += [("explore", np.concatenate([[at], likely[likely != at]])) for at in useful]
    draws = source.gamma(SHARPER * shape, 1 / (SHARPER * rate), size=(BUCKETS - len(table), best.height))
    return table + [("learnt", np.argsort(-draw, kind="stable").astype(np.int64)) for draw in draws]


def _chances(arranged: Sequence[tuple[str, tuple[Any, ...]]]) -> list[tuple[Any, int, float]]:
    """(proof, place, propensity) over the buckets that are not held out."""
    free = [order for arm, order in arranged if arm != "held_out"]
    counts: dict[tuple[Any, int], int] = {}
    for order in free:
        for place, proof in enumerate(order, 1):
            counts[proof, place] = counts.get((proof, place), 0) + 1
    return [(proof, place, count / len(free)) for (proof, place), count in counts.items()]


# -- is it better? ----------------------------------------------------------------------------------------------

Verdict = Literal["learnt_better", "held_out_better", "keep_testing"]
FEWEST_LOOKS, FEWEST_ACTS = 100, 10  # of each side: under that nothing is said
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """The learnt orders against the hold-out. Rates are acts over visits that looked; ``difference`` is learnt minus
    held out with limits ``low`` and ``high`` that hold at every look at once (95 %). ``sample_ratio_p``: how probable a
    split as odd as this one is when buckets are dealt evenly; under .001 something is wrong with the dealing."""

    rate: float
    held_out_rate: float
    difference: float
    low: float
    high: float
    sample_ratio_p: float
    verdict: Verdict


def compare(
    *, looked: int, acted: int, held_out_looked: int, held_out_acted: int, share: float = HELD_OUT / BUCKETS,
    alpha: float = ALPHA,
) -> Comparison:  # fmt: skip
    """Compare visits. ``share`` is the planned share of the hold-out.

    The limits are those of a normal mixture (a confidence sequence): one may look as often as one likes and stop when
    one sees something, and still be wrong in ``alpha`` of the cases at most. With a difference of variance v and a
    mixture of variance t: half width = sqrt(2 v (v + t) / t * (log(1 / alpha) + log((v + t) / v) / 2)). t is set to a
    fifth of the pooled rate, squared.
    """
    if looked <= 0 or held_out_looked <= 0:
        return Comparison(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, "keep_testing")
    rate, base = acted / looked, held_out_acted / held_out_looked
    pooled = (acted + held_out_acted + 1) / (looked + held_out_looked + 2)
    variance = pooled * (1 - pooled) * (1 / looked + 1 / held_out_looked)
    mixture = (0.2 * pooled) ** 2
    width = math.sqrt(
        2 * variance * (variance + mixture) / mixture
        * (math.log(1 / alpha) + math.log((variance + mixture) / variance) / 2)
    )  # fmt: skip
    difference = rate - base
    low, high = max(-1.0, difference - width), min(1.0, difference + width)
    few = min(looked, held_out_looked) < FEWEST_LOOKS or acted + held_out_acted < FEWEST_ACTS
    odd = _split_p(held_out_looked, looked + held_out_looked, share)
    verdict: Verdict = "keep_testing"
    if not few and odd >= 0.001 and (low > 0 or high < 0):
        verdict = "learnt_better" if low > 0 else "held_out_better"
    return Comparison(rate, base, difference, low, high, odd, verdict)


def _split_p(count: int, total: int, share: float) -> float:
    """Two-sided p of a count against its planned share (normal, with continuity correction)."""
    spread = math.sqrt(total * share * (1 - share))
    return math.erfc(max(0.0, abs(count - total * share) - 0.5) / spread / math.sqrt(2)) if spread else 1.0
