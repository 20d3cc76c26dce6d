"""feeds: where the products are pushed to, and how it went."""

from typing import Annotated

import typer

from parvis.interfaces.cli import show


def feeds(
    add: Annotated[str, typer.Option(help="Push to the platform with this address; asks for its token.")] = "",
    language: Annotated[str, typer.Option(help="The language of a feed that is added.")] = "en",
    country: Annotated[str, typer.Option(help="The market of a feed that is added, such as FR; empty: none.")] = "",
    remove: Annotated[int | None, typer.Option(help="Push to this feed no more.")] = None,
    push: Annotated[
        bool, typer.Option(help="Push now what has changed (a worker does it four times an hour).")
    ] = False,
    as_json: show.AsJson = False,
) -> None:
    """Feeds of agents' platforms (agentic commerce protocol) to which the products are pushed.

    Files that platforms fetch themselves are under /feeds/ of the shop and need nothing.
    """
    show.start_django()
    from parvis.connectors.agentfeeds import actions, queries
    from parvis.core.clock import now
    from parvis.interfaces.agents.acp import pushing

    if add:
        token = typer.prompt("Token of the platform", hide_input=True)
        actions.add(url=add, token=token, language=language, country=country, at=now())
    if remove is not None:
        actions.remove(feed_id=remove)
    if push:
        pushing.push_all()
    rows = [
        (
            each.id,
            each.url,
            each.language,
            each.country,
            each.products,
            f"{each.pushed_at:%Y-%m-%d %H:%M}" if each.pushed_at else "never",
            each.error if each.active or not each.error else f"{each.error}; switched off",
        )
        for each in queries.feeds(at=now())
    ]
    columns = ("feed", "address", "language", "country", "products", "pushed", "problem")
    listed = [dict(zip(columns, row, strict=True)) for row in rows]
    show.result(listed, as_json=as_json, text=show.table("Feeds", columns, rows))
