"""Compile the translation catalogues of every app, without system packages: `python tools/messages.py compile`.

`check` also fails on missing, fuzzy or malformed French entries.
"""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent / "src"


def catalogues() -> list[Path]:
    return sorted(ROOT.glob("**/locale/*/LC_MESSAGES/*.po"))


def compile_all() -> None:
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        partial = target.with_suffix(".mo.part")
        with partial.open("wb") as file:
            write_mo(file, catalogue)
        partial.replace(target)


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
