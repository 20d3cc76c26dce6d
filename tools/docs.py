"""Write the pages of docs/ that the code itself can tell: `python tools/docs.py`. A test keeps them current.

Settings, commands, domain events, API addresses and metrics.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")

NOTE = "\n\nThis page is written from the code by `tools/docs.py`, and a test keeps it current.\n"


def settings() -> str:
    """Every variable of the environment."""
    from parvis.project.variables import VARIABLES

    rows = [f"| `{v.name}` | {f'`{v.default}`' if v.default else ''} | {v.purpose} |" for v in VARIABLES]
    head = (
        "# Settings\n\nEverything is set by environment variables. A value that cannot be used stops the start with a "
        "message that names\nevery mistake at once; `parvis check` also points out unknown names. " + NOTE
    )
    return "\n".join([head, "| variable | default | what it is for |", "| --- | --- | --- |", *rows, ""])


def commands() -> str:
    """Every command with its options."""
    from typer.main import get_command

    from parvis.interfaces.cli.main import app

    parts = ["# Commands\n\nEvery command explains itself with `--help`. " + NOTE]
    parts += [_command(path, command) for path, command in _walk("parvis", get_command(app))]
    return "\n".join(parts)


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, each in inner.items():
        yield from _walk(f"{path} {name}", each)


def _command(path: str, command: Any) -> str:
    lines = [f"## {path}\n", (command.help or "").strip(), ""]
    for option in command.params:
        names = ", ".join(f"`{name}`" for name in option.opts) if option.opts[0].startswith("-") else f"`{option.name}`"
        lines.append(f"- {names}: {getattr(option, 'help', None) or 'required'}")
    return "\n".join([*lines, ""])


def events() -> str:
    """Every domain event: what it carries, who listens."""
    from dataclasses import fields

    from parvis.core import events as known

    hearing = known.listeners().values()
    rows = []
    for name, kind in sorted(known.event_types().items()):
        if not kind.__module__.startswith("parvis."):
            continue
        carried = ", ".join(f"`{field.name}`" for field in fields(kind))
        heard = ", ".join(f"`{each.name}`" for each in hearing if kind in each.events) or "nobody yet"
        meaning = " ".join((kind.__doc__ or "").split()).split(". ")[0].rstrip(".")
        meaning = "" if meaning.startswith(kind.__name__) else meaning
        rows.append(f"| `{name}` | {meaning} | {carried} | {heard} |")
    head = (
        "# Domain events\n\nAn event is written in the transaction of its change and handed to each listener at least "
        "once; `parvis events` prints\nthis table with what waits. What browsers report is another matter: "
        "see events.md beside this page. " + NOTE
    )
    return "\n".join([head, "| event | when | carries | heard by |", "| --- | --- | --- | --- |", *rows, ""])


def api() -> str:
    """Every address of the API, from its own description."""
    from parvis.interfaces.api.v1 import DESCRIPTION
    from parvis.interfaces.api.v1 import api as described

    schema = described.get_openapi_schema(path_prefix="/api/v1")
    rows = []
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in methods.items():
            rows.append(f"| {method.upper()} | `{path}` | {operation['summary']} | {', '.join(operation['tags'])} |")
    head = (
        f"# API\n\n{DESCRIPTION.strip()}\n\nThe description for programs (OpenAPI 3.1) is at `/api/v1/openapi.json`, "
        "the one for people at `/api/v1/docs`. " + NOTE
    )
    return "\n".join([head, "| method | address | what it does | family |", "| --- | --- | --- | --- |", *rows, ""])


def metrics() -> str:
    """Every metric in both languages."""
    from parvis.domains.analytics import queries

    labels = {
        "en": ("Numerator", "Denominator", "Left out", "How sure", "Unit", "An association, not an effect."),
        "fr": ("Numérateur", "Dénominateur", "Exclusions", "Certitude", "Unité", "Une association, pas un effet."),
    }
    parts = [
        "# Metrics\n\nEvery figure that Parvis shows is defined here, once, in English and in French; `parvis metrics` "
        "prints the same.\nEvents behind them: events.md beside this page. " + NOTE
    ]
    for metric in queries.catalogue().values():
        parts.append(f"## `{metric.key}`\n")
        for locale, (numerator, denominator, exclusions, sure, unit, association) in labels.items():
            parts += [
                f"**{metric.name.in_(locale)}** ({locale}). {metric.definition.in_(locale)}"
                + (f" {association}" if metric.association else "")
                + "\n",
                f"- {numerator}: {metric.numerator.in_(locale)}",
                f"- {denominator}: {metric.denominator.in_(locale)}",
                f"- {exclusions}: {metric.exclusions.in_(locale)}",
                f"- {sure}: {metric.interval.in_(locale)}",
                f"- {unit}: {metric.unit}\n",
            ]
    return "\n".join(parts)


PAGES = {
    "settings.md": settings,
    "commands.md": commands,
    "domain-events.md": events,
    "api.md": api,
    "metrics.md": metrics,
}


def main() -> None:
    import django

    django.setup()
    for name, write in PAGES.items():
        (ROOT / "docs" / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
