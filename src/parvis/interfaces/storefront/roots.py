"""Addresses of the shop that carry no language."""

from django.urls import path

from parvis.interfaces.storefront.views import home, media

urlpatterns = [
    path("", home.door, name="door"),
    path("media/<path:path>", media.media, name="media"),
]
