"""What every test run needs before Django reads its settings, and the second pass on an installed PostgreSQL server.

Loaded with ``-p tests.environment`` (see pyproject.toml). ``--all-passes`` then runs the browser tests and, at the same
time, the database and concurrency tests once more against a PostgreSQL server of this machine, and adds their results
to the one summary. Long runs of the whole program (a demo set up, the command line, conformance suites, made-up
requests: marked slow) tell nothing of the server that the tests behind them do not, nor do pages and interfaces, which
have no tables and reach the domains' through their doors: of both, only what is marked concurrency is run there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Tests share one bundled server a checkout (quick to start again), and touch nothing of a person's.
os.environ["PARVIS_HOME"] = os.environ.get("PARVIS_TEST_HOME") or str(ROOT / "var" / "test")
os.environ["PARVIS_PUBLIC_URL"] = "http://testserver"
os.environ.setdefault("PARVIS_SECRET_KEY", "only-for-tests")
os.environ.setdefault("PARVIS_LOG_LEVEL", "WARNING")
os.environ.setdefault("PARVIS_DENSE", "no")
# Test databases are made and dropped under the tests' feet: a connection for each thread, as Django expects there.
os.environ.setdefault("PARVIS_DATABASE_POOL", "0")
os.environ.pop("PARVIS_BRAND", None)
sys.path[:0] = [str(ROOT / "src")]
(Path(os.environ["PARVIS_HOME"]) / "static").mkdir(parents=True, exist_ok=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-passes", action="store_true", help="browser tests too, the database's again on a server")


def pytest_configure(config: pytest.Config) -> None:
    from tests import databases, kept

    # Here, and not with -p: its fixtures stand before those of the same name that pytest-django brings.
    config.pluginmanager.register(databases)
    config.pluginmanager.register(kept)
    _own_folder(config)
    _patience()


def _own_folder(config: pytest.Config) -> None:
    """Each run keeps its files in a folder of its own.

    pytest closes the one that it would share to all other users whenever another run begins. A PostgreSQL server that a
    test has started in there, which never runs as root, then cannot reach its own files any more, and ends.
    """
    if hasattr(config, "workerinput"):
        return
    folder = tempfile.mkdtemp(prefix="parvis-tests-")
    os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def _patience() -> None:
    """How long making an example takes says something of the machine only."""
    from hypothesis import HealthCheck, settings

    settings.register_profile("parvis", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("parvis")


def pytest_report_header() -> str:
    return "PostgreSQL: " + ("DATABASE_URL" if os.environ.get("DATABASE_URL") else "the wheel's server")


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request in a test leaves its language behind in the thread: the next test begins in the default one."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hashing is slow on purpose; tests of what stands behind a password need not wait for it."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the files, the long ones come first, so that none is left alone with one at the end."""
    if not hasattr(config, "workerinput"):
        return
    weight: dict[Path, int] = {}
    for item in items:
        long = item.get_closest_marker("slow") or item.get_closest_marker("concurrency")
        weight[item.path] = weight.get(item.path, 0) + (1000 if long else 1)
    items.sort(key=lambda item: -weight[item.path])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not session.config.getoption("--all-passes") or hasattr(session.config, "workerinput"):
        return
    from tests.server import installed_server

    # What drives a browser has processes of its own: one browser a process, and the journeys turn theirs to the
    # database of their running shop. They leave a core idle, which the server's pass takes.
    shown = ["-p", "no:xdist"]
    with installed_server() as url, ThreadPoolExecutor(1) as beside:
        browser = beside.submit(
            lambda: (
                _run("browser", "browser", [*shown, *_files_marked("browser", "src/parvis")], {}, quiet=True),
                _run("journeys", "browser", [*shown, "tests/journeys"], {}, quiet=True),
            )
        )
        apart = {"DATABASE_URL": url, "PARVIS_TEST_HOME": str(ROOT / "var" / "test-server")}
        two = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
        own_sql = ["src/parvis/connectors", "src/parvis/domains", "tests/core"]
        doors = _files_marked("concurrency", "src/parvis/interfaces")
        marked = "(concurrency or (database and not slow)) and not browser"
        server = _run("server", marked, [*two, *own_sql, *doors], apart)
        done = [*browser.result(), server]
    for each in done:
        _add(session, each)


@dataclass(frozen=True)
class _Pass:
    name: str
    results: Path
    said: str


def _files_marked(mark: str, under: str) -> list[str]:
    """The test files in which the mark stands: the others need not be loaded."""
    found = sorted((ROOT / under).rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in found if f"mark.{mark}" in path.read_text()]


def _run(name: str, marked: str, arguments: list[str], environment: dict[str, str], *, quiet: bool = False) -> _Pass:
    """Run the tests so ``marked`` in a process of their own; what a ``quiet`` one says is kept for later."""
    results = ROOT / "var" / "test" / f"{name}-pass.xml"
    results.unlink(missing_ok=True)
    if not quiet:
        sys.stdout.write(f"\n== the {name} pass: {marked}\n")
        sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", "-qq", "--no-header", "--no-summary", f"--junitxml={results}"]
    done = subprocess.run(
        [*command, *arguments, "-m", marked],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
    )
    return _Pass(name, results, done.stdout or "")


def _add(session: pytest.Session, done: _Pass) -> None:
    """Add a pass's results to this session's."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    assert reporter is not None
    if done.said:
        reporter.write_line(f"\n== the {done.name} pass\n{done.said}")
    reports = list(_reports(done.results, done.name))
    for report in reports:
        reporter.stats.setdefault(report.outcome, []).append(report)
    failures = sum(report.failed for report in reports)
    session.testsfailed += failures
    if failures:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _reports(results: Path, of: str) -> "list[pytest.TestReport]":
    if not results.exists():
        return [_report(f"the {of} pass", "failed", "it ended without results; see its output above")]
    reports = []
    for case in ET.parse(results).getroot().iter("testcase"):
        name = f"[{of}] {case.get('classname')}::{case.get('name')}"
        broken = next((part for kind in ("failure", "error") if (part := case.find(kind)) is not None), None)
        if broken is not None:
            reports.append(_report(name, "failed", broken.text or broken.get("message") or ""))
        else:
            reports.append(_report(name, "skipped" if case.find("skipped") is not None else "passed", None))
    return reports or [_report(f"the {of} pass", "failed", "it ran no test")]


def _report(name: str, outcome: str, told: "str | None") -> pytest.TestReport:
    skipped = (name, 0, "skipped there") if outcome == "skipped" else told
    return pytest.TestReport(name, (name, 0, name), {}, outcome, skipped, "call")
