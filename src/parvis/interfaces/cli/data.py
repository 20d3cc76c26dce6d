"""import and read: what people said, from files into the platform."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from parvis.core.clock import now
from parvis.domains.voices.contracts import DateOrder
from parvis.interfaces.cli import show


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, JSON, XML or Parquet; layouts are explained in docs/import.md.")],
    rejected: Annotated[
        Path | None, typer.Option(help="Write the rejected rows with their reasons here (CSV).")
    ] = None,
    source: Annotated[str, typer.Option(help="Keeps the ids of different platforms apart.")] = "",
    dates: Annotated[DateOrder | None, typer.Option(help="What 03/04/2026 means, where the file shows none.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Try it out: count, and take nothing.")] = False,
    as_json: show.AsJson = False,
) -> None:
    """Import reviews, questions and answers from a file.

    The exports of Judge.me, Yotpo, Trustpilot, Google, Bazaarvoice and others are recognised by themselves.

    Rows that cannot be taken are reported with line and reason, the rest is imported. Importing the same file again
    changes nothing. The worker then reads the new voices; without one running, use `parvis read`.
    """
    show.start_django()
    from parvis.domains.voices import actions, queries

    if check:
        _try(file, source=source, as_json=as_json)
        return
    with file.open("rb") as stream, show.progress(f"Importing {file.name}") as advance:
        run = actions.import_file(
            stream=stream,
            filename=file.name,
            actor_id=None,
            at=now(),
            progress=advance,
            source=source,
            date_order=dates,
        )
    if run.error:
        show.result({"run": run.id, "error": run.error_code}, as_json=as_json, text=run.error)
        raise typer.Exit(1)
    if rejected is not None:
        rejected.write_text(queries.rejected_csv(run.id), encoding="utf-8")
    value = {"run": run.id, "accepted": run.accepted, "duplicates": run.duplicates, "rejected": run.rejected}
    text = f"{run.accepted} taken, {run.duplicates} already there, {run.rejected} rejected."
    if run.rejected and rejected is None:
        text += " Use --rejected FILE to see why."
    show.result(value, as_json=as_json, text=text)


def _try(file: Path, *, source: str, as_json: bool) -> None:
    """Say what importing the file would do; the draft is thrown away."""
    from parvis.domains.voices import actions

    with file.open("rb") as stream, show.progress(f"Trying {file.name}") as advance:
        draft = actions.store_import(
            stream=stream, filename=file.name, actor_id=None, at=now(), source=source, draft=True
        )
        run = actions.check_import(run_id=draft.id, at=now(), progress=advance)
    check = run.check
    if check is None:
        show.result({"error": run.error_code}, as_json=as_json, text=run.error)
        raise typer.Exit(1)
    actions.discard_import(run_id=run.id)
    value = {"layout": run.plan.layout if run.plan else "", **asdict(check)}
    reasons = "".join(f"\n  {code}: {count}" for code, count in check.reasons.items())
    text = f"{check.accepted} would come in, {check.duplicates} known before, {check.rejected} rejected.{reasons}"
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
