"""A browser as small as can be: cookies, forms and redirects over one kept connection, for measurements."""

import http.client
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Page:
    """An answer: ``location`` where it redirects to."""

    status: int
    text: str
    location: str = ""


@dataclass
class Browser:
    """One visitor of ``base``. ``address`` is what the proxy in front would say, so that a thousand visitors are not
    one."""

    base: str
    address: str = "192.0.2.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        self._line = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)

    def get(self, path: str) -> Page:
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        """Send a form, with the token that the cookie holds."""
        sent = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(sent), kind)

    def follow(self, page: Page) -> Page:
        """Where an answer leads, through as many redirects as it takes, as browsers do."""
        for _ in range(8):
            if page.status not in (301, 302, 303) or not page.location:
                break
            page = self.get(page.location)
        return page

    def send(self, path: str, body: str, headers: Mapping[str, str]) -> Page:
        """Send JSON, as programs do."""
        return self._ask("POST", path, body, {"Content-Type": "application/json", **headers})

    def forget(self, but: Collection[str] = ()) -> None:
        """Become somebody else on the same line, who has only the cookies named in ``but``."""
        self.cookies = {name: value for name, value in self.cookies.items() if name in but}
        self.address = f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}"

    def _ask(self, verb: str, path: str, body: str | None, headers: Mapping[str, str]) -> Page:
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told = {"X-Forwarded-For": self.address, "User-Agent": "shopper/1", "Referer": self.base, **headers}
        self._line.request(verb, path, body=body, headers={**told, **({"Cookie": jar} if jar else {})})
        answer = self._line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for value in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(value).items():
                self.cookies[name] = morsel.value
        return Page(status=answer.status, text=text, location=_path(answer.headers.get("Location", "")))

    def close(self) -> None:
        self._line.close()


def a_card() -> str:
    """A good card of this buyer's own: the shop holds back one card that many try at the same moment."""
    body = f"42424242{secrets.randbelow(10**7):07d}"
    total = sum(sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def token_of(page: Page) -> str:
    """The form token in a page."""
    found = _TOKEN.search(page.text)
    return found.group(1) if found else ""


def value_of(page: Page, name: str) -> str:
    """The value of a hidden field."""
    for tag in re.findall(r"<input[^>]*>", page.text):
        if f'name="{name}"' in tag:
            found = re.search(r'value="([^"]*)"', tag)
            return found.group(1) if found else ""
    return ""


def _path(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
