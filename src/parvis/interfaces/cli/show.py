"""How commands talk: tables and progress for people, one JSON value for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

out = Console()
err = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value for programs instead of text.")]
Advance = Callable[[int, int], None]


def start_django() -> None:
    """Load settings and apps. Called inside commands, so that `parvis --help` needs neither."""
    import django

    django.setup()


def result(value: Any, *, as_json: bool, text: str | Table | None = None) -> None:
    """Print a command's result once, in the form asked for."""
    if as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    elif text is not None:
        out.print(text)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A table for people."""
    made = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    return made


@contextmanager
def progress(label: str) -> "Iterator[Advance]":
    """A progress bar on stderr; call what it gives with (done, total). Plain lines where there is no terminal."""
    if not err.is_terminal:
        yield _lines(label)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task(label, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance


def _lines(label: str) -> Advance:
    told = -1

    def advance(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 if total <= 0 else done * 10 // total
        if tenth != told:
            told = tenth
            err.print(f"{label}: {done}/{total}", highlight=False)

    return advance
