"""Where every address leads. Interfaces own pages and routes; this file only puts them beside each other."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("preferences/", include("parvis.interfaces.design.urls")),
]
