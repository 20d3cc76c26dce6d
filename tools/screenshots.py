"""Take the pictures of docs/tour.md from a running demo: `python tools/screenshots.py http://localhost:8000`.

Its main pages, phone and desktop; the phone sees them in French, the desktop in English.
"""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

PASSWORD = "proof-on-the-square"  # of the demo's accounts, as `make demo` prints it
ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
PRODUCT = "dress-1081"
CREAM = "rich-shea-cream"
QUESTION = {"en": "Does it run small?", "fr": "Est-ce que ça taille petit ?"}
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 860}, "locale": "en"},
    "phone": {"viewport": {"width": 390, "height": 844}, "locale": "fr", "device_scale_factor": 2},
}


def shop_pages(language: str) -> dict[str, str]:
    """Pages that anybody may see, by name."""
    base = f"/{language}/products"
    return {
        "home": f"/{language}/",
        "list": f"{base}/?aspect=fit_small:con",
        "product": f"{base}/{PRODUCT}/",
        "reviews": f"{base}/{PRODUCT}/reviews/?aspect=fit_small&polarity=con",
        "ask": f"{base}/{PRODUCT}/ask/?q={QUESTION[language]}",
        "write": f"{base}/{PRODUCT}/review/",
        "skincare": f"{base}/{CREAM}/#films",
        "films": f"{base}/{CREAM}/reviews/?video=1#results",
    }


STUDIO = {
    "overview": "/studio/",
    "moderation": "/studio/moderation/",
    "orders": "/studio/orders/",
    "agents": "/studio/agents/",
}
BUYER = {
    "email": "jeanne@parvis.example",
    "name": "Jeanne Petit",
    "line1": "12 rue des Lilas",
    "postcode": "75011",
    "city": "Paris",
    "number": "4242 4242 4242 4242",
    "expiry": "12/60",
    "cvc": "123",
}


def sign_in(page: Any, base: str, email: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")


def shoot(page: Any, url: str, name: str, screen: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=TARGET / f"{name}-{screen}.jpg", type="jpeg", quality=78)


def buy(page: Any) -> None:
    """Fill the open checkout and pay."""
    for name, value in BUYER.items():
        page.fill(f"main [name={name}]", value)
    page.locator("#checkout button:has([data-total-button])").click()
    page.wait_for_url("**/orders/**")


def main(base: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for screen, options in SCREENS.items():
            language = options["locale"]
            context = browser.new_context(**options, color_scheme="light")
            context.add_cookies([{"name": "parvis_consent", "value": "0", "url": base}])
            page = context.new_page()
            for name, path in shop_pages(language).items():
                shoot(page, base + path, name, screen)
            page.goto(f"{base}/{language}/products/{PRODUCT}/")
            page.locator("label.tile:has(input:enabled)").first.click()
            page.locator(".buy-bar button:not([name=buy])").click()
            page.locator("#cart-count").wait_for()
            shoot(page, f"{base}/{language}/cart/", "cart", screen)
            shoot(page, f"{base}/{language}/checkout/", "checkout", screen)
            buy(page)
            shoot(page, page.url, "order", screen)
            context.close()
            context = browser.new_context(**options, color_scheme="light")
            page = context.new_page()
            sign_in(page, base, "owner@parvis.example" if language == "en" else "marketer@parvis.example")
            for name, path in STUDIO.items():
                shoot(page, base + path, f"studio-{name}", screen)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
