"""The brand's team: what each role may do, money given back, decisions in bulk and undone, imports, a second factor."""

import base64
import csv
import hashlib
import hmac
import io
import re
import struct
import time
from pathlib import Path

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from playwright.sync_api import Page, expect
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.world import World, eventually

from parvis.core.clock import now
from parvis.domains.checkout import queries as checkout
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Role
from parvis.domains.people.testing import PASSWORD
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Origin, VoiceState

ROWS = """id,product,stars,title,text,author
j-1,linen-dress,5,Lovely,"A lovely dress, light and well cut, and the colour stays after washing.",Anna
j-2,no-such-thing,4,Fine,"A fine thing that nobody sells here, though it was very well made.",Ben
j-3,linen-dress,11,Beyond,"Better than best, eleven of five stars for this light summer dress.",Cleo
j-4,linen-dress,,=1+2,,Dan
"""


def test_who_may_give_money_back(visit: Visit, world: World) -> None:
    order = world.sold({"DR-S": 2}, email="returns@shopper.example")
    address = f"/studio/orders/{order.id}/"

    viewer = visit()
    steps.sign_in(viewer, "victor", to=address)
    expect(viewer.get_by_role("link", name="Refund…")).to_have_count(0)
    expect(viewer.locator("main")).not_to_contain_text("returns@shopper.example")
    answer = viewer.goto(f"{address}refund/")
    assert answer is not None
    assert answer.status == 403
    expect(viewer.get_by_role("heading", name="You may not open this page")).to_be_visible()

    owner = visit()
    steps.sign_in(owner, "olivia", to=address)
    owner.get_by_role("link", name="Refund…").click()
    owner.locator("select[name^=line_]").select_option("1")
    owner.locator("select[name=reason]").select_option(index=1)
    owner.get_by_role("button", name="Refund", exact=True).dblclick()
    expect(owner).to_have_url(re.compile(f"{address}$"))
    expect(owner.get_by_text("1 given back")).to_be_visible()
    after = checkout.order(order.id)
    assert [refund.amount.amount_minor for refund in after.refunds] == [8900]
    # its buyer sees it too
    shopper = visit(f"/en/orders/{order.token}/")
    expect(shopper.locator("main")).to_contain_text("€89.00")
    expect(shopper.locator("main")).to_contain_text("1 given back")


def test_deciding_in_bulk_and_taking_it_back(visit: Visit, world: World) -> None:
    chosen = [voices.voice_by_origin(Origin.DEMO, f"cast:{key}").id for key in ("foreign", "link")]

    def states() -> set[VoiceState]:
        return {voice.state for voice in voices.voices(chosen).values()}

    page = visit()
    steps.sign_in(page, "olivia", to="/studio/moderation/")
    boxes = [page.locator(f"input[name=voice][value='{voice_id}']") for voice_id in chosen]
    for box in boxes:
        box.check()
    expect(page.locator("[data-selected]")).to_contain_text("2")
    page.locator("#bulk").get_by_role("button", name="Publish").click()
    for box in boxes:
        expect(box).to_have_count(0)
    assert states() == {VoiceState.PUBLISHED}
    page.get_by_role("button", name=re.compile("Undo")).click()
    for box in boxes:
        expect(box).to_be_visible()
    assert states() == {VoiceState.HELD}
    world.settle()
    shopper = visit("/en/products/linen-dress/reviews/?sort=recent")
    expect(shopper.locator("article.review").first).to_be_visible()
    for voice_id in chosen:
        expect(shopper.locator(f"#voice-{voice_id}")).to_have_count(0)


def test_importing_a_file_with_bad_rows(visit: Visit, world: World) -> None:
    page = visit()
    steps.sign_in(page, "olivia", to="/studio/imports/")

    def send() -> None:
        page.goto("/studio/imports/")
        page.locator("input[type=file]").set_input_files(
            [{"name": "elsewhere.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}]
        )
        page.get_by_role("button", name="Look at the file").click()
        page.get_by_role("button", name="Try it out").click()
        expect(page.get_by_text("Would be rejected", exact=True)).to_be_visible()
        page.get_by_role("button", name="Import the file").click()
        expect(page.get_by_role("link", name="Download as CSV")).to_be_visible()

    send()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as CSV").click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    rejected = list(csv.DictReader(io.StringIO(text)))
    assert [(row["line"], row["code"]) for row in rejected[:2]] == [("3", "unknown_product"), ("4", "not_stars")]
    assert [row["line"] for row in rejected] == ["3", "4", "5"]
    assert rejected[2]["title"] == "'=1+2"
    world.settle()
    shopper = visit("/en/products/linen-dress/reviews/?sort=recent")
    expect(shopper.locator("article.review").filter(has_text="the colour stays after washing")).to_have_count(1)
    # the same file again brings nothing new
    send()
    world.settle()
    shopper.reload()
    expect(shopper.locator("article.review").filter(has_text="the colour stays after washing")).to_have_count(1)


def test_an_owner_sets_up_a_second_factor_and_signs_in_with_it(visit: Visit, world: World) -> None:
    email = "second-factor@parvis.example"
    people.create_staff(
        email=email,
        name="Sam Factor",
        role=Role.OWNER,
        locale="en",
        password_hash=make_password(PASSWORD, hasher=PBKDF2PasswordHasher()),
        at=now(),
    )
    page = visit()
    steps.sign_in(page, email)
    page.goto("/accounts/2fa/totp/activate/")
    page.locator("[name=password]").fill(PASSWORD)  # such a change asks for it once more
    page.locator("main form.stack button[type=submit]").first.click()
    secret = page.locator("#authenticator_secret").input_value()
    used = _enter_code(page, secret, done=re.compile("/2fa/(?!totp/activate)"))

    other = visit()
    steps.sign_in(other, email)
    expect(other).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    # with the password alone nothing opens
    other.goto("/studio/")
    expect(other.locator("[name=login], [name=code]").first).to_be_visible()
    other.goto("/accounts/2fa/authenticate/")
    other.locator("[name=code]").fill("000000")
    other.locator("main form.stack button[type=submit]").first.click()
    expect(other.locator("main .field__error").first).to_be_visible()
    _enter_code(other, secret, done=re.compile(r"^http://[^/]+/studio/"), used=used)
    expect(other.get_by_role("heading", level=1)).to_be_visible()


def _enter_code(page: Page, secret: str, *, done: "re.Pattern[str]", used: str = "") -> str:
    """Type the code of the moment (each opens once); when the half minute ends under way, the next one."""
    for _ in range(4):
        last = used
        eventually(lambda last=last: _code(secret) != last, "the clock stands still")
        used = _code(secret)
        page.locator("[name=code]").fill(used)
        page.locator("main form.stack button[type=submit]").first.click()
        page.wait_for_load_state()
        if done.search(page.url):
            return used
    raise AssertionError(f"no code was accepted on {page.url}")


def _code(secret: str) -> str:
    """The six digits of RFC 6238 for this half minute."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
