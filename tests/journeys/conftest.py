"""One installation and one Chromium for all journeys; every visitor has a browser context and a network address."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.journeys.world import PATIENCE, World, installation

HERE = Path(__file__).parent
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
Visit = Callable[..., Page]
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            for marker in (pytest.mark.browser, pytest.mark.slow, pytest.mark.database):
                item.add_marker(marker)


@pytest.fixture(scope="package")
def world(django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    # Playwright keeps a loop running in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    try:
        with django_db_blocker.unblock(), installation(tmp_path_factory.mktemp("journeys")) as made:
            yield made
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if before is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "the journeys need Chromium (see tools/test.sh)"
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE * 1000)
        chromium = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visit(world: World, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open a page as a new visitor: ``visit("/en/", width="phone", script=False, theme="dark", consent=None)``."""
    opened: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(
        path: str = "/en/",
        *,
        width: str = "desktop",
        script: bool = True,
        theme: str = "light",
        locale: str = "en-GB",
        answered: bool = True,
    ) -> Page:
        number = next(_numbers)
        context = browser.new_context(
            base_url=world.url,
            viewport=PHONE if width == "phone" else DESKTOP,
            has_touch=width == "phone",
            java_script_enabled=script,
            color_scheme=theme,
            locale=locale,
            reduced_motion="reduce",
            accept_downloads=True,
            extra_http_headers={"X-Forwarded-For": f"203.0.113.{number % 250 + 1}"},
        )
        context.set_default_timeout(PATIENCE * 1000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("response", lambda answer: answer.status >= 500 and problems.append(f"{answer.url}: {answer.status}"))
        page.goto(path)
        if answered:
            page.get_by_role("button", name="No" if locale.startswith("en") else "Non", exact=True).first.click()
            page.wait_for_load_state()
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not problems, "\n".join([*problems, world.last_words()])
