"""Webhooks out: signed, retried, sent once an event, never into a private network."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection

from parvis.connectors.webhooks import actions, handlers, queries, sending, signing
from parvis.connectors.webhooks.models import Endpoint, Message
from parvis.core import outbound
from parvis.core.errors import Invalid
from parvis.domains.catalog.contracts import ProductChanged, StockChanged
from parvis.domains.people.contracts import CustomerErased, CustomersMerged, CustomersSplit

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Receiver:
    """A back end of the brand: remembers what came, answers what it is told to."""

    def __init__(self) -> None:
        receiver = self
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    made = Receiver()
    settings.OUTBOUND_ALLOWED = (made.address,)
    yield made
    made.server.shutdown()
    made.server.server_close()


def endpoint(receiver: Receiver, *kinds: str) -> tuple[int, str]:
    return actions.create_endpoint(
        url=f"http://{receiver.address}/hook",
        kinds=kinds,
        description="",
        known_kinds=queries.kinds(),
        actor_id=None,
        at=AT,
    )


@pytest.mark.database
@pytest.mark.django_db
def test_a_wanted_event_is_sent_signed_and_an_unwanted_one_is_not(receiver: Receiver) -> None:
    _, secret = endpoint(receiver, "catalog.product_changed")
    handlers.queue([ProductChanged(product_id=7), StockChanged(variant_id=1, available=2)])
    assert actions.send_due(at=AT + timedelta(days=9999)) == 1
    [(headers, body)] = receiver.got
    assert json.loads(body)["type"] == "catalog.product_changed"
    assert json.loads(body)["data"] == {"product_id": 7}
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert signing.verify(secret=secret, given=headers, body=body, at=at)
    assert not signing.verify(secret=secret, given=headers, body=body + b" ", at=at)
    assert not signing.verify(secret=secret, given=headers, body=body, at=at + timedelta(minutes=6))
    assert not signing.verify(secret=signing.new_secret(), given=headers, body=body, at=at)
    assert Message.objects.get().state == "delivered"


@pytest.mark.database
@pytest.mark.django_db
def test_a_failure_is_retried_later_with_the_same_id(receiver: Receiver) -> None:
    endpoint(receiver)
    receiver.answers = [500, 302, 200]
    handlers.queue([ProductChanged(product_id=7)])
    at = AT + timedelta(days=9999)
    assert actions.send_due(at=at) == 1
    assert actions.send_due(at=at + timedelta(seconds=5)) == 0
    assert actions.send_due(at=at + timedelta(seconds=11)) == 1
    assert actions.send_due(at=at + timedelta(seconds=200)) == 1
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    message = Message.objects.get()
    assert (message.state, message.attempts, message.error) == ("delivered", 3, "")


@pytest.mark.database
@pytest.mark.django_db
def test_a_dead_endpoint_is_given_up_in_the_end_and_told(receiver: Receiver) -> None:
    number, _ = endpoint(receiver)
    receiver.server.shutdown()
    receiver.server.server_close()
    Endpoint.objects.update(failures_in_a_row=sending.DISABLE_AFTER - len(sending.WAITS) - 1)
    handlers.queue([ProductChanged(product_id=7)])
    at = AT + timedelta(days=9999)
    while actions.send_due(at=at):
        at += timedelta(days=1)
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("failed", len(sending.WAITS) + 1)
    assert "ConnectError" in message.error
    assert not Endpoint.objects.get().active
    [view] = queries.endpoints()
    assert view.disabled_reason == sending.DISABLED
    actions.set_active(endpoint_id=number, active=True)
    actions.resend(message_id=message.pk, at=at)
    assert Message.objects.get().state == "waiting"


@pytest.mark.database
@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_senders_send_each_message_once(receiver: Receiver) -> None:
    endpoint(receiver)
    handlers.queue([ProductChanged(product_id=number) for number in range(30)])

    def send() -> None:
        try:
            actions.send_due(at=AT + timedelta(days=9999))
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(json.loads(body)["data"]["product_id"] for _, body in receiver.got) == list(range(30))


class Killed(BaseException):
    """The sender ends here."""


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_sender_that_dies_leaves_the_message_to_the_next_one(receiver: Receiver, monkeypatch) -> None:
    endpoint(receiver)
    handlers.queue([ProductChanged(product_id=7)])
    at, post = AT + timedelta(days=9999), sending.attempt

    def dies(url: str, **given: Any) -> None:
        assert not connection.in_atomic_block, "nothing is locked while it is sent"
        post(url, **given)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sending, "attempt", dies)
        with pytest.raises(Killed):
            actions.send_due(at=at)
    assert actions.send_due(at=at + timedelta(seconds=100)) == 0
    assert actions.send_due(at=at + timedelta(seconds=130)) == 1
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [Message.objects.get().key] * 2
    assert Message.objects.get().state == "delivered"


@pytest.mark.database
@pytest.mark.django_db
def test_an_endpoint_whose_key_cannot_be_read_holds_up_no_other(receiver: Receiver) -> None:
    old, _ = endpoint(receiver)
    endpoint(receiver)
    Endpoint.objects.filter(pk=old).update(sealed_secret="sealed by another installation")
    handlers.queue([ProductChanged(product_id=number) for number in range(3)])
    assert actions.send_due(at=AT + timedelta(days=9999)) == 6
    assert len(receiver.got) == 3
    assert {each.error[:33] for each in Message.objects.filter(endpoint=old)} == {"A stored secret cannot be read: t"}


@pytest.mark.database
@pytest.mark.django_db
def test_an_unknown_kind_is_named(receiver: Receiver) -> None:
    with pytest.raises(Invalid, match=r"voices\.pubished"):
        endpoint(receiver, "voices.pubished")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.8/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[fd00::1]/x",
        "https://0.0.0.0/x",
        "https://224.0.0.1/x",
        "https://2130706433/x",
        "http://93.184.216.34/x",
        "https://ana:secret@93.184.216.34/x",
        "ftp://93.184.216.34/x",
        "file:///etc/passwd",
        "https://93.184.216.34:abc/",
        "https://",
    ],
)
def test_addresses_that_lead_inside_are_refused(url: str) -> None:
    with pytest.raises(outbound.AddressRefused):
        outbound.check(url)


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("192.168.1.4", 443))]

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    with pytest.raises(outbound.AddressRefused, match="private"):
        outbound.check("https://shop.example/hook")


def test_a_public_address_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("93.184.216.34", 443))])
    target = outbound.check("https://shop.example/hook")
    assert (target.host, target.address, target.port) == ("shop.example", "93.184.216.34", 443)


@pytest.mark.database
@pytest.mark.django_db
def test_records_found_to_be_one_person_are_told_together_and_apart_again(receiver: Receiver) -> None:
    """Back ends that keep customers of their own have to follow."""
    endpoint(receiver, "people.customers_merged", "people.customers_split")
    merged = CustomersMerged(kept_id=1, gone_id=2, merge_id=3)
    handlers.queue([merged, CustomersSplit(kept_id=1, gone_id=2, merge_id=3)])
    told = [json.loads(message.body) for message in Message.objects.order_by("id")]
    assert [each["type"] for each in told] == ["people.customers_merged", "people.customers_split"]
    assert all(each["data"] == {"kept_id": 1, "gone_id": 2, "merge_id": 3} for each in told)


@pytest.mark.database
@pytest.mark.django_db
def test_what_is_for_the_inside_is_told_to_nobody_outside(receiver: Receiver) -> None:
    endpoint(receiver, "people.customer_erased")
    handlers.queue([CustomerErased(customer_id=7, address_digest="d" * 64)])
    assert json.loads(Message.objects.get().body)["data"] == {"customer_id": 7}
