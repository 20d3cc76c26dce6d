"""Bodies of requests, read strictly where it matters and kindly where it does not."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from parvis.core.numbers import LARGEST
from parvis.interfaces.agents.ucp.problems import BadRequest

MOST_TEXT, MOST_SHOWN = 500, 4000
SHOWN = "reviews_shown"  # our own word in the map of where a buyer came from
# What no column takes: NUL, and half of a surrogate pair.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_VOICE = re.compile(r"#voice-([0-9]{1,12})$")


class Body:
    """An object of a request, with the path that it stands at. Every read raises BadRequest for another type."""

    def __init__(self, value: Any, path: str = "$") -> None:
        if not isinstance(value, dict):
            raise BadRequest(path=path, reason="an object was expected")
        self.value: Mapping[str, Any] = value
        self.path = path

    def has(self, name: str) -> bool:
        return self.value.get(name) is not None

    def text(self, name: str, *, most: int = MOST_TEXT) -> str:
        """A text, or empty."""
        value = self.value.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > most or _UNKEPT.search(value):
            raise BadRequest(path=f"{self.path}.{name}", reason=f"a text of at most {most} characters was expected")
        return value.strip()

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise BadRequest(path=f"{self.path}.{name}", reason="it is needed")
        return value

    def whole(self, name: str, *, low: int, high: int = LARGEST) -> int | None:
        """A whole number, or None."""
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise BadRequest(path=f"{self.path}.{name}", reason=f"a whole number from {low} to {high} was expected")
        return value

    def part(self, name: str) -> "Body | None":
        value = self.value.get(name)
        return None if value is None else Body(value, f"{self.path}.{name}")

    def parts(self, name: str, *, most: int) -> "list[Body]":
        return [Body(each, f"{self.path}.{name}[{place}]") for place, each in enumerate(self._list(name, most))]

    def texts(self, name: str, *, most: int) -> list[str]:
        found = self._list(name, most)
        if not all(isinstance(each, str) and len(each) <= MOST_TEXT and not _UNKEPT.search(each) for each in found):
            raise BadRequest(path=f"{self.path}.{name}", reason="a list of texts was expected")
        return list(found)

    def _list(self, name: str, most: int) -> Sequence[Any]:
        value = self.value.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise BadRequest(path=f"{self.path}.{name}", reason="a list was expected")
        if len(value) > most:
            raise BadRequest(path=f"{self.path}.{name}", reason=f"at most {most} entries are taken")
        return value


def attribution(body: Body, *, most: int = 30) -> dict[str, str]:
    """The map of texts that tells where a buyer came from. It must never change an answer: what is not a text, or
    too much, is left out without a word."""
    given = _attribution(body)
    told = [(key, value) for key, value in given.items() if isinstance(value, str) and 0 < len(key) <= 60]
    kept = [(key, value) for key, value in told[:most] if not _UNKEPT.search(key) and key != SHOWN]
    return {key: _UNKEPT.sub("", value[:200]) for key, value in kept}


def shown(body: Body) -> list[int]:
    """The customers' words that the buyer was shown: their addresses, as our catalogue gave them, with spaces between
    them. Read as kindly as the rest of where a buyer came from."""
    told = _attribution(body).get(SHOWN)
    addresses = told[:MOST_SHOWN].split() if isinstance(told, str) else []
    return [int(found[1]) for each in addresses if (found := _VOICE.search(each))]


def _attribution(body: Body) -> Mapping[str, Any]:
    given = body.value.get("attribution")
    return given if isinstance(given, dict) else {}


def language(body: Body, accepted: str) -> str:
    """French or English: what the context asks for, else Accept-Language, else English."""
    context = body.value.get("context")
    asked = context.get("language") if isinstance(context, dict) else None
    wanted = asked if isinstance(asked, str) else accepted
    first = next((part.split(";")[0].strip().lower() for part in wanted.split(",")), "")
    return "fr" if first.split("-")[0] == "fr" else "en"
