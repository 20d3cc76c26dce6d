"""Addresses of the protocol."""

from django.urls import path

from parvis.interfaces.agents.ucp import carts, catalogue, checkouts, orders, profile
from parvis.interfaces.agents.ucp.gate import Operation, address
from parvis.interfaces.agents.ucp.versions import CART, CHECKOUT, LOOKUP, ORDER, SEARCH

urlpatterns = [
    path(".well-known/ucp", profile.profile, name="ucp_profile"),
    path(".well-known/ucp/<str:version>", profile.leaf, name="ucp_leaf"),
    path("ucp/reviews-evidence.schema.json", profile.proof_schema, name="ucp_proof_schema"),
    path("ucp/catalog/search", address(post=Operation("search_catalog", SEARCH, catalogue.search, open=True))),
    path("ucp/catalog/lookup", address(post=Operation("lookup_catalog", LOOKUP, catalogue.lookup, open=True))),
    path("ucp/catalog/product", address(post=Operation("get_product", LOOKUP, catalogue.product, open=True))),
    path("ucp/carts", address(post=Operation("create_cart", CART, carts.create, once=True))),
    path(
        "ucp/carts/<str:cart_id>",
        address(
            get=Operation("get_cart", CART, carts.read), put=Operation("update_cart", CART, carts.update, once=True)
        ),
    ),
    path("ucp/carts/<str:cart_id>/cancel", address(post=Operation("cancel_cart", CART, carts.cancel, once=True))),
    path(
        "ucp/checkout-sessions",
        address(post=Operation("create_checkout", CHECKOUT, checkouts.create, once=True)),
        name="ucp_checkouts",
    ),
    path(
        "ucp/checkout-sessions/<str:checkout_id>",
        address(
            get=Operation("get_checkout", CHECKOUT, checkouts.read),
            put=Operation("update_checkout", CHECKOUT, checkouts.update, once=True, outside=True),
        ),
    ),
    path(
        "ucp/checkout-sessions/<str:checkout_id>/complete",
        address(post=Operation("complete_checkout", CHECKOUT, checkouts.complete, once=True, outside=True)),
    ),
    path(
        "ucp/checkout-sessions/<str:checkout_id>/cancel",
        address(post=Operation("cancel_checkout", CHECKOUT, checkouts.cancel, once=True, outside=True)),
    ),
    path("ucp/orders/<str:order_id>", address(get=Operation("get_order", ORDER, orders.read, proven=True))),
]
