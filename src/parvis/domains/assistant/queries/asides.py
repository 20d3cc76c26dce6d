"""Answers short enough for a live room."""

from parvis.domains.assistant.contracts import Aside, Side, Turn


def aside(turn: Turn) -> Aside:
    """What of an answer is shown over a picture that moves. Nothing of a withdrawn voice."""
    here = [each for each in turn.passages if not each.gone]
    against = next((each for each in here if each.side is Side.DISAGREES), None)
    return Aside(
        turn=turn,
        product_id=turn.product_id,
        says=next((each for each in here if each.side is Side.AGREES), None)
        or next((each for each in here if each is not against), None),
        against=against,
        clip=next((each for each in here if each.clip), None),
    )
