"""Every address there is, as strangers call it: no accident of ours, and nothing changes for who has no permission."""

import inspect
import re
import sys
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver

from parvis.interfaces.studio import urls
from parvis.interfaces.studio.tests.conftest import signed_in
from parvis.interfaces.studio.tests.test_permissions import EXPECTED, _address

pytestmark = [pytest.mark.database, pytest.mark.slow, pytest.mark.django_db]

NUMBERS = ("0", "999999", str(2**63 - 1), str(2**63), "9" * 40)
WORDS = ("\x00", "a\x00b", "²", "..", "x" * 300)
TYPED = ("²", "1000" + "0" * 18, "1" + "0" * 5000, "a\x00b\u202e", "W251bGxd")
_FIELD = re.compile(r'(?:get|getlist|GET|POST|said|data|query)[\[(]"([a-z_]{1,24})"')
# sessions, counters of attempts and what was shown to whom: kept whoever calls
_ASIDE = ("django_session", "core_ratebucket", "axes_", "procrastinate", "analytics_", "django_migrations")


def _every(resolver: object = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in (resolver or get_resolver()).url_patterns:
        path = before + str(found.pattern)
        if isinstance(found, URLPattern):
            if "^" not in path:
                yield path, found
        else:
            yield from _every(found, path)


def _filled(path: str, number: str, word: str) -> str:
    def fill(part: re.Match[str]) -> str:
        return number if part[1] == "int" else "x" if part[1] == "slug" else word

    return "/" + re.sub(r"<(?:(\w+):)?\w+>", fill, path)


def _calm(**more: str) -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "en"}, **more)


def test_no_address_answers_a_strange_key_with_an_accident(shop):
    owner, nobody = signed_in("olivia"), _calm()
    owner.raise_request_exception = False
    wrong = []
    for path, _pattern in _every():
        if "<" not in path or "logout" in path:
            continue
        for number, word in zip(NUMBERS, WORDS, strict=True):
            address = _filled(path, number, word).replace("\x00", "%00")
            for client in (owner, nobody):
                for method in ("get", "post"):
                    status = getattr(client, method)(address).status_code
                    if status >= 500:
                        wrong.append((method, address[:90], status))
    assert wrong == []


def _fields(pattern: URLPattern) -> list[str]:
    """What the module of a page reads from addresses and forms, beside what its parameters are called."""
    module = sys.modules[inspect.unwrap(pattern.callback).__module__]
    return sorted(set(_FIELD.findall(inspect.getsource(module))))


def test_no_page_of_the_studio_stumbles_over_what_is_typed(shop):
    owner = signed_in("olivia")
    owner.raise_request_exception = False
    wrong = []
    for pattern in urls.urlpatterns:
        names = _fields(pattern)
        address = _address(pattern.name, shop)
        for typed in TYPED if names else ():
            for method in ("get", "post"):
                status = getattr(owner, method)(address, dict.fromkeys(names, typed)).status_code
                if status >= 500:
                    wrong.append((method, pattern.name, typed[:12], status))
    assert wrong == []


def _state() -> dict[str, str]:
    """A fingerprint of every table."""
    with connection.cursor() as cursor:
        names = [each for each in connection.introspection.table_names(cursor) if not each.startswith(_ASIDE)]
        found = {}
        for name in names:
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t")
            found[name] = cursor.fetchone()[0]
    return found


@pytest.mark.parametrize("who", ["viewer", "shopper", "nobody"])
def test_nothing_changes_for_who_may_not(shop, who):
    client = {"viewer": lambda: signed_in("victor"), "shopper": lambda: signed_in("emma"), "nobody": Client}[who]()
    before = _state()
    for pattern in urls.urlpatterns:
        if who == "viewer" and "v" in EXPECTED[pattern.name][1]:
            continue
        given = dict.fromkeys(_fields(pattern), "1")
        for method in ("post", "get"):
            status = getattr(client, method)(_address(pattern.name, shop), given).status_code
            # 302: to the sign-in; opened like a page, a form's address leads to the page above it
            away = {302, 405} if who == "nobody" or method == "get" else set()
            assert status in away | {403, 405}, (pattern.name, method, status)
    after = _state()
    assert [name for name, print_ in after.items() if print_ != before[name]] == []
