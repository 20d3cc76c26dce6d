"""Addresses of the protocol, below /acp/."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from parvis.interfaces.agents.acp.views import carts, discovery, payments, sessions


class Token(StringConverter):
    """A name that can be one of ours; any other leads to :func:`discovery.nowhere`."""

    regex = "[A-Za-z0-9_-]{1,100}"


register_converter(Token, "acp_token")
app_name = "acp"
urlpatterns = [
    path("checkout_sessions", sessions.collection, name="sessions"),
    path("checkout_sessions/<acp_token:token>", sessions.one, name="session"),
    path("checkout_sessions/<acp_token:token>/complete", sessions.completion, name="complete"),
    path("checkout_sessions/<acp_token:token>/cancel", sessions.cancellation, name="cancel"),
    path("carts", carts.collection, name="carts"),
    path("carts/<acp_token:token>", carts.one, name="cart"),
    path("carts/<acp_token:token>/cancel", carts.cancellation, name="cancel_cart"),
    path("agentic_commerce/delegate_payment", payments.delegation, name="delegate_payment"),
    re_path("", discovery.nowhere),
]
