"""Addresses of the server for assistants, and of what lets them act for a customer."""

from django.urls import path

from parvis.interfaces.agents.mcp import views
from parvis.interfaces.agents.mcp.oauth import authorize, metadata, register, token

app_name = "mcp"
urlpatterns = [
    path("mcp", views.mcp, name="mcp"),
    path(".well-known/oauth-protected-resource", metadata.protected_resource, name="resource_at_root"),
    path(".well-known/oauth-protected-resource/mcp", metadata.protected_resource, name="resource"),
    path(".well-known/oauth-authorization-server", metadata.authorization_server, name="issuer"),
    path("oauth/authorize", authorize.authorize, name="authorize"),
    path("oauth/token", token.token, name="token"),
    path("oauth/register", register.register, name="register"),
    path("oauth/revoke", token.revoke, name="revoke"),
]
