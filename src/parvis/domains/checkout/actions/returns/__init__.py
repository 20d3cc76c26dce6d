"""Returns: asked for by the buyer, decided and received by the team, paid back once."""

from parvis.domains.checkout.actions.returns.asking import cancel_return, request_return
from parvis.domains.checkout.actions.returns.declaring import (
    declare_withdrawal,
    handle_declaration,
    set_declaration_aside,
)
from parvis.domains.checkout.actions.returns.handling import (
    accept_return,
    receive_return,
    refund_return,
    refuse_return,
)
from parvis.domains.checkout.actions.returns.settling import NothingToSettle, settle_withdrawal

__all__ = [
    "NothingToSettle",
    "accept_return",
    "cancel_return",
    "declare_withdrawal",
    "handle_declaration",
    "receive_return",
    "refund_return",
    "refuse_return",
    "request_return",
    "set_declaration_aside",
    "settle_withdrawal",
]
