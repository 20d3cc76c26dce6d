"""What must never stand in a log."""

import json
import logging

import pytest

from parvis.core import logs


def charge(number: str) -> None:
    raise ValueError("the card failed", len(number))


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_tells_no_values(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        logs.configure(level="INFO", as_json=as_json)
        try:
            charge(number := "4242" * 4)
        except ValueError:
            logging.getLogger("parvis.tests").exception("it went wrong")
        said = capsys.readouterr().err
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert "the card failed" in said
    assert number not in said


LINK = "17:Zx3k9QwErTyUiOpAsDfGh-12JkLmNoPqRsTuVwXyZ0a"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"/fr/review/{LINK}/", "/fr/review/[key]/"),
        (f"Not Found: /en/my-review/{LINK}/", "Not Found: /en/my-review/[key]/"),
        (f"/en/login/?next=/orders/{LINK}", "/en/login/?next=/orders/[key]"),
        (f"/unsubscribe/?t={LINK}", "/unsubscribe/?t=[key]"),
        ("/media/0123456789abcdef0123456789abcdef.webp", "/media/0123456789abcdef0123456789abcdef.webp"),
        ("/orders/0123456789abcdef0123456789abcdef/", "/orders/[key]/"),
        ("/fr/products/linen-dress-1080-with-pockets/", "/fr/products/linen-dress-1080-with-pockets/"),
        ("/usr/lib/python3.11/site-packages/PIL/Image.py", "/usr/lib/python3.11/site-packages/PIL/Image.py"),
        ("Key (email)=(emma.fletcher@mail.example) already exists", "Key (email)=([address]) already exists"),
        ("Job forget_card[12](token='card_Ab3dEf', row=4) ended", "Job forget_card[12](token=[redacted], row=4) ended"),
        ("ask(api_key=\"it's\", of='a card')", "ask(api_key=[redacted], of='a card')"),
    ],
    ids=["form", "author", "next", "query", "file", "order", "product", "code", "mail", "job", "call"],
)
def test_links_and_addresses_are_masked_in_words(said: str, told: str) -> None:
    assert logs.masked(said) == told


def test_other_libraries_and_exceptions_are_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure(level="INFO", as_json=True)
        logging.getLogger("django.request").warning("Not Found: %s", f"/fr/review/{LINK}/")
        try:
            int(f"emma.fletcher@mail.example at /orders/{LINK}/")
        except ValueError:
            logging.getLogger("somebody.else").exception("broke at %s", f"/review/{LINK}/")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    written = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert written[0]["event"] == "Not Found: /fr/review/[key]/"
    assert written[1]["event"] == "broke at /review/[key]/"
    assert "[address] at /orders/[key]/" in written[1]["exception"]
    assert "emma.fletcher" not in json.dumps(written)
    assert LINK not in json.dumps(written)
