"""From the headers of a file to a plan: what each column is, what the dates mean, where the voices come from."""

from collections.abc import Mapping, Sequence
from typing import Any

from parvis.domains.voices.contracts import DateOrder, ImportPlan
from parvis.domains.voices.rules import layouts
from parvis.domains.voices.rules.columns import COLUMNS, SEVERAL, canonical, match_headers, missing

DATED = ("submitted_at", "experienced_on", "reply_at")


def propose(headers: Sequence[str], *, dates: DateOrder | None = None, source: str = "") -> ImportPlan:
    """The plan that the headers themselves suggest. ``dates``: the order that the file shows, if it does."""
    layout = layouts.detect(headers)
    columns = match_headers(headers, layout.columns if layout else None)
    columns = {header: column for header, column in columns.items() if column}
    return ImportPlan(
        layout=layout.key if layout else "",
        columns=columns,
        dates=dates or (layout.dates if layout and layout.dates else DateOrder.DAY),
        kind=layouts.kind_of(layout, headers),
        about_shop=bool(layout and layout.shop),
        source=source or (layout.source if layout else ""),
        syndicated=layout.syndicated if layout else "",
    )


def faults(plan: ImportPlan) -> tuple[str, ...]:
    """The columns without which a plan cannot be carried out, that are missing: "product", "text"."""
    return missing(plan.columns.values(), product=not (plan.about_shop or plan.product or _answers(plan)))


def doubled(plan: ImportPlan) -> tuple[str, ...]:
    """The columns that several headers fill, where only the first filled one counts."""
    used = list(plan.columns.values())
    return tuple(sorted({column for column in used if used.count(column) > 1 and column not in SEVERAL}))


def _answers(plan: ImportPlan) -> bool:
    return plan.kind == "answer" and "parent" in plan.columns.values()


def signature(headers: Sequence[str]) -> str:
    """What makes a file known again by its headers: their canonical names, in any order."""
    return "|".join(sorted({canonical(header) for header in headers}))[:4000]


def to_json(plan: ImportPlan) -> dict[str, Any]:
    """The plan as it is kept."""
    return {
        "layout": plan.layout,
        "columns": dict(plan.columns),
        "dates": plan.dates.value,
        "kind": plan.kind,
        "about_shop": plan.about_shop,
        "product": plan.product,
        "source": plan.source,
        "syndicated": plan.syndicated,
    }


def from_json(kept: Mapping[str, Any]) -> ImportPlan:
    """The plan that was kept; columns that no longer exist are dropped."""
    columns = {str(header): str(column) for header, column in kept.get("columns", {}).items() if column in COLUMNS}
    return ImportPlan(
        layout=kept.get("layout", ""),
        columns=columns,
        dates=DateOrder(kept.get("dates", DateOrder.DAY)),
        kind=kept.get("kind", ""),
        about_shop=bool(kept.get("about_shop")),
        product=kept.get("product", ""),
        source=kept.get("source", ""),
        syndicated=kept.get("syndicated", ""),
    )
