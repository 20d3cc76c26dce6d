"""At which place each review was seen, and what visits did with it: what the order of proofs learns from."""

from datetime import date
from typing import Any

import polars as pl

from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.queries import log, schema

_COLUMNS = {"product": pl.Int64, "voice": pl.Int64, "place": pl.Int64, "seen": pl.Int64, "clicked": pl.Int64,
            "led": pl.Int64}  # fmt: skip


def exposures(*, since: date, until: date) -> pl.DataFrame:
    """Counts of people's visits of the days [since, until): product, voice, place (1 is first), seen, clicked (of
    those: that acted on the review), led (of those: that then put the product in the cart).

    Read from events, not from rollups: meant for a nightly task. A visit that saw a review at several places counts at
    the first it was seen at. Machines are left out, and proofs whose place is not known; those whose order
    was drawn are counted in :mod:`drawn`.
    """
    listed = log.manifest(since=since, until=until)
    with log.session() as connection:
        log.view(connection, "events", "events", (*listed.files["events"], *listed.dirty_events))
        rows = connection.execute(log.sql(expression)).fetchall()
    return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


def expression() -> Any:
    """Products, voices and places with their counts."""
    import ibis

    events = schema.unbound("events")
    people = events.filter(~events.bot & (events.visit != ""))
    kinds = [Kind.PROOF_VIEW.value, Kind.PROOF_CLICK.value]
    proofs = people.filter(people.kind.isin(kinds) & people.product_id.notnull() & (people.voice_ids.length() > 0))
    proofs = proofs.filter(~proofs.surface.re_search(r"^[a-z]+\.\d+\.\d+:"))
    each = proofs.select(
        "day", "visit", "kind", "at", "product_id", "surface", "voice_ids",
        several=proofs.voice_ids.length() > 1, number=ibis.range(0, proofs.voice_ids.length()).unnest(),
    )  # fmt: skip
    written = each.surface.re_extract(r":(\d+)$", 1).try_cast("int64")
    told = each.select(
        "day", "visit", "kind", "at", "product_id",
        voice=each.voice_ids[each.number],
        place=ibis.coalesce(written + each.number, ibis.ifelse(each.several, each.number + 1, None)).cast("int64"),
    )  # fmt: skip
    keys = ["day", "visit", "product_id", "voice"]
    seen = told.filter((told.kind == Kind.PROOF_VIEW.value) & told.place.notnull())
    seen = seen.group_by(keys).agg(place=seen.place.argmin(seen["at"]))
    clicks = told.filter(told.kind == Kind.PROOF_CLICK.value)
    clicks = clicks.group_by(keys).agg(clicked_at=clicks["at"].min())
    adds = people.filter((people.kind == Kind.ADD_TO_CART.value) & people.product_id.notnull())
    adds = adds.group_by(["day", "visit", "product_id"]).agg(added_at=adds["at"].max())
    both = seen.left_join(clicks, keys).drop("day_right", "visit_right", "product_id_right", "voice_right")
    all_three = both.left_join(adds, ["day", "visit", "product_id"]).drop(
        "day_right", "visit_right", "product_id_right"
    )
    return (
        all_three.group_by(product=all_three.product_id, voice=all_three.voice, place=all_three.place)
        .agg(
            seen=all_three.count(),
            clicked=all_three.clicked_at.notnull().sum(),
            led=(all_three.added_at > all_three.clicked_at).fill_null(False).sum(),
        )
        .select("product", "voice", "place", "seen", "clicked", "led")
    )
