"""What the journal and the checkouts of agents say, in the words of the team."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.connectors.agents.models import OrderNews
from parvis.domains.checkout.contracts import AgentCartState, Door

Words = str | Promise

DOORS: Mapping[Door, Words] = {
    Door.SITE: _("the shop’s pages"),
    Door.EXPRESS: _("express purchase"),
    Door.ASSISTANT: _("the shop’s assistant"),
    Door.LIVE: _("live"),
    Door.ACP: "ACP",
    Door.UCP: "UCP",
    Door.MCP: "MCP",
    Door.API: "API",
}
CARTS: Mapping[AgentCartState, tuple[Words, str]] = {
    AgentCartState.OPEN: (_("something is missing"), ""),
    AgentCartState.READY: (_("could be paid"), "note"),
    AgentCartState.HANDED_OVER: (_("taken over by the shopper"), "caution"),
    AgentCartState.COMPLETED: (_("paid"), "positive"),
    AgentCartState.CANCELLED: (_("given up"), ""),
    AgentCartState.EXPIRED: (_("its time ran out"), ""),
}
KINDS: Mapping[str, Words] = {
    "paid": _("paid"),
    "shipped": _("sent"),
    "delivered": _("delivered"),
    "cancelled": _("cancelled"),
    "refunded": _("refunded"),
    "changed": _("changed"),
}
NEWS: Mapping[str, tuple[Words, str]] = {
    OrderNews.State.WAITING.value: (_("waits"), "note"),
    OrderNews.State.DELIVERED.value: (_("taken"), "positive"),
    OrderNews.State.FAILED.value: (_("set aside"), "negative"),
}
ERRORS: Mapping[str, Words] = {
    "too_many_requests": _("asked more than its allowance"),
    "unauthorised": _("no key, or a wrong one"),
    "scope_missing": _("its key does not allow it"),
    "not_an_agent": _("the key of another program"),
    "agent_stopped": _("asked while it was stopped"),
    "agents_stopped": _("asked while all agents were stopped"),
    "agent_not_registered": _("an unknown agent, while only known ones may come in"),
    "internal": _("something went wrong on our side"),
    "invalid": _("a value that cannot be used"),
    "not_found": _("something that does not exist"),
    "idempotency_conflict": _("one key for two different requests"),
    "idempotency_in_flight": _("the first request was still being carried out"),
    "payment_declined": _("the bank said no"),
    "out_of_stock": _("sold out meanwhile"),
    "sold_out": _("sold out meanwhile"),
    "missing": _("a detail was missing"),
    "invalid_item_id": _("an article that the shop does not know"),
    "lines_blocked": _("an article that cannot be bought as it stands"),
    "handed_over": _("the shopper has taken it over"),
    "session_closed": _("the checkout was over already"),
    "price_moved": _("a price had changed"),
    "total_moved": _("the total had changed"),
    "payment_under_way": _("its payment was under way"),
    "payment_unavailable": _("the payment service did not answer"),
    "too_many_declines": _("too many cards were declined"),
    "bad_card": _("a card that cannot be used"),
    "version_unsupported": _("a version of the protocol that is not spoken here"),
    "signature_missing": _("its request was not signed"),
    "signature_invalid": _("the signature does not fit"),
}
