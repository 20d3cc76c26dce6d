"""record: every decision about voices in a period, for a regulator or an auditor."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from parvis.core.clock import now
from parvis.core.days import start_of
from parvis.core.errors import Invalid
from parvis.interfaces.cli import show


def record(
    out: Annotated[Path, typer.Argument(help="The ZIP file to write.")],
    since: Annotated[str, typer.Option(help="First day, YYYY-MM-DD.")] = "",
    until: Annotated[str, typer.Option(help="Last day, YYYY-MM-DD; today when left out.")] = "",
    as_json: show.AsJson = False,
) -> None:
    """Write every decision about voices: rule, person, time, policy, with the reports and appeals of the period.

    CSV and JSON lines in a ZIP, with what each file holds; the same period gives the same files.
    """
    show.start_django()
    from parvis.domains.voices import queries

    first = _day(since, "since") if since else datetime(2000, 1, 1, tzinfo=UTC)
    last = _day(until, "until", end=True) if until else now()
    if last <= first:
        raise Invalid(field="until", problem="it lies before the first day")
    partial = out.with_name(f"{out.name}.part")
    with partial.open("wb") as file:
        counts = queries.write_record(file, since=first, until=last)
    partial.replace(out)
    text = f"{counts['decisions']} decisions about {counts['voices']} voices written to {out}."
    show.result(counts, as_json=as_json, text=text)


def _day(said: str, field: str, *, end: bool = False) -> datetime:
    try:
        day = datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise Invalid(field=field, problem="write YYYY-MM-DD") from error
    return start_of(day + timedelta(days=1)) - timedelta(microseconds=1) if end else start_of(day)
