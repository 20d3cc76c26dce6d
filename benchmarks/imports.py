"""An export of another platform, tried and taken: rows a second, CPU for a row, and memory as the file goes by.

    .venv/bin/python benchmarks/imports.py [--rows 40000] [--json]

The file is a CSV in the layout of Judge.me with an answer of the brand to every tenth review, one row in twenty that
cannot be taken, and as many authors as rows. A fresh database on the bundled PostgreSQL; one process; nothing else is
done with the voices (that is measured by voices_end_to_end.py). The same file is then imported a second time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
HEADER = "title,body,rating,review_date,source,curated,reviewer_name,reviewer_email,product_handle,reply,reply_date\n"
WORDS = (
    "light",
    "airy",
    "soft",
    "well",
    "cut",
    "pockets",
    "colour",
    "stays",
    "after",
    "washing",
    "seams",
    "firm",
    "short",
)


def write(path: Path, rows: int) -> None:
    """The export; every row is different, and the same in every run."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(rows):
            said = " ".join(WORDS[(number * step + step) % len(WORDS)] for step in range(1, 40))
            stars = 11 if number % 20 == 0 else number % 5 + 1
            reply = "Thank you" if number % 10 == 1 else ""
            file.write(
                f"Review {number},{said} {number},{stars},2025-03-02 10:12:00 UTC,web,ok,Person {number},"
                f"p{number}@mail.example,linen-dress,{reply},\n"
            )


def measured(act: Callable[[Callable[[int, int], None]], Any], rows: int) -> dict[str, Any]:
    """Clock, CPU of this process and its own memory at five moments."""
    memory: list[float] = []

    def progress(done: int, total: int) -> None:
        if done * 5 >= total * (len(memory) + 1):
            resident, shared = map(int, Path("/proc/self/statm").read_text().split()[1:3])
            memory.append(round((resident - shared) * os.sysconf("SC_PAGE_SIZE") / 2**20, 1))

    clock, cpu = time.perf_counter(), time.process_time()
    result = act(progress)
    seconds = time.perf_counter() - clock
    used = time.process_time() - cpu
    figures = {"rows_a_second": round(rows / seconds), "own_cpu_ms_a_row": round(used * 1000 / rows, 3)}
    return {**figures, "own_mb": memory, "told": result}


def run(rows: int) -> dict[str, Any]:
    """Try the file, import it, import it again."""
    from parvis.domains.catalog.testing import small_catalogue
    from parvis.domains.voices import actions

    small_catalogue()
    at = datetime(2026, 3, 1, tzinfo=UTC)
    path = Path(os.environ["PARVIS_HOME"]) / "export.csv"
    write(path, rows)

    def trial(progress: Callable[[int, int], None]) -> dict[str, int]:
        with path.open("rb") as stream:
            draft = actions.store_import(stream=stream, filename="export.csv", actor_id=None, at=at, draft=True)
        check = actions.check_import(run_id=draft.id, at=at, progress=progress).check
        actions.discard_import(run_id=draft.id)
        assert check is not None
        return {"accepted": check.accepted, "rejected": check.rejected, "replies": check.replies}

    def take(progress: Callable[[int, int], None]) -> dict[str, int]:
        with path.open("rb") as stream:
            done = actions.import_file(stream=stream, filename="export.csv", actor_id=None, at=at, progress=progress)
        told = {"accepted": done.accepted, "rejected": done.rejected, "replies": done.replies}
        return {**told, "duplicates": done.duplicates}

    return {name: measured(act, rows) for name, act in (("trial", trial), ("import", take), ("again", take))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(
            PYTHONPATH=str(ROOT / "src"),
            PARVIS_HOME=home,
            PARVIS_LOG_LEVEL="WARNING",
            DJANGO_SETTINGS_MODULE="parvis.project.settings",
        )
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True)
        import django

        django.setup()
        try:
            figures = run(given.rows)
        finally:
            from django.db import connection

            from parvis.core import postgres

            connection.close()
            postgres.release(Path(home) / "postgres")
    for name, values in figures.items():
        print(json.dumps({name: values}) if given.json else f"{name}: {values}")


if __name__ == "__main__":
    main()
