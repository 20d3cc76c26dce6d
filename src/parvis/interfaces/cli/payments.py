"""checkout: the provider's books compared with ours, from the command line."""

from datetime import timedelta
from typing import Annotated

import typer

from parvis.interfaces.cli import show

app = typer.Typer(help="Orders and their money.", no_args_is_help=True)


@app.callback()
def checkout() -> None:
    """Orders and their money."""


@app.command()
def reconcile(
    days: Annotated[int, typer.Option(min=1, max=90, help="How many days back.")] = 3,
    as_json: show.AsJson = False,
) -> None:
    """Compare the payment provider's books with ours, now. The worker does it every night.

    What differs is listed here and on the studio's payments page; news that never came are taken in.
    """
    show.start_django()
    from parvis.core.clock import now
    from parvis.domains.checkout import actions, queries
    from parvis.domains.checkout.contracts import DifferenceState

    at = now()
    run = actions.reconcile(since=at - timedelta(days=days), until=at, at=at)
    rows = queries.differences(state=DifferenceState.OPEN)
    found = [
        {
            "kind": row.kind.value,
            "order": row.order_number,
            "reference": row.reference,
            "ours_minor": row.ours.amount_minor,
            "theirs_minor": row.theirs.amount_minor,
            "currency": row.ours.currency,
        }
        for row in rows
    ]
    told = {"provider": run.provider, "movements": run.movements, "found": run.found, "mended": run.mended}
    show.result({**told, "open": found}, as_json=as_json)
    if as_json:
        return
    show.out.print(
        f"{run.provider}: {run.movements} movements, {run.found} differences, {run.mended} of them taken in.",
        highlight=False,
    )
    for row in found:
        show.out.print(
            f"  {row['kind']} {row['order'] or row['reference']}: {row['ours_minor']} here, "
            f"{row['theirs_minor']} there",
            markup=False,
            highlight=False,
        )
