"""What can be done with carts and orders: one verb each, keyword-only, with the time it happens."""

from parvis.domains.catalog.actions import OutOfStock
from parvis.domains.checkout.actions.alerts import (
    InStock,
    ask_for_alert,
    confirm_alert,
    forget_alerts,
    stop_alert,
    tell_next,
    tell_waiting,
    tidy_alerts,
)
from parvis.domains.checkout.actions.brand import save_carriers, save_return_policy, save_seller
from parvis.domains.checkout.actions.carts import (
    CartFull,
    NotEnough,
    acknowledge_prices,
    add_to_cart,
    fit_to_stock,
    merge_carts,
    remove,
    set_quantity,
)
from parvis.domains.checkout.actions.completing import complete_session
from parvis.domains.checkout.actions.confirming import confirm_orders
from parvis.domains.checkout.actions.expire import expire
from parvis.domains.checkout.actions.fulfil import cancel, deliver, reopen_cart, ship, try_again
from parvis.domains.checkout.actions.history import record_history
from parvis.domains.checkout.actions.moving import move_back, move_customer, note_likenesses
from parvis.domains.checkout.actions.papers import SellerUnknown, issue_credit, issue_invoice, return_slip
from parvis.domains.checkout.actions.parcels import label, pack, parcel_news, unpack
from parvis.domains.checkout.actions.pay import open_payment, pay, settle
from parvis.domains.checkout.actions.place import (
    AlreadyPlaced,
    BadAddress,
    EmptyCart,
    LinesBlocked,
    PriceMoved,
    TotalMoved,
    number_of,
    place,
)
from parvis.domains.checkout.actions.preorders import open_ahead, take_back_preorder, tell_moved
from parvis.domains.checkout.actions.refunds import refund, retry_refunds
from parvis.domains.checkout.actions.returns import (
    accept_return,
    cancel_return,
    declare_withdrawal,
    handle_declaration,
    receive_return,
    refund_return,
    refuse_return,
    request_return,
    set_declaration_aside,
)
from parvis.domains.checkout.actions.sessions import (
    HandedOver,
    SessionClosed,
    cancel_session,
    expire_sessions,
    hand_over,
    open_session,
    update_session,
)
from parvis.domains.checkout.actions.settling import (
    AmountMismatch,
    UnknownPayment,
    apply_provider_event,
    capture_due,
    follow_up,
)
from parvis.domains.checkout.actions.upkeep import forget_card, forget_customer, save_shipping_methods, tidy

__all__ = [
    "AlreadyPlaced",
    "AmountMismatch",
    "BadAddress",
    "CartFull",
    "EmptyCart",
    "HandedOver",
    "InStock",
    "LinesBlocked",
    "NotEnough",
    "OutOfStock",
    "PriceMoved",
    "SellerUnknown",
    "SessionClosed",
    "TotalMoved",
    "UnknownPayment",
    "accept_return",
    "acknowledge_prices",
    "add_to_cart",
    "apply_provider_event",
    "ask_for_alert",
    "cancel",
    "cancel_return",
    "cancel_session",
    "capture_due",
    "complete_session",
    "confirm_alert",
    "confirm_orders",
    "declare_withdrawal",
    "deliver",
    "expire",
    "expire_sessions",
    "fit_to_stock",
    "follow_up",
    "forget_alerts",
    "forget_card",
    "forget_customer",
    "hand_over",
    "handle_declaration",
    "issue_credit",
    "issue_invoice",
    "label",
    "merge_carts",
    "move_back",
    "move_customer",
    "note_likenesses",
    "number_of",
    "open_ahead",
    "open_payment",
    "open_session",
    "pack",
    "parcel_news",
    "pay",
    "place",
    "receive_return",
    "record_history",
    "refund",
    "refund_return",
    "refuse_return",
    "remove",
    "reopen_cart",
    "request_return",
    "retry_refunds",
    "return_slip",
    "save_carriers",
    "save_return_policy",
    "save_seller",
    "save_shipping_methods",
    "set_declaration_aside",
    "set_quantity",
    "settle",
    "ship",
    "stop_alert",
    "take_back_preorder",
    "tell_moved",
    "tell_next",
    "tell_waiting",
    "tidy",
    "tidy_alerts",
    "try_again",
    "unpack",
    "update_session",
]
