"""Addresses of the server for assistants, and of what lets them act for a customer."""

from django.urls import path

from parvis.interfaces.agents.mcp import views

app_name = "mcp"
urlpatterns = [
    path("mcp", views.mcp, name="mcp"),
]
