"""Addresses of the protocol, below /acp/."""

from django.urls import path

from parvis.interfaces.agents.acp.views import carts, discovery, payments, sessions

app_name = "acp"
urlpatterns = [
    path("checkout_sessions", sessions.collection, name="sessions"),
    path("checkout_sessions/<str:token>", sessions.one, name="session"),
    path("checkout_sessions/<str:token>/complete", sessions.completion, name="complete"),
    path("checkout_sessions/<str:token>/cancel", sessions.cancellation, name="cancel"),
    path("carts", carts.collection, name="carts"),
    path("carts/<str:token>", carts.one, name="cart"),
    path("carts/<str:token>/cancel", carts.cancellation, name="cancel_cart"),
    path("agentic_commerce/delegate_payment", payments.delegation, name="delegate_payment"),
    path("", discovery.nowhere),
    path("<path:rest>", discovery.nowhere),
]
