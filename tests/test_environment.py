"""What the tests themselves stand on."""

from pathlib import Path

from tests import environment


def test_no_other_run_can_close_the_folder_of_this_one(tmp_path: Path) -> None:
    """pytest takes its shared folder away from other users at each start, and with it a server's files."""
    shared = next(folder for folder in tmp_path.parents if folder.name.startswith("pytest-of-"))
    assert shared.parent.name.startswith("parvis-tests-")


def test_the_passes_load_only_the_files_that_they_need() -> None:
    browser = environment._files_marked("browser", "src/parvis")
    assert "src/parvis/interfaces/studio/tests/test_keys.py" in browser
    crowds = environment._files_marked("concurrency", "src/parvis/interfaces")
    assert "src/parvis/interfaces/agents/mcp/tests/test_at_once.py" in crowds
    assert not set(browser) & set(crowds)
