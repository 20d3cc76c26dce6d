"""What every test run needs before Django reads its settings, and the second pass on an installed PostgreSQL server.

Loaded with ``-p tests.environment`` (see pyproject.toml). ``--all-passes`` then runs the browser tests, and the
database and concurrency tests once more against a PostgreSQL server of this machine, and adds their results to the one
summary. Long runs of the whole program (a demo set up, the command line, conformance suites, made-up requests: marked
slow) tell nothing of the server that the tests behind them do not, and are run on the wheel's alone.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
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
(Path(os.environ["PARVIS_HOME"]) / "static").mkdir(parents=True, exist_ok=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-passes", action="store_true", help="browser tests too, the database's again on a server")


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


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not session.config.getoption("--all-passes") or hasattr(session.config, "workerinput"):
        return
    from tests.server import installed_server

    # What drives a browser has processes of its own: one browser a process, and the journeys turn theirs to the
    # database of their running shop.
    _pass(session, "browser", "browser", ["-p", "no:xdist", "src"], {})
    _pass(session, "journeys", "browser", ["-p", "no:xdist", "tests/journeys"], {})
    with installed_server() as url:
        home = str(ROOT / "var" / "test-server")
        apart = {"DATABASE_URL": url, "PARVIS_TEST_HOME": home}
        two = ["-n", "2", "--dist", "loadfile"]
        _pass(session, "server", "(concurrency or (database and not slow)) and not browser", two, apart)


def _pass(session: pytest.Session, name: str, marked: str, arguments: list[str], environment: dict[str, str]) -> None:
    """Run the tests so ``marked`` in a process of their own, and add their results to this session's."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    assert reporter is not None
    results = ROOT / "var" / "test" / f"{name}-pass.xml"
    results.unlink(missing_ok=True)
    reporter.write_line("")
    reporter.write_sep("=", f"the {name} pass: {marked}")
    command = [sys.executable, "-m", "pytest", "-qq", "--no-header", "--no-summary", f"--junitxml={results}"]
    subprocess.run([*command, *arguments, "-m", marked], cwd=ROOT, env={**os.environ, **environment}, check=False)
    reports = list(_reports(results, name))
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
