"""Addresses of the shop that carry no language."""

from django.urls import path

from parvis.interfaces.storefront.views import home, invited, media

urlpatterns = [
    path("", home.door, name="door"),
    path("unsubscribe/<str:token>/", invited.unsubscribe, name="unsubscribe"),
    path("review/<str:token>/", invited.bare, {"kind": "review"}),
    path("answer/<str:token>/", invited.bare, {"kind": "answer"}),
    path("media/<path:path>", media.media, name="media"),
]
