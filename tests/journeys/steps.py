"""What people do in the shop and the studio, step by step, in either language: found by what stays the same in both."""

import io
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from parvis.domains.people.testing import BY_KEY, PASSWORD

GOOD = "4242 4242 4242 4242"
CHALLENGED = "4000 0025 0000 3155"
DECLINED = "4000 0000 0000 0002"


def choose(page: Page, slug: str, size: str, *, language: str = "en") -> None:
    """Open a product and choose a size."""
    page.goto(f"/{language}/products/{slug}/")
    page.locator("label.tile").filter(has_text=re.compile(rf"^\s*{re.escape(size)}\b")).click()


def put_in_cart(page: Page, slug: str, size: str, *, language: str = "en") -> None:
    """Choose a size and put one piece in the cart; the badge in the header counts it."""
    choose(page, slug, size, language=language)
    page.locator(".buy-bar button:not([name=buy])").click()
    expect(page.locator("#cart-count")).to_be_visible()


def to_checkout(page: Page, *, language: str = "en") -> None:
    """From the cart to the one page of the checkout."""
    page.goto(f"/{language}/cart/")
    page.locator("main aside a.button").click()
    expect(page.locator("#checkout")).to_be_visible()


def tell_who_and_where(page: Page, *, email: str, name: str) -> None:
    """Contact and address of a guest."""
    page.locator("[name=email]").fill(email)
    page.locator("[name=name]").fill(name)
    page.locator("[name=line1]").fill("12 rue des Lilas")
    page.locator("[name=postcode]").fill("75011")
    page.locator("[name=city]").fill("Paris")


def type_card(page: Page, number: str = GOOD) -> None:
    """A card with a date to come."""
    page.locator("[name=number]").fill(number)
    page.locator("[name=expiry]").fill("12 / 40")
    page.locator("[name=cvc]").fill("123")


def order_button(page: Page) -> Locator:
    """Order and pay."""
    return page.locator("#checkout aside button[type=submit]:not([name])")


def check_out(page: Page, *, email: str, name: str, card: str = GOOD, language: str = "en") -> None:
    """Everything from the cart to the press of the last button, as a guest."""
    to_checkout(page, language=language)
    tell_who_and_where(page, email=email, name=name)
    type_card(page, card)
    order_button(page).click()


def order_number(page: Page) -> str:
    """The number of the paid order whose page this is."""
    expect(page).to_have_url(re.compile(r"/orders/"))
    expect(page.locator("main .notice--positive").first).to_be_visible()
    found = re.search(r"P-\d+", page.locator("h1").inner_text())
    assert found, page.locator("h1").inner_text()
    return found[0]


def write_review(page: Page, *, title: str, text: str, name: str, size: str, photo: bytes) -> None:
    """Fill the form of a review, with a photo, and send it."""
    page.locator("label:has(input[name=stars][value='5'])").click()
    page.locator("[name=title]").fill(title)
    page.locator("[name=text]").fill(text)
    page.locator("[name=photos]").set_input_files([{"name": "me.jpg", "mimeType": "image/jpeg", "buffer": photo}])
    page.locator("select[name=size_worn]").select_option(size)
    page.locator("input[name=fit_felt][value='0']").check()
    page.locator("[name=author_name]").fill(name)
    page.locator("[name=consent]").check()
    page.locator("main form[enctype] button[type=submit]").last.click()
    expect(page).to_have_url(re.compile(r"/my-review/"))


def look_again(page: Page, there: Callable[[], bool], *, patience: float) -> None:
    """Open the page again, as somebody without scripts does, until it shows what is awaited."""
    from tests.journeys.world import eventually

    def seen() -> bool:
        page.reload()
        return there()

    eventually(seen, f"not seen on {page.url}", patience=patience)


def sign_in(page: Page, who: str, *, to: str = "/studio/") -> None:
    """Sign in with the password of the cast; ``who`` is one of the cast or an e-mail address."""
    page.goto(f"/accounts/login/?next={to}")
    page.locator("[name=login]").fill(BY_KEY[who].email if who in BY_KEY else who)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form.stack button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def photo(colour: tuple[int, int, int] = (180, 60, 90)) -> bytes:
    """A photograph-like picture, as JPEG."""
    from PIL import Image

    picture = Image.linear_gradient("L").resize((640, 800)).convert("RGB")
    picture = Image.blend(picture, Image.new("RGB", picture.size, colour), 0.6)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


def loaded(image: Locator) -> None:
    """The picture is not only in the page: it has been received and drawn."""
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("picture => picture.naturalWidth") > 0
