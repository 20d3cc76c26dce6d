"""From events to one row a visit, a product, a proof: Ibis expressions, the same on DuckDB and on Spark.

Days are summed up once, when they are over; the day that is still running is computed from its events by the same
expressions, so that a figure is the same before and after.
"""

from typing import Any

from parvis.domains.analytics.contracts import SIMULATED, Kind
from parvis.domains.analytics.queries import schema
from parvis.domains.analytics.rules import bots


def visits(events: Any) -> Any:
    """One row a (day, visit), columns of :data:`schema.VISITS`.

    A visit is a machine's when any of its events is marked, or when it turns pages faster all along than people do; a
    visit that paid is a person's. Events without a visit stay in rows of their own, machines and simulation apart.
    """
    unknown = events.visit == ""
    of = {kind: (events.kind == kind.value) for kind in Kind}
    pages = of[Kind.PAGE_VIEW] | of[Kind.LIST_VIEW] | of[Kind.PRODUCT_VIEW]
    value = events.value_minor.fill_null(0)
    keyed = events.mutate(
        lone_bot=unknown & events.bot,
        lone_simulated=unknown & (events.provenance == SIMULATED),
    )
    asked = of[Kind.ASK]
    grouped = keyed.group_by(["day", "visit", "lone_bot", "lone_simulated"]).agg(
        marked=keyed.bot.any(),
        simulated=(keyed.provenance == SIMULATED).any(),
        device=keyed.device.max(),
        events=keyed.count(),
        pages=pages.sum(),
        views=of[Kind.PAGE_VIEW].sum(),
        first_at=keyed["at"].min(),
        last_at=keyed["at"].max(),
        products_seen=of[Kind.PRODUCT_VIEW].sum(),
        proofs_seen=of[Kind.PROOF_VIEW].sum(),
        proofs_clicked=of[Kind.PROOF_CLICK].sum(),
        asks=asked.sum(),
        asks_told=(asked & events.answered.notnull()).sum(),
        asks_answered=(asked & events.answered.fill_null(False)).sum(),
        adds=of[Kind.ADD_TO_CART].sum(),
        checkouts=of[Kind.CHECKOUT_START].sum(),
        orders=of[Kind.ORDER].sum(),
        revenue_minor=(of[Kind.ORDER].cast("int64") * value).sum(),
        order_squares=(of[Kind.ORDER].cast("float64") * value.cast("float64") * value.cast("float64")).sum(),
        reviews=of[Kind.REVIEW_SUBMIT].sum(),
    )
    seconds = (grouped.last_at.epoch_seconds() - grouped.first_at.epoch_seconds()).cast("float64")
    hasty = (grouped.views > bots.PAGES_A_DAY) & (seconds < grouped.views * bots.SECONDS_A_PAGE) & (grouped.visit != "")
    told = grouped.mutate(bot=(grouped.marked | hasty) & (grouped.orders == 0))
    return told.select(list(schema.VISITS))


def products(events: Any, visited: Any) -> Any:
    """One row a (day, product, simulated) with counts of people's visits, columns of :data:`schema.PRODUCTS`."""
    people = _people(visited)
    looked = events.filter(events.product_id.notnull()).select("day", "visit", "kind", "product_id")
    ordered = events.filter((events.kind == Kind.ORDER.value) & (events.product_ids.length() > 0))
    bought = ordered.select("day", "visit", "kind", product_id=ordered.product_ids.unnest())
    told = looked.union(bought).join(people, ["day", "visit"])
    of = {kind: (told.kind == kind.value) for kind in Kind}
    by_visit = told.group_by(["day", "visit", "product_id", "simulated"]).agg(
        viewed=of[Kind.PRODUCT_VIEW].any(),
        proof_seen=of[Kind.PROOF_VIEW].any(),
        proof_clicked=of[Kind.PROOF_CLICK].any(),
        asked=of[Kind.ASK].any(),
        added=of[Kind.ADD_TO_CART].any(),
        ordered=of[Kind.ORDER].any(),
    )
    counted = by_visit.group_by(["day", "product_id", "simulated"]).agg(
        viewed=by_visit.viewed.sum(),
        proof_seen=by_visit.proof_seen.sum(),
        proof_clicked=by_visit.proof_clicked.sum(),
        asked=by_visit.asked.sum(),
        added=by_visit.added.sum(),
        ordered=by_visit.ordered.sum(),
        viewed_proof=(by_visit.viewed & by_visit.proof_seen).sum(),
        viewed_asked=(by_visit.viewed & by_visit.asked).sum(),
        viewed_added=(by_visit.viewed & by_visit.added).sum(),
        viewed_ordered=(by_visit.viewed & by_visit.ordered).sum(),
        seen_clicked=(by_visit.proof_seen & by_visit.proof_clicked).sum(),
    )
    return counted.select(list(schema.PRODUCTS))


def proofs(events: Any, visited: Any) -> Any:
    """One row a (day, voice, simulated) with counts of people's visits, columns of :data:`schema.PROOFS`."""
    shown = events.filter(
        events.kind.isin([Kind.PROOF_VIEW.value, Kind.PROOF_CLICK.value]) & (events.voice_ids.length() > 0)
    )
    each = shown.select("day", "visit", "kind", voice_id=shown.voice_ids.unnest())
    told = each.join(_people(visited), ["day", "visit"])
    by_visit = told.group_by(["day", "visit", "voice_id", "simulated"]).agg(
        seen=(told.kind == Kind.PROOF_VIEW.value).any(),
        clicked=(told.kind == Kind.PROOF_CLICK.value).any(),
    )
    counted = by_visit.group_by(["day", "voice_id", "simulated"]).agg(
        seen=by_visit.seen.sum(),
        clicked=by_visit.clicked.sum(),
        seen_clicked=(by_visit.seen & by_visit.clicked).sum(),
    )
    return counted.select(list(schema.PROOFS))


def _people(visited: Any) -> Any:
    return visited.filter(~visited.bot & (visited.visit != "")).select("day", "visit", "simulated")
