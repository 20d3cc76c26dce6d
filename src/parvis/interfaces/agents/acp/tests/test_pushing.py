"""Products are pushed to agents' platforms: what changed, and nothing else; a platform of the test's own takes them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from parvis.connectors.agentfeeds import actions, queries
from parvis.connectors.agentfeeds.models import Feed, Sent
from parvis.core import outbound
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.core.outbound import AddressRefused
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog.testing import SmallCatalogue
from parvis.interfaces.agents.acp import pushing
from parvis.interfaces.agents.acp.tests import published

pytestmark = [pytest.mark.database, pytest.mark.django_db]
TOKEN = "feed-token-of-the-platform"


@dataclass
class Platform:
    """Takes feeds as the release describes them; ``asked`` is all that came, ``down`` what it answers instead (0: as
    it should)."""

    root: str
    address: str
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)
    down: list[int] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        if key != f"Bearer {TOKEN}":
            return 401, {"type": "invalid_request", "code": "unauthorized", "message": "no"}
        if self.down and (status := self.down.pop(0)):
            return status, {}
        self.asked.append((method, path, body))
        if (method, path) == ("POST", "/v1/feeds"):
            assert published.problems(published.FEED, "CreateFeedRequest", body) == []
            return 201, {"id": "feed_1", **body}
        assert (method, path) == ("PATCH", "/v1/feeds/feed_1/products")
        assert published.problems(published.FEED, "UpsertProductsRequest", body) == []
        self.known |= {product["id"]: product for product in body["products"]}
        return 200, {"id": "feed_1", "accepted": True}

    def products(self) -> list[str]:
        """Ids of all products that were sent so far, in their order."""
        return [each["id"] for method, _path, body in self.asked if method == "PATCH" for each in body["products"]]


@pytest.fixture
def platform(settings: Any) -> Iterator[Platform]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status, told = made.answer(self.command, self.path, json.loads(raw), self.headers.get("Authorization", ""))
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_PATCH(self) -> None:
            self.do_POST()

        def log_message(self, *_given: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"127.0.0.1:{server.server_port}"
    made = Platform(root=f"http://{address}/v1", address=address)
    settings.OUTBOUND_ALLOWED = (address,)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def feed(shop: SmallCatalogue, platform: Platform) -> int:
    return actions.add(url=platform.root + "/", token=TOKEN, language="en", country="FR", at=now())


def test_everything_once_and_then_only_what_changed(feed: int, platform: Platform, shop: SmallCatalogue) -> None:
    first = pushing.push_all()[feed]
    assert platform.asked[0] == ("POST", "/v1/feeds", {"target_country": "FR"})
    assert first.sent == len(platform.known) == len(shop.products)
    assert pushing.push_all()[feed] == actions.Pushed(unchanged=first.sent)
    assert len(platform.products()) == first.sent
    catalog.count_stock(variant_id=shop.variants["DR-S"], counted=0, at=now())
    assert pushing.push_all()[feed] == actions.Pushed(sent=1, unchanged=first.sent - 1)
    changed = platform.known[platform.products()[-1]]
    states = {each["id"]: each["availability"]["status"] for each in changed["variants"]}
    assert states["DR-S"] == "out_of_stock"
    assert TOKEN not in str(list(Feed.objects.values()))
    (row,) = queries.feeds(at=now())
    assert (row.products, row.error, row.active) == (first.sent, "", True)


def test_a_push_that_outlived_its_lease_does_not_free_the_next_one(feed: int) -> None:
    later = now() + 2 * actions.LEASE

    def slow() -> Iterator[Any]:
        Feed.objects.filter(pk=feed).update(busy_until=later)  # another one has begun meanwhile
        yield from ()

    actions.push(feed_id=feed, products=slow(), at=now())
    assert Feed.objects.get(pk=feed).busy_until == later


def test_what_is_no_longer_sold_becomes_unavailable(feed: int, platform: Platform, shop: SmallCatalogue) -> None:
    whole = pushing.push_all()[feed].sent
    gone = next(each for each in pushing.documents("en") if each["variants"])
    left = [each for each in pushing.documents("en") if each["id"] != gone["id"]]
    assert actions.push(feed_id=feed, products=left, at=now()) == actions.Pushed(withdrawn=1, unchanged=whole - 1)
    told = platform.known[gone["id"]]["variants"]
    assert {each["availability"]["status"] for each in told} == {"discontinued"}
    assert {each["id"] for each in told} == {each["id"] for each in gone["variants"]}
    assert actions.push(feed_id=feed, products=left, at=now()) == actions.Pushed(unchanged=whole - 1)


def test_a_push_that_stops_goes_on_where_it_was(feed: int, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 1)
    platform.down = [0, 0, 503]  # the feed is made, the first batch is taken, the second is not
    stopped = pushing.push_all()[feed]
    assert (stopped.sent, stopped.error) == (1, "answered 503")
    assert queries.feeds(at=now())[0].error == "answered 503"
    whole = len(list(pushing.documents("en")))
    assert pushing.push_all()[feed] == actions.Pushed(sent=whole - 1, unchanged=1)
    assert sorted(platform.products()) == sorted(set(platform.products()))
    assert queries.feeds(at=now())[0].error == ""


def test_one_push_at_a_time_and_a_feed_in_trouble_holds_up_no_other(
    feed: int, platform: Platform, settings: Any
) -> None:
    Feed.objects.filter(pk=feed).update(busy_until=now() + actions.LEASE)
    with pytest.raises(actions.Busy):
        pushing.push_one(feed)
    assert pushing.push_all() == {}
    Feed.objects.filter(pk=feed).update(busy_until=now())  # who was pushing has died
    lost = actions.add(url=platform.root + "/other", token=TOKEN, language="fr", at=now())
    Feed.objects.filter(pk=lost).update(sealed_token="sealed under another key")
    assert pushing.push_one(feed).error == ""
    assert "set it anew" in pushing.push_all()[lost].error.lower()
    well, ill = queries.feeds(at=now())
    assert (well.busy, well.failures, well.error, ill.failures, ill.pushed_at) == (False, 0, "", 1, None)
    actions.set_active(feed_id=lost, active=False)
    assert list(pushing.push_all()) == [feed]
    with pytest.raises(NotFound):
        pushing.push_one(lost)


STRANGE = (b"[" * 60_000, b'{"id": "a\\u0000b"}', b'{"id": "\\ud800"}')


@pytest.mark.parametrize("told", STRANGE, ids=["deep", "nul", "half a pair"])
def test_whatever_a_platform_says_is_an_answer(feed: int, monkeypatch: pytest.MonkeyPatch, told: bytes) -> None:
    monkeypatch.setattr(outbound, "post", lambda *_given, **_more: outbound.Reply(status=200, body=told))
    assert "not said its id" in pushing.push_all()[feed].error
    Feed.objects.update(remote_id="known")
    monkeypatch.setattr(outbound, "patch", lambda *_given, **_more: outbound.Reply(status=200, body=told))
    first = pushing.push_all()[feed]
    assert (first.error, first.sent > 0) == ("", True)
    assert pushing.push_all()[feed] == actions.Pushed(unchanged=first.sent)


def test_a_feed_that_the_platform_lost_is_made_again(feed: int, platform: Platform) -> None:
    whole = pushing.push_all()[feed].sent
    Sent.objects.filter(feed_id=feed).update(mark="old")
    platform.down = [404]
    assert pushing.push_all()[feed].error == "answered 404"
    assert pushing.push_all()[feed].sent == whole
    assert [path for method, path, _body in platform.asked if method == "POST"] == ["/v1/feeds", "/v1/feeds"]


def test_a_wrong_token_or_no_platform_is_told(feed: int, platform: Platform, settings: Any) -> None:
    actions.add(url=platform.root, token="another", language="en", country="FR", at=now())
    assert pushing.push_all()[feed].error == "answered 401"
    settings.OUTBOUND_ALLOWED = ()
    assert "AddressRefused" in pushing.push_all()[feed].error
    assert queries.feeds(at=now())[0].products == 0


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"url": "http://10.0.0.1/v1"}, AddressRefused),
        ({"url": "https://127.0.0.1/v1"}, AddressRefused),
        ({"language": "de"}, Invalid),
        ({"country": "France"}, Invalid),
        ({"token": ""}, Invalid),
        ({"token": "a\nb"}, Invalid),
    ],
    ids=["private", "loopback", "language", "country", "no token", "line"],
)
def test_what_cannot_be_pushed_to(platform: Platform, wrong: dict[str, str], error: type[Exception]) -> None:
    given: dict[str, Any] = {"url": platform.root, "token": TOKEN, "language": "en", "at": now(), **wrong}
    with pytest.raises(error):
        actions.add(**given)
