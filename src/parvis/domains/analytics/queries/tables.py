"""Products and proofs side by side: what visits did with each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from parvis.core.errors import Invalid
from parvis.domains.analytics.contracts import ProductRow, ProofRow
from parvis.domains.analytics.queries import figures, log, rollups, schema

SORTS = ("viewed", "proof_seen", "proof_clicked", "asked", "added", "ordered")
MOST_ROWS = 1000


def product_table(
    *,
    since: date,
    until: date,
    product_ids: Sequence[int] | None = None,
    sort: str = "viewed",
    offset: int = 0,
    limit: int = 100,
) -> tuple[ProductRow, ...]:
    """Products with their figures over [since, until), most ``sort`` first; only those with any event."""
    if sort not in SORTS:
        raise Invalid(field="sort", problem=f"one of {', '.join(SORTS)}")
    rows = _read(_products, since, until, ids=product_ids, key="product_id", sort=sort, offset=offset, limit=limit)
    return tuple(_product(row) for row in rows)


def proof_table(
    *, since: date, until: date, voice_ids: Sequence[int] | None = None, offset: int = 0, limit: int = 100
) -> tuple[ProofRow, ...]:
    """Voices shown as proof over [since, until), most seen first, with the share of visits that acted on them."""
    rows = _read(_proofs, since, until, ids=voice_ids, key="voice_id", sort="seen", offset=offset, limit=limit)
    return tuple(
        ProofRow(
            voice_id=row["voice_id"],
            seen=row["seen"],
            clicked=row["clicked"],
            click_through=figures.figure("voice_click_through", figures.proportion(row["seen_clicked"], row["seen"])),
        )
        for row in rows
    )


def _product(row: dict[str, int]) -> ProductRow:
    shares = {
        "product_proof_seen_rate": ("viewed_proof", "viewed"),
        "product_click_through": ("seen_clicked", "proof_seen"),
        "product_ask_rate": ("viewed_asked", "viewed"),
        "product_add_rate": ("viewed_added", "viewed"),
        "product_order_rate": ("viewed_ordered", "viewed"),
    }
    made = {key: figures.figure(key, figures.proportion(row[hit], row[of])) for key, (hit, of) in shares.items()}
    made["product_visits"] = figures.figure("product_visits", figures.count(row["viewed"]))
    return ProductRow(
        product_id=row["product_id"],
        **{name: row[name] for name in SORTS},
        simulated_share=row["simulated_viewed"] / row["viewed"] if row["viewed"] else None,
        figures=made,
    )


def _read(
    make: Callable[[], Any],
    since: date,
    until: date,
    *,
    ids: Sequence[int] | None,
    key: str,
    sort: str,
    offset: int,
    limit: int,
) -> list[dict[str, int]]:
    listed = log.manifest(since=since, until=until)
    chosen = "" if ids is None else f"WHERE {key} IN ({', '.join(str(int(each)) for each in ids) or 'NULL'})"
    window = f"LIMIT {min(max(int(limit), 0), MOST_ROWS)} OFFSET {max(int(offset), 0)}"
    order = f'ORDER BY "{sort}" DESC, {key}'
    question = f"SELECT * FROM ({log.sql(make)}) {chosen} {order} {window}"  # noqa: S608 - integers and own names
    files = {"products": listed.files["products"], "proofs": listed.files["proofs"], "events": listed.dirty_events}
    return log.once((question, *files.items()), lambda: _answer(question, files))


def _answer(question: str, files: Mapping[str, Sequence[str]]) -> list[dict[str, int]]:
    with log.session() as connection:
        for dataset, paths in files.items():
            log.view(connection, dataset, dataset, paths)
        answer = connection.execute(question)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _products() -> Any:
    events = schema.unbound("events")
    told = schema.unbound("products").union(rollups.products(events, rollups.visits(events)))
    sums = {name: told[name].sum() for name in schema.PRODUCTS if name not in _KEYS}
    return told.group_by("product_id").agg(**sums, simulated_viewed=told.viewed.sum(where=told.simulated).fill_null(0))


def _proofs() -> Any:
    events = schema.unbound("events")
    told = schema.unbound("proofs").union(rollups.proofs(events, rollups.visits(events)))
    sums = {name: told[name].sum() for name in schema.PROOFS if name not in _KEYS}
    return told.group_by("voice_id").agg(**sums)


_KEYS = ("day", "product_id", "voice_id", "simulated")
