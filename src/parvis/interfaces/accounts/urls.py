"""Addresses under /accounts/: the accounts library's, and the choice of a language."""

from django.urls import URLPattern, URLResolver, include, path

from parvis.interfaces.accounts import views

_ours = ([path("language/", views.choose_language, name="language")], "accounts")
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(_ours)),
    path("logout/", views.SignOut.as_view(), name="account_logout"),  # before the library's own
    path("", include("allauth.urls")),
]
