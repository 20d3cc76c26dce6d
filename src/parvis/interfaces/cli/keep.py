"""backup and restore: one file that holds everything, and the way back."""

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.interfaces.cli import show

if TYPE_CHECKING:
    from collections.abc import Sequence

# The search index is derived from the records and rebuilt; keys are kept, or sessions and signed links would die.
KEPT_FOLDERS = ("events", "media")
KEPT_FILES = ("secret_key",)


class BackupFailed(ParvisError):
    """``reason`` is what the database program said."""

    code = "backup_failed"
    status = 500
    template = "The backup could not be made or restored: %(reason)s"


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write it; default: parvis-DATE.tar in this folder.")
    ] = None,
    as_json: show.AsJson = False,
) -> None:
    """Write everything (records, event log, media, keys) to one file, while the platform runs."""
    show.start_django()
    from django.conf import settings

    target = file or Path(f"parvis-{now():%Y%m%d-%H%M%S}.tar")
    partial = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / "records.dump"
        # Records last would miss events already compacted away; records first can only lack the newest segments.
        _pg("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", settings.DATABASE_URL)
        with tarfile.open(partial, "w") as archive:
            archive.add(dump, "records.dump")
            for name in (*KEPT_FOLDERS, *KEPT_FILES):
                if (settings.HOME / name).exists():
                    archive.add(settings.HOME / name, name)
    partial.chmod(0o600)
    partial.replace(target)
    size = target.stat().st_size
    show.result({"file": str(target), "bytes": size}, as_json=as_json, text=f"{target} ({size / 1e6:.1f} MB)")


def restore(
    file: Annotated[Path, typer.Argument(help="A file made by parvis backup.", exists=True, dir_okay=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing what is there.")] = False,
) -> None:
    """Put a backup back. It replaces the database and files of this installation: stop `parvis serve` first."""
    show.start_django()
    from django.conf import settings

    if not yes:
        typer.confirm(f"Replace everything under {settings.HOME} and in its database by {file.name}?", abort=True)
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(file) as archive:
            archive.extractall(scratch, filter="data")
        kept = Path(scratch)
        if not (kept / "records.dump").exists():
            raise BackupFailed(reason=f"{file.name} is not a backup of Parvis")
        _empty_database()
        dump = str(kept / "records.dump")
        _pg(
            "pg_restore",
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={settings.DATABASE_URL}",
            dump,
        )
        for name in KEPT_FOLDERS:
            _replace(kept / name, settings.HOME / name)
        for name in KEPT_FILES:
            if (kept / name).exists():
                shutil.copy2(kept / name, settings.HOME / name)
    shutil.rmtree(settings.INDEX_ROOT, ignore_errors=True)
    show.out.print("Restored. The search index is rebuilt at the next start.")


def _empty_database() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)


def _pg(program: str, *args: str) -> None:
    done = _run([_program(program), *args])
    if done.returncode != 0:
        raise BackupFailed(reason=done.stderr.strip()[-800:] or f"{program} failed")


def _program(name: str) -> str:
    """The bundled program; with a server of one's own, that of the system when it is there (versions should agree)."""
    from django.conf import settings

    from parvis.core import postgres

    own = shutil.which(name)
    if settings.ENV.database_url and own:
        return own
    return str(postgres.binaries() / name)


def _run(command: "Sequence[str]") -> "subprocess.CompletedProcess[Any]":
    return subprocess.run(list(command), check=False, capture_output=True, text=True)
