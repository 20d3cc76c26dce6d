"""Small words of schema.org that every node needs."""

from typing import Any

Node = dict[str, Any]
CONTEXT = "https://schema.org"


def term(name: str) -> Node:
    """A member of an enumeration of the vocabulary."""
    return {"@id": f"{CONTEXT}/{name}"}


def span(seconds: float) -> str:
    """A length of time as ISO 8601 has it, in whole seconds and at least one: ``PT1M5S``."""
    minutes, rest = divmod(max(1, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "H"), (minutes, "M"), (rest, "S")]
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)
