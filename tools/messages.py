"""Compile the translation catalogues of every app, without system packages: `python tools/messages.py compile`.

`check` also fails on missing, fuzzy or malformed French entries.
"""

import re
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent / "src"
# In French a space stands before these signs and within quotation marks, and no line may begin or end there.
_FRENCH = re.compile(
    r"""(?<=\S)\ (?=[:;?!»]+(?:[\s<.,)]|$)) | (?<=«)\ (?=\S) | (?<=\S)\ (?=€) | (?<=\S)\ (?=%(?:%|[\s<.,;)]|$))""",
    re.VERBOSE,
)
NO_BREAK = "\N{NO-BREAK SPACE}"


def catalogues() -> list[Path]:
    return sorted(ROOT.glob("**/locale/*/LC_MESSAGES/*.po"))


def compile_all() -> None:
    for source in catalogues():
        target = source.with_suffix(".mo")
        newest = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
        if target.exists() and target.stat().st_mtime >= newest:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        if source.parent.parent.name == "fr":
            for message in catalogue:
                message.string = _set(message.string)
        partial = target.with_suffix(".mo.part")
        with partial.open("wb") as file:
            write_mo(file, catalogue)
        partial.replace(target)


def french(text: str) -> str:
    """The text as it is set: its spaces before : ; ? ! and inside « » do not break."""
    return _FRENCH.sub(NO_BREAK, text)


def _set(text: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    return french(text) if isinstance(text, str) else tuple(french(each) for each in text)


def problems() -> list[str]:
    found = []
    for source in catalogues():
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        for message in catalogue:
            if not message.id:
                continue
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if not all(texts):
                found.append(f"{source}:{message.lineno}: no translation of {message.id!r}")
            elif message.fuzzy:
                found.append(f"{source}:{message.lineno}: fuzzy translation of {message.id!r}")
            found += [f"{source}:{message.lineno}: {error}" for error in message.check(catalogue)]
    return found


if __name__ == "__main__":
    compile_all()
    if sys.argv[1:] == ["check"]:
        bad = problems()
        print("\n".join(bad) or f"{len(catalogues())} catalogues are complete")
        sys.exit(1 if bad else 0)
