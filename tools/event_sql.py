"""Write the SQL of the event log's questions ahead of time: `python tools/event_sql.py`. A test keeps it current.

Ibis expressions are the one source, also for Spark; their DuckDB text is kept beside them so that a web process need
not load Ibis to ask.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")


def expressions() -> list[Callable[[], Any]]:
    """Everything that is asked of the log."""
    from parvis.domains.analytics.actions import merging
    from parvis.domains.analytics.queries import assistants, drawn, places, tables, totals

    rollups = [merging._visits, merging._products, merging._proofs]
    in_plans = [drawn.by_place, drawn.by_bucket]
    return [
        totals.expression,
        tables._products,
        tables._proofs,
        places.expression,
        assistants.expression,
        *in_plans,
        *rollups,
    ]


def texts() -> dict[Path, str]:
    """Each file with what belongs in it."""
    from parvis.domains.analytics.queries import log

    return {log.sql_file(make): log.make_sql(make) for make in expressions()}


def main() -> None:
    """Write the files."""
    import django

    django.setup()
    for path, text in texts().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
