"""Types and properties of schema.org 30.0, packaged (``vocabulary.json``, made by tools/schemaorg_vocabulary.py)."""

import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

_PREFIXES = ("https://schema.org/", "http://schema.org/", "schema:")


def bare(name: str) -> str:
    """A term without the address of the vocabulary before it."""
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, list[str]], dict[str, frozenset[str]]]:
    text = files("parvis.science.visibility").joinpath("vocabulary.json").read_text(encoding="utf-8")
    held = json.loads(text)
    return held["types"], {name: frozenset(domains) for name, domains in held["properties"].items()}


def known(kind: str) -> bool:
    """Whether schema.org has a type of this name."""
    return bare(kind) in _words()[0]


@lru_cache(maxsize=1024)
def ancestors(kind: str) -> frozenset[str]:
    """The type itself and everything it is a kind of."""
    types = _words()[0]
    found, waiting = set(), [bare(kind)]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += types.get(each, ())
    return frozenset(found)


def stray(kind: str, properties: Iterable[str]) -> list[str]:
    """Those of ``properties`` that the type does not have. The suffixes -input and -output of actions are allowed."""
    own = ancestors(kind)
    held = _words()[1]
    return [
        name
        for name in map(bare, properties)
        if not held.get(name.removesuffix("-input").removesuffix("-output"), frozenset()) & own
    ]
