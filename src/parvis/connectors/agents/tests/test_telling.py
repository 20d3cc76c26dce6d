"""News of orders for agents: the whole order, in order, at least once, never into a private network."""

from datetime import timedelta

import pytest

from parvis.connectors.agents import handlers, orders, queries, rendering
from parvis.connectors.agents.models import OrderEndpoint, OrderNews
from parvis.connectors.agents.tests import plain
from parvis.connectors.agents.tests.conftest import bought, hear, listen
from parvis.connectors.webhooks import sending
from parvis.core import events, outbound, outbox
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.domains.checkout import actions as checkout
from parvis.domains.checkout import contracts
from parvis.domains.checkout import queries as shop
from parvis.domains.checkout.testing import AT, card, paid_order, session_of
from parvis.domains.people import actions as people

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_the_whole_order_is_told_when_it_is_paid_and_at_each_change(agent, server):
    listen(agent, server, secret="of-the-agent")
    order = bought(agent)
    assert hear() == 1
    [told] = server.told
    token = told["session"]
    assert shop.session(token, agent_id=agent.id, at=AT).order.id == order.id
    assert (told["kind"], told["first"], told["number"], told["state"]) == ("paid", True, order.number, "paid")
    assert server.headers[0]["x-secret"] == "of-the-agent"
    checkout.ship(order_id=order.id, tracking="T1", at=AT)
    checkout.deliver(order_id=order.id, at=AT)
    assert hear() == 2
    assert [(each["kind"], each["first"], each["state"]) for each in server.told[1:]] == [
        ("shipped", False, "delivered"),  # made when it is sent: by then it was delivered
        ("delivered", False, "delivered"),
    ]
    assert len({each["id"] for each in server.told}) == 3
    assert hear() == 0


def test_parcels_and_returns_are_told_once_and_not_beside_other_news(agent, server):
    listen(agent, server)
    order = bought(agent, lines={"DR-S": 2})
    line = order.lines[0].id
    hear()
    parcel = checkout.pack(order_id=order.id, lines={line: 1}, handed_over=True, key="p", at=AT)
    assert hear() == 1  # packed and handed over: two events, one message
    checkout.pack(order_id=order.id, lines={line: 1}, handed_over=True, key="p", at=AT)
    for _ in range(2):
        checkout.parcel_news(parcel_id=parcel.id, state=contracts.ParcelState.IN_TRANSIT, key="n", at=AT)
    assert hear() == 1
    checkout.ship(order_id=order.id, at=AT)
    checkout.deliver(order_id=order.id, at=AT)
    assert hear() == 2
    for _ in range(2):
        checkout.request_return(
            order_token=order.token,
            kind=contracts.ReturnKind.WITHDRAWAL,
            lines=[contracts.AskedLine(line_id=line, quantity=1)],
            key="r",
            at=AT,
        )
    assert hear() == 1
    assert [each["kind"] for each in server.told] == ["paid", "changed", "changed", "shipped", "delivered", "changed"]


def test_orders_of_people_of_others_and_unpaid_ones_are_told_to_nobody(agent, server):
    listen(agent, server)
    other = people.register_agent(name="Other", at=AT)
    order = bought(other)
    paid_order()
    session = session_of(agent_id=agent.id)
    declined = checkout.complete_session(
        token=session.token, agent_id=agent.id, instrument=card("4000000000000002"), return_url="/", at=AT
    )
    checkout.cancel_session(token=declined.token, agent_id=agent.id, at=AT)
    assert hear() == 0
    assert shop.agent_orders([order.id, 0])[order.id].agent_id == other.id


def test_a_refusal_is_tried_again_with_the_same_id_and_the_state_of_then(agent, server):
    listen(agent, server)
    order = bought(agent)
    outbox.deliver(at=now())
    server.answers = [500, 302]
    first = now()
    assert orders.tell_due(at=first) == 1
    assert orders.tell_due(at=first) == 0  # the endpoint rests
    checkout.ship(order_id=order.id, tracking="T1", at=AT)
    outbox.deliver(at=now())
    assert orders.tell_due(at=first + timedelta(seconds=30)) == 1  # the first one again: the second must not overtake
    assert not server.told
    assert OrderNews.objects.order_by("id").values_list("error", flat=True)[0] == "answered 302"
    assert orders.tell_due(at=first + timedelta(hours=1)) == 2
    assert [(each["kind"], each["state"]) for each in server.told] == [("paid", "shipped"), ("shipped", "shipped")]
    row = OrderNews.objects.order_by("id").first()
    assert (row.attempts, row.state, server.told[0]["id"]) == (3, "delivered", row.key)


def test_what_is_never_taken_is_set_aside_and_sent_again_by_hand(agent, server):
    endpoint_id = listen(agent, server)
    bought(agent)
    outbox.deliver(at=now())
    server.answers = [500] * (len(sending.WAITS) + 1)
    for step in range(len(sending.WAITS) + 1):
        assert orders.tell_due(at=now() + timedelta(days=1 + step)) == 1
    row = OrderNews.objects.get()
    assert (row.state, row.attempts) == ("failed", len(sending.WAITS) + 1)
    assert orders.tell_due(at=now() + timedelta(days=99)) == 0
    [seen] = queries.news(endpoint_ids=[endpoint_id])
    assert (seen.state, seen.error) == ("failed", "answered 500")
    orders.again(news_id=row.id, at=now())
    assert orders.tell_due(at=now() + timedelta(seconds=1)) == 1
    assert server.told[0]["id"] == row.key
    with pytest.raises(NotFound):
        orders.again(news_id=row.id, at=now())


def test_one_dead_endpoint_keeps_nobody_else_waiting(agent, server):
    """Twenty messages for an agent that does not answer cost one try, and the other agent hears at once."""
    quick = people.register_agent(name="Quick", at=AT)
    listen(quick, server)
    slow = OrderEndpoint.objects.create(agent_id=agent.id, protocol="plain", url="http://127.0.0.1:9/x", created_at=AT)
    first, second = bought(agent), bought(quick)
    for number in range(20):
        OrderNews.objects.create(
            endpoint=slow, order_id=first.id, key=f"k{number}", kind="changed", occurred_at=AT, due_at=AT
        )
    outbox.deliver(at=now())
    assert orders.tell_due(at=now()) == 2
    assert [each["number"] for each in server.told] == [second.number]


def test_an_endpoint_that_always_fails_is_switched_off_with_its_reason(agent, server):
    endpoint_id = listen(agent, server)
    bought(agent)
    outbox.deliver(at=now())
    OrderEndpoint.objects.update(failures_in_a_row=sending.DISABLE_AFTER - 1)
    server.answers = [500]
    assert orders.tell_due(at=now()) == 1
    row = OrderEndpoint.objects.get()
    assert (row.active, row.disabled_reason) == (False, sending.DISABLED)
    assert orders.tell_due(at=now() + timedelta(days=9)) == 0
    orders.set_active(endpoint_id=endpoint_id, active=True)
    assert orders.tell_due(at=now() + timedelta(days=9)) == 1


def test_nothing_goes_to_a_stopped_agent_until_it_may_come_in_again(agent, server):
    listen(agent, server)
    bought(agent)
    people.stop_agent(agent_id=agent.id, reason="test", at=AT)
    assert hear() == 0
    people.resume_agent(agent_id=agent.id, at=AT)
    assert hear() == 1


def test_an_order_that_cannot_be_written_holds_up_no_other(agent, server, monkeypatch):
    listen(agent, server)
    broken, whole = bought(agent), bought(agent)

    def body(news: rendering.News) -> bytes:
        if news.order.id == broken.id:
            raise AttributeError("on purpose")
        return plain.body(news)

    rendering.register("plain", body=body, headers=plain.headers)
    outbox.deliver(at=now())
    assert orders.tell_due(at=now()) == 2
    assert [each["number"] for each in server.told] == [whole.number]
    assert OrderNews.objects.get(order_id=broken.id).error == "cannot be written: AttributeError"
    assert OrderEndpoint.objects.get().failures_in_a_row == 0


def test_an_order_that_cannot_be_read_holds_up_no_other(agent, server, monkeypatch):
    listen(agent, server)
    broken, whole = bought(agent), bought(agent)
    read = orders.checkout.order

    def order(order_id: int):
        if order_id == broken.id:
            raise ValueError("on purpose")
        return read(order_id)

    outbox.deliver(at=now())
    monkeypatch.setattr(orders.checkout, "order", order)
    assert orders.tell_due(at=now()) == 2
    assert [each["number"] for each in server.told] == [whole.number]
    assert OrderNews.objects.get(order_id=broken.id).error == "cannot be written: ValueError"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://10.1.2.3/hook",
        "https://169.254.169.254/latest/meta-data",
        "http://example.com/hook",
        "ftp://example.com/",
        "https://user:word@example.com/",
        "file:///etc/passwd",
        "https://localhost/hook",
    ],
    ids=["loopback", "loopback6", "private", "metadata", "plain", "ftp", "password", "file", "name"],
)
def test_no_endpoint_lies_in_a_private_network(agent, url):
    with pytest.raises(outbound.AddressRefused):
        orders.set_endpoint(agent_id=agent.id, protocol="plain", url=url, at=AT)
    assert not OrderEndpoint.objects.exists()


def test_an_endpoint_that_came_to_lead_into_a_private_network_is_not_called(agent, server, settings):
    listen(agent, server)
    bought(agent)
    settings.OUTBOUND_ALLOWED = ()
    assert hear() == 1
    assert server.asked == 0
    error = OrderNews.objects.get().error
    assert error.startswith("AddressRefused")
    assert server.url not in error, "an address may hold a secret"


def test_redirects_are_not_followed_however_many(agent, server):
    listen(agent, server)
    bought(agent)
    outbox.deliver(at=now())
    server.answers = [307] * 5
    assert orders.tell_due(at=now()) == 1
    assert server.asked == 1


def test_an_endpoint_is_set_once_per_protocol_and_changes_with_its_address(agent, server, django_assert_num_queries):
    first = listen(agent, server, secret="one")
    OrderEndpoint.objects.update(failures_in_a_row=7)
    with django_assert_num_queries(1):
        assert listen(agent, server) == first
    assert OrderEndpoint.objects.get().failures_in_a_row == 7
    again = orders.set_endpoint(agent_id=agent.id, protocol="plain", url=server.url + "/new", at=AT)
    assert again == first
    row = OrderEndpoint.objects.get()
    assert (row.url, row.failures_in_a_row) == (server.url + "/new", 0)
    assert row.sealed_secret
    assert "one" not in row.sealed_secret
    for protocol, url in (("unknown", server.url), ("plain", server.url + "x" * 500)):
        with pytest.raises(Invalid):
            orders.set_endpoint(agent_id=agent.id, protocol=protocol, url=url, at=AT)


def test_an_order_is_told_in_the_form_of_its_protocol_where_there_is_one(agent, server):
    rendering.register("acp", body=plain.body, headers=plain.headers)
    listen(agent, server)
    orders.set_endpoint(agent_id=agent.id, protocol="acp", url=server.url + "/acp", at=AT)
    bought(agent)
    outbox.deliver(at=now())
    assert OrderNews.objects.get().endpoint.protocol == "acp"


def test_old_messages_are_forgotten_and_set_aside_ones_are_not(agent, server):
    listen(agent, server)
    bought(agent)
    hear()
    other = bought(agent)
    outbox.deliver(at=now())
    OrderNews.objects.filter(order_id=other.id).update(state="failed")
    assert orders.forget(at=now() + timedelta(days=60)) == 1
    assert OrderNews.objects.get().order_id == other.id


def test_events_of_agents_orders_reach_their_listener():
    assert "agentlink.orders" in events.listeners()
    assert set(handlers.TOLD.values()) <= set(rendering.KINDS)
