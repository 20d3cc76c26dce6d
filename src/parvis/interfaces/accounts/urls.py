"""Addresses under /accounts/: the accounts library's, some of them made our own, and the choice of a language."""

from django.urls import URLPattern, URLResolver, include, path

from parvis.interfaces.accounts import views

_ours = ([path("language/", views.choose_language, name="language")], "accounts")
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(_ours)),
    # Before the library's own:
    path("logout/", views.SignOut.as_view(), name="account_logout"),
    path("2fa/webauthn/add/", views.AddKey.as_view(), name="mfa_add_webauthn"),
    path("2fa/recovery-codes/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("", include("allauth.urls")),
]
