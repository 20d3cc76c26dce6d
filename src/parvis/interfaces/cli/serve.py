"""setup, serve, worker: the platform under one command."""

import socket
import subprocess
import sys
import threading
import time
from typing import Annotated, Any

import typer

from parvis.core import memory
from parvis.core.errors import ParvisError
from parvis.interfaces.cli import show
from parvis.interfaces.cli.supervisor import Child, supervise


class DemoFailed(ParvisError):
    """``code`` is the exit code of the preparation, which has told why."""

    code = "demo_failed"
    status = 500
    template = "The demo shop could not be set up (see above; exit code %(code)s). Starting again goes on from there."


class PortTaken(ParvisError):
    """``port`` is in use by somebody else."""

    code = "port_taken"
    template = "Port %(port)s is already in use. Is Parvis running? Otherwise set PARVIS_PORT to a free one."


def setup() -> None:
    """Prepare the database: create or update its tables. Safe to repeat, also from two machines at once."""
    show.start_django()
    applied = migrate()
    show.out.print(f"The database is ready ({applied} migrations applied now).")


def migrate() -> int:
    """Apply pending migrations under a lock; returns how many."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from parvis.core.locks import Lock

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [int(Lock.MIGRATIONS)])
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", verbosity=0, interactive=False)
        return len(plan)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [int(Lock.MIGRATIONS)])


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Set up the demo shop on real reviews first.")] = False,
) -> None:
    """Run everything: web, worker with its scheduler, and the bundled PostgreSQL. Ctrl-C stops it all cleanly.

    With --demo the first start imports the demo shop and reads every review; later starts change nothing.
    """
    began = time.monotonic()
    show.start_django()
    from django.conf import settings
    from django.db import connections

    _need_free_port(settings.ENV.host, settings.ENV.port)
    migrate()
    told = _prepared_demo() if demo else []
    # Static files are served from where they lie; the folder is for what an operator may put there.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    connections.close_all()

    def ready() -> None:
        _wait_until_served(settings.ENV.port)
        _tell(settings, told, time.monotonic() - began)

    code = supervise([_web(settings.ENV), _worker()], ready=ready)
    show.err.print("Stopped.")
    sys.exit(code)


def _prepared_demo() -> list[str]:
    """Set the demo up in a process of its own: what it needed to read thousands of reviews is given back with it. Where
    it stands and all is read, nothing has to be loaded."""
    from parvis.connectors.demo import standing
    from parvis.core import outbox

    if standing.stands() and not outbox.pending().get("voices.examine"):
        return standing.told()
    command = [sys.executable, "-m", "parvis.interfaces.cli.demo"]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise DemoFailed(code=done.returncode)
    return done.stdout.splitlines()


def _web(env: Any) -> Child:
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "parvis.project.wsgi:application",
        "--host", env.host, "--port", str(env.port),
        "--workers", str(env.web_workers), "--blocking-threads", str(env.web_threads),
        # a thread that dies takes what Django keeps for it along: let them live
        "--blocking-threads-idle-timeout", "600",
        "--backlog", "512", "--respawn-failed-workers", "--no-ws", "--log-level", "error",
    ]  # fmt: skip
    return Child("web", command)


def _worker() -> Child:
    return Child("worker", [sys.executable, "-m", "parvis.interfaces.cli", "worker"], {"OMP_NUM_THREADS": "1"})


def _need_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(port=port) from error


def _wait_until_served(port: int) -> None:
    import httpx

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    show.err.print("[yellow]The web server takes long to answer; see the log above.[/yellow]")


def _tell(settings: Any, told: list[str], seconds: float) -> None:
    lines = [
        f"Parvis serves (ready in {seconds:.1f} s). Ctrl-C stops it.",
        f"  shop    {settings.PUBLIC_URL}/",
        f"  studio  {settings.PUBLIC_URL}/studio/",
        f"  API     {settings.PUBLIC_URL}/api/v1/docs",
        *told,
    ]
    for line in lines:
        show.out.print(line, highlight=False, markup=False)


def worker() -> None:
    """Run one worker: it hands over events, carries out tasks and keeps the schedule. Start as many as needed."""
    memory.keep_together()
    show.start_django()
    from parvis.core import dispatch
    from parvis.core.tasks import app

    stop = threading.Event()
    events = threading.Thread(target=dispatch.run, args=(stop,), name="events", daemon=True)
    events.start()
    try:
        with app.replace_connector(app.connector.get_worker_connector()) as running:  # type: ignore[attr-defined]  # of the Django connector
            running.run_worker(concurrency=2, install_signal_handlers=True, shutdown_graceful_timeout=10)
    except KeyboardInterrupt:
        pass  # asked to stop
    finally:
        stop.set()
        events.join(timeout=10)
