"""The moderation bench by keyboard, in a real browser: walk, select, publish, refuse with a number, take back."""

import pytest
from django.test import Client

from parvis.domains.people import testing as people
from parvis.domains.voices import queries
from parvis.domains.voices.contracts import QueueFilters, Reason, VoiceState
from parvis.interfaces.studio.tests.conftest import AT, BACKEND

pytestmark = [pytest.mark.database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def bench(shop, live_server, settings, monkeypatch):
    """The moderation page, opened by the owner."""
    # The driver of the browser runs an event loop in this thread; the database is asked from it all the same.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
    playwright = pytest.importorskip("playwright.sync_api")
    settings.ALLOWED_HOSTS = ["*"]
    session = Client()
    session.force_login(people.account("olivia", at=AT), backend=BACKEND)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = browser.new_context(base_url=live_server.url)
        cookie = session.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto("/studio/moderation/")
        yield page
        browser.close()


def _held():
    return [item.voice.id for item in queries.queue(QueueFilters(by_value=True)).items]


def _press(page, key):
    with page.expect_response(lambda answer: "/studio/moderation/" in answer.url and answer.request.method == "POST"):
        page.keyboard.press(key)


def test_walk_publish_and_take_back(bench):
    first, second, *_rest = _held()
    bench.keyboard.press("j")
    assert bench.evaluate("document.activeElement.getAttribute('aria-labelledby')") == f"voice-{first}"
    bench.keyboard.press("j")
    assert bench.evaluate("document.activeElement.getAttribute('aria-labelledby')") == f"voice-{second}"
    _press(bench, "p")
    assert queries.voice(second).state is VoiceState.PUBLISHED
    bench.locator(".undo__bar", has_text="1 voice published.").wait_for()
    # the voice that took its place has the focus
    bench.locator("[data-item]:focus").wait_for()
    _press(bench, "u")
    assert queries.voice(second).state is VoiceState.HELD


def test_refuse_by_the_number_of_the_reason(bench):
    first = _held()[0]
    bench.keyboard.press("j")
    bench.keyboard.press("r")
    _press(bench, "2")
    voice = queries.voice(first)
    assert (voice.state, voice.reason) == (VoiceState.REFUSED, Reason.SPAM)


def test_select_several_and_publish_them_together(bench):
    first, second, third, *_rest = _held()
    for _ in range(2):
        bench.keyboard.press("j")
        bench.keyboard.press("x")
    assert bench.locator("[data-selected]").inner_text() == "2 selected"
    _press(bench, "p")
    assert [queries.voice(key).state for key in (first, second)] == [VoiceState.PUBLISHED] * 2
    assert queries.voice(third).state is VoiceState.HELD


def test_keys_do_nothing_while_somebody_types(bench):
    before = _held()
    bench.keyboard.press("j")
    bench.keyboard.press("/")
    assert bench.evaluate("document.activeElement.name") == "q"
    bench.keyboard.type("ph")
    assert bench.locator("[name=q]").input_value() == "ph"
    assert _held() == before


def test_the_keys_are_explained(bench):
    bench.keyboard.press("?")
    assert bench.locator("#keys").is_visible()
    bench.keyboard.press("Escape")
    assert not bench.locator("#keys").is_visible()


def test_ten_decisions_in_a_row_by_keys_alone(bench, record_property):
    """The next voice has the focus after each decision. How many a minute that makes without reading is kept as a
    property of the test: speed is measured, not asserted."""
    from time import monotonic

    from parvis.domains.voices import actions
    from parvis.domains.voices.contracts import NewVoice

    product = queries.voice(_held()[0]).product_id
    said = [
        NewVoice(product_id=product, text=f"Ask me at lou{i}@mail.example about it.", stars=4, origin_ref=f"desk:{i}")
        for i in range(20)
    ]
    ids = actions.receive_many(said, at=AT).accepted
    actions.examine(ids, at=AT)
    waiting = len(_held())
    bench.goto("/studio/moderation/")
    bench.keyboard.press("j")
    begun = monotonic()
    for number in range(10):
        decided = bench.evaluate("document.activeElement.getAttribute('aria-labelledby')")
        if number % 2:
            bench.keyboard.press("r")
            _press(bench, "6")
        else:
            _press(bench, "p")
        # the voice that took its place has the focus, and no longer the one that was decided: the next key is for it
        bench.locator(f"[data-item]:focus:not([aria-labelledby={decided}])").wait_for()
    spent = monotonic() - begun
    assert len(_held()) == waiting - 10
    record_property("decisions_a_minute", round(10 / spent * 60))
    print(f"{10 / spent * 60:.0f} decisions a minute")  # noqa: T201 - shown with -s
