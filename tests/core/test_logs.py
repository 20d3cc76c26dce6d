"""What must never stand in a log."""

import logging

import pytest

from parvis.core import logs


def charge(number: str) -> None:
    raise ValueError("the card failed", len(number))


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_tells_no_values(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        logs.configure(level="INFO", as_json=as_json)
        try:
            charge(number := "4242" * 4)
        except ValueError:
            logging.getLogger("parvis.tests").exception("it went wrong")
        said = capsys.readouterr().err
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert "the card failed" in said
    assert number not in said
