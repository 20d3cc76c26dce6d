"""parvis batch answers: the answer-engine simulator on files."""

from pathlib import Path
from typing import Annotated

import typer

from parvis.core.errors import Invalid
from parvis.interfaces.cli import batch, show


def answers(
    pages: Annotated[Path, typer.Option(help="page, owner, text: ours and others'.", exists=True, dir_okay=False)],
    questions: Annotated[Path, typer.Option(help="id, text: what shoppers ask.", exists=True, dir_okay=False)],
    ours: Annotated[str, typer.Option(help="The owner in the pages that is meant by us.")],
    changed: Annotated[
        Path | None, typer.Option(help="The same pages after a change, to compare.", exists=True, dir_okay=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Question by question, CSV, JSONL or Parquet.")] = None,
    k: Annotated[int, typer.Option(min=1, max=20, help="Passages that the engine takes.")] = 5,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 1,
    as_json: show.AsJson = False,
) -> None:
    """How often our pages are retrieved and quoted for questions beside others' pages, with intervals."""
    from parvis.science.visibility import engine

    asked = batch.load(questions)
    try:
        before = engine.simulate(batch.load(pages), asked, ours=ours, k=k, seed=seed)
        after = engine.simulate(batch.load(changed), asked, ours=ours, k=k, seed=seed) if changed else None
        moved = engine.compare(before, after, seed=seed) if after else {}
    except engine.BadPages as error:
        raise Invalid(field="pages", problem=str(error)) from error
    if out:
        batch.save((after or before).by_question, out)
    rows: list[dict[str, object]] = [
        {"figure": name, "value": round(each.value, 4), "low": round(each.low, 4), "high": round(each.high, 4)}
        for name, each in (after or before).figures.items()
    ]
    for row in rows:
        if row["figure"] in moved:
            each = moved[str(row["figure"])]
            row |= {"change": round(each.value, 4), "change_low": round(each.low, 4)}
            row |= {"change_high": round(each.high, 4), "decision": each.decision}
    columns = list(rows[0])
    shown = show.table("Answers", columns, [[row[name] for name in columns] for row in rows])
    show.result(rows, as_json=as_json, text=shown)
