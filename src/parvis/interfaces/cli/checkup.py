"""parvis check: what is wrong with an installation, and what to do about it."""

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from parvis.core.errors import ParvisError
from parvis.interfaces.cli import show


@dataclass(frozen=True)
class Finding:
    """``level`` is good, notice or wrong; ``advice`` says what to do."""

    subject: str
    level: str
    told: str
    advice: str = ""


def check(as_json: show.AsJson = False) -> None:
    """Look this installation over: settings, database, worker, files, index. Exit code 1 if something is wrong."""
    findings = list(_all())
    marks = {"good": "[green]good[/green]", "notice": "[yellow]notice[/yellow]", "wrong": "[red]wrong[/red]"}
    rows = [(item.subject, marks[item.level], item.told, item.advice) for item in findings]
    table = show.table("This installation", ("what", "state", "found", "to do"), rows)
    show.result([asdict(item) for item in findings], as_json=as_json, text=table)
    sys.exit(1 if any(item.level == "wrong" for item in findings) else 0)


def _all() -> Iterator[Finding]:
    yield Finding("Python", "good", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    try:
        show.start_django()
    except ParvisError as error:
        yield Finding("settings", "wrong", str(error), "Mend the variables named; docs/settings.md explains each.")
        return
    yield from _settings()
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _database,
        _migrations,
        _deliveries,
        _mail,
        _worker,
        _files,
        _index,
    )
    for one in checks:
        try:
            yield from one()
        except Exception as error:  # noqa: BLE001 - a check that fails is itself a finding
            yield Finding(one.__name__.strip("_"), "wrong", f"could not be looked at: {error}")


def _settings() -> Iterator[Finding]:
    from django.conf import settings

    env = settings.ENV
    if env.unknown:
        yield Finding(
            "settings", "notice", f"unknown: {', '.join(env.unknown)}", "A typing slip? See docs/settings.md."
        )
    if env.debug:
        yield Finding("settings", "notice", "PARVIS_DEBUG is on", "Never in production.")
    if not env.https and "localhost" not in env.public_url:
        yield Finding(
            "settings", "wrong", f"{env.public_url} is not https", "Put a TLS proxy in front; cookies need it."
        )
    yield Finding("settings", "good", f"home {env.home}, public address {env.public_url}")


def _database() -> Iterator[Finding]:
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
    kind = "own server" if settings.ENV.database_url else "bundled server"
    old = int(version.split(".")[0]) < 14
    yield Finding(
        "database", "wrong" if old else "good", f"PostgreSQL {version}, {kind}, {size}", "Use 14 or newer." * old
    )


def _migrations() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding("tables", "wrong", f"{len(plan)} migrations are not applied", "Run parvis setup.")
    else:
        yield Finding("tables", "good", "up to date")


def _deliveries() -> Iterator[Finding]:
    from parvis.core import outbox

    waiting, failed = sum(outbox.pending().values()), len(outbox.failed())
    if failed:
        yield Finding("events", "wrong", f"{failed} could not be handed over", "See parvis events --failed.")
    yield Finding("events", "good" if waiting < 10_000 else "notice", f"{waiting} wait to be handed over")


def _mail() -> Iterator[Finding]:
    from parvis.domains.messaging import queries
    from parvis.domains.messaging.contracts import MessageState

    counts = queries.counts()
    lost, unsure = counts.get(MessageState.FAILED, 0), counts.get(MessageState.UNSURE, 0)
    if lost or unsure:
        told = f"{lost} given up, {unsure} perhaps sent"
        yield Finding("mail", "notice", told, "See parvis mail --state failed, or Mail in the studio.")
    yield Finding("mail", "good", f"{counts.get(MessageState.WAITING, 0)} to be sent")


def _worker() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds'"
        )
        alive = cursor.fetchone()[0]
    if alive:
        yield Finding("worker", "good", f"{alive} at work")
    else:
        yield Finding("worker", "notice", "none at work", "Run parvis serve, or parvis worker beside your web server.")


def _files() -> Iterator[Finding]:
    from django.conf import settings

    free = shutil.disk_usage(settings.HOME).free / 1e9
    level = "wrong" if free < 0.5 else "notice" if free < 5 else "good"
    yield Finding("disk", level, f"{free:.1f} GB free", "Make room." if level != "good" else "")
    probe = settings.HOME / ".write-probe"
    probe.write_text("")
    probe.unlink()


def _index() -> Iterator[Finding]:
    from parvis.domains.evidence import queries

    state: Any = queries.health()
    yield Finding(
        "search index", "good" if state.ok else "wrong", state.told, "" if state.ok else "Run parvis read --again."
    )
