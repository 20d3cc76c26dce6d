"""simulate and staff: a shop to look at, and people who may enter."""

from typing import Annotated

import typer

from parvis.core.clock import now
from parvis.interfaces.cli import show


def simulate(
    days: Annotated[int, typer.Option(min=1, max=730, help="How many days up to today.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed gives the same days.")] = 7,
    as_json: show.AsJson = False,
) -> None:
    """Replay days of a shop by a documented behaviour model (docs/demo.md): visits, asks, orders, deliveries.

    Everything it makes is marked as simulated, here and on the pages. Repeating it changes nothing; more days add
    only the missing ones.
    """
    show.start_django()
    from parvis.connectors.demo.simulate import simulate as run

    with show.progress(f"Simulating {days} days") as advance:
        made = run(days=days, seed=seed, until=now(), progress=advance)
    show.result(made, as_json=as_json, text=", ".join(f"{count} {what}" for what, count in made.items()))


def staff(
    email: Annotated[str, typer.Argument(help="The person's e-mail address, with which she signs in.")],
    role: Annotated[str, typer.Option(help="owner, marketer, care or viewer")] = "owner",
    name: Annotated[str, typer.Option(help="How colleagues see her.")] = "",
    locale: Annotated[str, typer.Option(help="fr or en")] = "en",
) -> None:
    """Give a person access to the studio. Asks for a password (or takes it from standard input)."""
    show.start_django()
    from parvis.domains.people import actions
    from parvis.domains.people.contracts import Role

    password = typer.prompt("Password (10 characters or more)", hide_input=True, confirmation_prompt=True)
    made = actions.create_staff(
        email=email, name=name or email, password=password, role=Role(role), locale=locale, at=now()
    )
    show.out.print(f"{made.email} may now sign in to the studio as {made.role}.")
