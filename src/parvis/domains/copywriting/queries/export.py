"""A draft as a file: Markdown for people, CSV for spreadsheets. What people wrote becomes literal words in both."""

import csv
import io
import re
from collections.abc import Iterator

from parvis.domains.copywriting.contracts import Draft

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_lines(found: Draft) -> Iterator[str]:
    """A header, then a sentence a line; no cell begins a formula."""
    yield _line("draft", "version", "language", "part", "sentence", "stands", "faults", "leans_on", "quotes")
    for part, sentences in found.current.parts.items():
        for each in sentences:
            yield _line(
                str(found.id),
                str(found.version),
                found.language,
                part.value,
                each.text,
                "yes" if each.stands else "no",
                " ".join(fault.kind.value for fault in each.faults),
                " ".join(ref.key for ref in each.refs),
                " | ".join(ref.quote for ref in each.refs),
            )


def _line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_cell(each) for each in cells])
    return out.getvalue()


def _cell(value: str) -> str:
    flat = " ".join(value.replace("\0", "").split())
    return f"'{flat}" if flat.startswith(_FORMULA) else flat


def markdown(found: Draft, *, heading: str) -> str:
    """The parts with what each sentence leans on as notes; blocked sentences are struck through."""
    lines = [f"# {_literal(heading)}", ""]
    notes: list[str] = []
    for part, sentences in found.current.parts.items():
        lines += [f"## {part.value}", ""]
        said = []
        for each in sentences:
            text = _literal(each.text) if each.stands else f"~~{_literal(each.text)}~~"
            for ref in each.refs:
                if ref.quote:
                    notes.append(f"[^{len(notes) + 1}]: {_literal(ref.key)}: {_literal(ref.quote)}")
                    text += f"[^{len(notes)}]"
            said.append(text)
        lines += [" ".join(said), ""]
    return "\n".join([*lines, *notes, ""])


def _literal(text: str) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _SPECIAL.sub(r"\\\1", flat)
