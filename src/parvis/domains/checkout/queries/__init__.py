"""What can be read of carts and orders. Every function gives frozen contracts."""

from parvis.domains.checkout.queries.agents import agent_carts, agent_figures, agent_orders
from parvis.domains.checkout.queries.alerts import alert, waiting
from parvis.domains.checkout.queries.brand import carriers, return_policy, seller
from parvis.domains.checkout.queries.carts import all_shipping_methods, cart, cart_count, shipping_methods
from parvis.domains.checkout.queries.disputes import dispute, disputes, disputes_of, disputes_waiting, evidence
from parvis.domains.checkout.queries.legal import legal_text, legal_versions
from parvis.domains.checkout.queries.offers import (
    gift_card,
    gift_cards,
    gift_ledger,
    gift_liability,
    promotion,
    promotion_rows,
    statuses,
    tax_table,
)
from parvis.domains.checkout.queries.order_lists import (
    attention,
    last_details,
    orders,
    orders_of,
    owners_of,
    purchased,
    saved_cards,
    state_counts,
    unfinished,
)
from parvis.domains.checkout.queries.orders import order, order_by_number, order_by_token
from parvis.domains.checkout.queries.papers import paper_file, papers
from parvis.domains.checkout.queries.parcels import parcel, parcel_made, pieces, pieces_in
from parvis.domains.checkout.queries.quotes import preview, quote
from parvis.domains.checkout.queries.reconciling import (
    attempt_figures,
    differences,
    differences_open,
    last_reconciliation,
    money_days,
)
from parvis.domains.checkout.queries.reminders import reminded, reminder, reminder_figures, reminder_rows
from parvis.domains.checkout.queries.return_lists import return_counts, return_reasons, returns
from parvis.domains.checkout.queries.returns import (
    day,
    refund_preview,
    return_,
    return_by_token,
    return_made,
    returnable,
    withdrawal_until,
    worth,
)
from parvis.domains.checkout.queries.sessions import session, session_of_order, session_of_shopper
from parvis.domains.checkout.queries.tax_report import tax_report
from parvis.domains.checkout.queries.unchanged import steady
from parvis.domains.checkout.queries.withdrawals import declarations, withdrawals

__all__ = [
    "agent_carts",
    "agent_figures",
    "agent_orders",
    "alert",
    "all_shipping_methods",
    "attempt_figures",
    "attention",
    "carriers",
    "cart",
    "cart_count",
    "day",
    "declarations",
    "differences",
    "differences_open",
    "dispute",
    "disputes",
    "disputes_of",
    "disputes_waiting",
    "evidence",
    "gift_card",
    "gift_cards",
    "gift_ledger",
    "gift_liability",
    "last_details",
    "last_reconciliation",
    "legal_text",
    "legal_versions",
    "money_days",
    "order",
    "order_by_number",
    "order_by_token",
    "orders",
    "orders_of",
    "owners_of",
    "paper_file",
    "papers",
    "parcel",
    "parcel_made",
    "pieces",
    "pieces_in",
    "preview",
    "promotion",
    "promotion_rows",
    "purchased",
    "quote",
    "refund_preview",
    "reminded",
    "reminder",
    "reminder_figures",
    "reminder_rows",
    "return_",
    "return_by_token",
    "return_counts",
    "return_made",
    "return_policy",
    "return_reasons",
    "returnable",
    "returns",
    "saved_cards",
    "seller",
    "session",
    "session_of_order",
    "session_of_shopper",
    "shipping_methods",
    "state_counts",
    "statuses",
    "steady",
    "tax_report",
    "tax_table",
    "unfinished",
    "waiting",
    "withdrawal_until",
    "withdrawals",
    "worth",
]
