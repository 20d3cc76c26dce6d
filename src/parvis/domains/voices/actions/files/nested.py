"""Objects within objects, as one finds them in JSON and XML: every value under its path ("reviewer.name")."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from parvis.domains.voices.actions.files.base import put
from parvis.domains.voices.rules.columns import canonical, match_headers

SAMPLE = 500  # objects that are looked at to learn the paths of a file
MAX_PATHS = 400
_MAX_DEPTH = 12
_MAX_VALUES = 2000


def as_cell(value: Any) -> str:
    """A plain value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def flatten(value: Mapping[str, Any]) -> dict[str, list[str]]:
    """Path -> its values: an object's path is that of its parent, a point and its key; lists add nothing to it."""
    found: dict[str, list[str]] = {}
    _walk(value, "", found, 0)
    return found


def _walk(value: Any, path: str, found: dict[str, list[str]], depth: int) -> None:
    if isinstance(value, Mapping) and depth < _MAX_DEPTH:
        for key, inner in value.items():
            _walk(inner, f"{path}.{key}" if path else str(key), found, depth + 1)
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        for inner in value:
            _walk(inner, path, found, depth + 1)
    elif len(found) < _MAX_VALUES:
        values = found.setdefault(path, [])
        if len(values) < 50:
            values.append(as_cell(value))


class Paths:
    """Turns the values of an object into the cells of a row. A path that the plan has never seen (objects of one file
    differ) is understood by its name alone, when its column is still empty."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = columns
        self.learnt: dict[str, str] = {}

    def cells(self, values: Mapping[str, list[str]]) -> dict[str, str]:
        """Column -> text."""
        cells: dict[str, str] = {}
        late: list[tuple[str, list[str]]] = []
        for path, found in values.items():
            column = self.columns.get(path)
            if column is None:
                late.append((path, found))
            elif column:
                for value in found:
                    put(cells, column, value)
        for path, found in late:
            column = self._by_name(path)
            if column and not cells.get(column):
                put(cells, column, found[0])
        return cells

    def _by_name(self, path: str) -> str:
        if path not in self.learnt:
            if len(self.learnt) > 10_000:
                self.learnt.clear()
            known = {canonical(header) for header in self.columns}
            self.learnt[path] = "" if canonical(path) in known else match_headers([path]).get(path, "")
        return self.learnt[path]

    @staticmethod
    def of(objects: Iterable[Mapping[str, list[str]]]) -> tuple[str, ...]:
        """The paths of the first objects, in the order in which they appear."""
        seen: dict[str, None] = {}
        for values in islice(objects, SAMPLE):
            seen.update(dict.fromkeys(values))
            if len(seen) >= MAX_PATHS:
                break
        return tuple(seen)[:MAX_PATHS]
