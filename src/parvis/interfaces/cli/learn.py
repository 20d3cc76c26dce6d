"""learn: stars as the brand's own customers give them, from its own reviews."""

from typing import Annotated

import typer

from parvis.core.clock import now
from parvis.interfaces.cli import show


def learn(
    adopt: Annotated[bool, typer.Option("--adopt", help="Use what was learnt where it is better.")] = False,
    shipped: Annotated[bool, typer.Option("--shipped", help="Learn nothing: go back to the shipped model.")] = False,
    as_json: show.AsJson = False,
) -> None:
    """Learn from the brand's own public reviews how its customers give stars, and say whether that is better.

    Each review is read by a model that learnt from other people's only, and by the shipped one. Nothing changes without
    --adopt. Earlier voices keep their reading until `parvis read --again`.
    """
    show.start_django()
    from parvis.domains.voices import actions

    if shipped:
        actions.retire_star_model(actor_id=None, at=now())
        show.result({"shipped": True}, as_json=as_json, text="Stars are read with the shipped model.")
        return
    asked = actions.ask_for_star_model(actor_id=None, at=now())
    found = actions.learn_stars(star_model_id=asked.id, at=now())
    if found.problem:
        show.result({"model": found.id, "problem": found.problem}, as_json=as_json, text=found.problem)
        raise typer.Exit(1)
    if adopt and found.languages:
        found = actions.adopt_star_model(star_model_id=found.id, actor_id=None, at=now())
    lines = [f"Lesson {found.id}, from {found.labelled} reviews: {found.state}."]
    lines += [
        f"{each.language}: error of stars {each.own.value:.2f}, shipped {each.shipped.value:.2f}; smaller by "
        f"{each.gain.value:.2f} ({each.gain.low:.2f} to {each.gain.high:.2f}) on {each.texts} unseen reviews"
        for each in found.trials
    ]
    value = {
        "model": found.id,
        "state": str(found.state),
        "reviews": found.labelled,
        "languages": list(found.languages),
        "trials": {
            each.language: {"own": each.own.value, "shipped": each.shipped.value, "gain": each.gain.value}
            for each in found.trials
        },
    }
    show.result(value, as_json=as_json, text="\n".join(lines))
