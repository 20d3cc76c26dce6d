"""import and read: what people said, from files into the platform."""

from pathlib import Path
from typing import Annotated

import typer

from parvis.core.clock import now
from parvis.interfaces.cli import show


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL or Parquet; columns are explained in docs/import.md.")],
    rejected: Annotated[
        Path | None, typer.Option(help="Write the rejected rows with their reasons here (CSV).")
    ] = None,
    as_json: show.AsJson = False,
) -> None:
    """Import reviews and questions from a file.

    Rows that cannot be taken are reported with line and reason, the rest is imported. Importing the same file again
    changes nothing. The worker then reads the new voices; without one running, use `parvis read`.
    """
    show.start_django()
    from parvis.domains.voices import actions, queries

    with file.open("rb") as stream, show.progress(f"Importing {file.name}") as advance:
        run = actions.import_file(stream=stream, filename=file.name, actor_id=None, at=now(), progress=advance)
    if rejected is not None:
        rejected.write_text(queries.rejected_csv(run.id), encoding="utf-8")
    value = {"run": run.id, "accepted": run.accepted, "duplicates": run.duplicates, "rejected": run.rejected}
    text = f"{run.accepted} taken, {run.duplicates} already there, {run.rejected} rejected."
    if run.rejected and rejected is None:
        text += " Use --rejected FILE to see why."
    show.result(value, as_json=as_json, text=text)


def read(
    again: Annotated[bool, typer.Option("--again", help="Read every voice again, also those already read.")] = False,
    as_json: show.AsJson = False,
) -> None:
    """Read what waits: language, sentiment, aspects, decisions, index. The worker does the same on its own.

    With --again, everything is read anew (after a change of models); decisions made by people stay.
    """
    show.start_django()
    from parvis.domains.voices import actions
    from parvis.interfaces.cli import demo

    reread = 0
    if again:
        with show.progress("Reading again") as advance:
            reread = actions.read_again(at=now(), progress=advance)
    done = demo.read_all()
    show.result(
        {"read_again": reread, "deliveries": done},
        as_json=as_json,
        text=f"{reread} read again, {done} deliveries made.",
    )
