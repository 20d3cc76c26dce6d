"""The repository tells the truth about itself: generated pages are current, links lead somewhere."""

import re
from pathlib import Path

import pytest
from tools import docs

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", sorted(docs.PAGES))
def test_generated_pages_are_current(name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == docs.PAGES[name](), f"docs/{name} is not current: run python tools/docs.py"


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_every_decision_is_listed_and_names_its_check() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    for page in sorted(folder.glob("0*.md")):
        assert page.name in index
        assert "**Check.**" in page.read_text(encoding="utf-8"), page.name


def test_nothing_names_a_package_index_or_this_machine() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    # spelled in parts, so that this file does not hold what it forbids
    forbidden = [
        re.compile(pattern) for pattern in ("pypi" + r"\.org", "python" + "hosted", "/wo" + "rk/", "npm" + r"js\.")
    ]
    found = []
    for name in listed:
        file = ROOT / name
        if (
            file.suffix in {".py", ".md", ".toml", ".txt", ".sh", ".html", ".js", ".css", ".yml", ".cfg", ""}
            and file.is_file()
        ):
            text = file.read_text(encoding="utf-8", errors="ignore")
            found += [f"{name}: {pattern.pattern}" for pattern in forbidden if pattern.search(text)]
    assert not found
