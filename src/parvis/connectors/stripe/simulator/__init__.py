"""A Stripe in memory, for tests: answers httpx as the API does, as far as this connector speaks it.

It keeps what an emulator must keep to be worth testing against: idempotency keys (and their refusal for another body),
the life of a PaymentIntent, over-refunds, tokens with limits, disputes, lists by pages, signed events; and it can lose
an answer after the work was done (``lose``), or fail before it (``fail``). Objects have the fields that we read and
those that tell a reader where they are, no more; recorded objects are under tests/recorded.
"""

from parvis.connectors.stripe.simulator.account import Account
from parvis.connectors.stripe.simulator.books import SECRET
from parvis.connectors.stripe.simulator.payments import DISPUTED

__all__ = ["DISPUTED", "SECRET", "Account"]
