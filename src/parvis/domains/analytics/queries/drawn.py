"""What visits did with proofs whose order was drawn: the placement, the plan and the bucket stand in their surface.

``strip.31.12:2`` is the second place of the strip, in the order that plan 31 gives to bucket 12 (evidence knows the
plan, its orders and their propensities). Machines are left out.
"""

from datetime import date
from typing import Any

import polars as pl

from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.queries import log, schema

_PLACED = {"placement": pl.String, "product": pl.Int64, "voice": pl.Int64, "plan": pl.Int64, "place": pl.Int64,
           "seen": pl.Int64, "clicked": pl.Int64}  # fmt: skip
_DEALT = {"placement": pl.String, "bucket": pl.Int64, "looked": pl.Int64, "acted": pl.Int64, "led": pl.Int64}
_SURFACE = r"^([a-z]+)\.(\d+)\.(\d+):(\d+)$"


def placed(*, since: date, until: date) -> pl.DataFrame:
    """Counts of the days [since, until): placement, product, voice, plan, place, seen, clicked (visits)."""
    return pl.DataFrame(_rows(by_place, since, until), schema=_PLACED, orient="row")


def dealt(*, since: date, until: date) -> pl.DataFrame:
    """Visits of the days [since, until) by bucket: placement, bucket, looked (saw a proof of the placement), acted (on
    one of them), led (of those: that then put that product in the cart). Looks without a plan are left out."""
    return pl.DataFrame(_rows(by_bucket, since, until), schema=_DEALT, orient="row")


def _rows(expression: Any, since: date, until: date) -> list[tuple[Any, ...]]:
    listed = log.manifest(since=since, until=until)
    with log.session() as connection:
        log.view(connection, "events", "events", (*listed.files["events"], *listed.dirty_events))
        found: list[tuple[Any, ...]] = connection.execute(log.sql(expression)).fetchall()
        return found


def _told() -> tuple[Any, Any]:
    """Events of people, and of those the proofs that stand in a plan."""
    events = schema.unbound("events")
    people = events.filter(~events.bot & (events.visit != ""))
    kinds = [Kind.PROOF_VIEW.value, Kind.PROOF_CLICK.value]
    proofs = people.filter(
        people.kind.isin(kinds)
        & people.product_id.notnull()
        & (people.voice_ids.length() == 1)
        & people.surface.re_search(_SURFACE)
    )
    return people, proofs.select(
        "day", "visit", "kind", "at", "product_id",
        voice=proofs.voice_ids[0],
        placement=proofs.surface.re_extract(_SURFACE, 1),
        plan=proofs.surface.re_extract(_SURFACE, 2).try_cast("int64"),
        bucket=proofs.surface.re_extract(_SURFACE, 3).try_cast("int64"),
        place=proofs.surface.re_extract(_SURFACE, 4).try_cast("int64"),
    )  # fmt: skip


def by_place() -> Any:
    """Placements, products, voices, plans and places with their counts; a visit counts once for each."""
    _, told = _told()
    keys = ["day", "visit", "placement", "product_id", "voice", "plan", "place"]
    each = told.group_by(keys).agg(
        looks=(told.kind == Kind.PROOF_VIEW.value).any(), acts=(told.kind == Kind.PROOF_CLICK.value).any()
    )
    counted = each.group_by(
        placement=each.placement, product=each.product_id, voice=each.voice, plan=each.plan, place=each.place
    )
    # who acted has looked, whichever of the two was told first
    return counted.agg(seen=each.count(), clicked=each.acts.sum()).select(*_PLACED)


def by_bucket() -> Any:
    """Placements and buckets with visits that looked, acted, and put in the cart what they acted on."""
    people, told = _told()
    told = told.filter(told.plan > 0)
    keys = ["day", "visit", "placement", "bucket", "product_id"]
    first = told.filter(told.kind == Kind.PROOF_CLICK.value)
    first = first.group_by(keys).agg(clicked_at=first["at"].min())
    adds = people.filter((people.kind == Kind.ADD_TO_CART.value) & people.product_id.notnull())
    adds = adds.group_by(["day", "visit", "product_id"]).agg(added_at=adds["at"].max())
    led = first.left_join(adds, ["day", "visit", "product_id"]).drop("day_right", "visit_right", "product_id_right")
    led = led.mutate(led=(led.added_at > led.clicked_at).fill_null(False))
    visit = ["day", "visit", "placement", "bucket"]
    looked = told.group_by(visit).agg(acted=(told.kind == Kind.PROOF_CLICK.value).any())
    bought = led.group_by(visit).agg(led=led.led.any())
    both = looked.left_join(bought, visit).drop(*(f"{key}_right" for key in visit))
    return (
        both.group_by(placement=both.placement, bucket=both.bucket)
        .agg(looked=both.count(), acted=both.acted.sum(), led=both.led.fill_null(False).sum())
        .select(*_DEALT)
    )
