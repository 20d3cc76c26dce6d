"""Where every address leads. Interfaces own pages and routes; this file only puts them beside each other."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
