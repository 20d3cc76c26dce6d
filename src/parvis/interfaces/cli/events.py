"""events and metrics: who listens to what, and what every figure means."""

from typing import Annotated

import typer

from parvis.core.clock import now
from parvis.interfaces.cli import show


def events(
    failed: Annotated[
        bool, typer.Option("--failed", help="Show what listeners could not take, with the error.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Put what was set aside back in the queue.")] = False,
    as_json: show.AsJson = False,
) -> None:
    """Which event leads to what: every event type, who listens to it, and how much waits."""
    show.start_django()
    from parvis.core import events as known
    from parvis.core import outbox

    if retry:
        again = outbox.retry_failed(at=now())
        show.result({"retried": again}, as_json=as_json, text=f"{again} put back in the queue.")
        return
    if failed:
        aside = outbox.failed()
        columns = ("delivery", "listener", "event", "error")
        found = [dict(zip(columns, row, strict=True)) for row in aside]
        show.result(found, as_json=as_json, text=show.table("Set aside", columns, aside))
        return
    waiting = outbox.pending()
    listeners = known.listeners().values()
    rows: list[tuple[str, str, int]] = []
    for name, kind in sorted(known.event_types().items()):
        hearing = [each.name for each in listeners if kind in each.events]
        rows += [(name, each, waiting.get(each, 0)) for each in hearing] or [(name, "nobody", 0)]
    value = [{"event": event, "listener": listener, "waiting": count} for event, listener, count in rows]
    show.result(value, as_json=as_json, text=show.table("Events", ("event", "heard by", "waiting"), rows))


def metrics(
    locale: Annotated[str, typer.Option(help="fr or en")] = "en",
    as_json: show.AsJson = False,
) -> None:
    """Every figure Parvis shows: its definition, numerator, denominator, unit and exclusions."""
    show.start_django()
    from parvis.domains.analytics import queries

    texts = ("name", "definition", "numerator", "denominator", "exclusions", "interval")
    value = [
        {"key": each.key, "unit": each.unit, **{text: getattr(each, text).in_(locale) for text in texts}}
        for each in queries.catalogue().values()
    ]
    told = "\n\n".join(
        f"[bold]{each['name']}[/bold] ({each['key']}, {each['unit']})\n{each['definition']}\n"
        f"[dim]÷[/dim]  {each['numerator']} / {each['denominator']}\n[dim]not counted:[/dim] {each['exclusions']}"
        for each in value
    )
    show.result(value, as_json=as_json, text=told)
