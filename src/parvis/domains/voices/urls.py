"""Stored photos; pages about voices belong to interfaces."""

from django.urls import path

from parvis.domains.voices import web

urlpatterns = [path("media/voices/<path:name>", web.media, name="voices-media")]
