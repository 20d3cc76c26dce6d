"""Write docs/settings.md from the variables the code reads: `python tools/docs_settings.py`."""

from pathlib import Path

from parvis.project.environment import VARIABLES

HEAD = """# Settings

Everything is set by environment variables. A value that cannot be used stops the start with a message that names
every mistake at once; `parvis check` also points out unknown names. This page is written from the code by
`tools/docs_settings.py`, and a test keeps it current.

| variable | default | what it is for |
| --- | --- | --- |
"""

if __name__ == "__main__":
    rows = [f"| `{v.name}` | {f'`{v.default}`' if v.default else ''} | {v.purpose} |\n" for v in VARIABLES]
    Path("docs/settings.md").write_text(HEAD + "".join(rows), encoding="utf-8")
