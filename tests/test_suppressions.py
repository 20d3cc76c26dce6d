"""Whoever silences a checker says which one, and why."""

import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "tools", "benchmarks", "archtools")
_TYPES = re.compile(r"type:\s*ignore(?P<code>\[[a-z, -]+\])?(?P<why>.*)")
_LINT = re.compile(r"noqa(?P<code>: ?[A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*)?(?P<why>.*)")


def faults(file: Path) -> list[str]:
    """Comments of a file that silence a checker without a code or without a reason."""
    found = []
    with tokenize.open(file) as stream:
        for token in tokenize.generate_tokens(stream.readline):
            if token.type != tokenize.COMMENT:
                continue
            said = _TYPES.search(token.string) or _LINT.search(token.string)
            if said and not (said["code"] and re.search(r"[a-z]{2}", said["why"])):
                found.append(f"{file}:{token.start[0]}: {token.string}")
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_silenced_check_has_its_code_and_its_reason(folder: str) -> None:
    assert not [fault for file in sorted((ROOT / folder).rglob("*.py")) for fault in faults(file)]


def test_a_bare_one_is_found(tmp_path: Path) -> None:
    file = tmp_path / "some.py"
    file.write_text(
        "a = 1  # noqa\n"
        "b = 2  # noqa: F401\n"
        "c = 3  # type: ignore[misc]\n"
        "d = 4  # noqa: F401 - looked for only\n"
        "e = 5  # type: ignore[misc]  # the library is untyped\n"
        "f = '# noqa'\n"
    )
    assert [fault.split(":")[1] for fault in faults(file)] == ["1", "2", "3"]
