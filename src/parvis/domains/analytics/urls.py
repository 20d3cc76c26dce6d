"""The collector's address."""

from django.urls import path

from parvis.domains.analytics.web import collect

urlpatterns = [path("collect/", collect, name="collect")]
