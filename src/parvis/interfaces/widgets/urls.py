"""Addresses that other sites' pages call, below /w/."""

from django.urls import path

from parvis.interfaces.widgets.views import counting, elsewhere, fragment

app_name = "widgets"
urlpatterns = [
    path("w/collect/", counting.collect, name="collect"),
    path("w/<str:key>/elsewhere/", elsewhere.elsewhere, name="elsewhere"),
    path("w/<str:key>/<str:ref>.html", fragment.fragment, name="fragment"),
]
