from django.urls import path

from parvis.interfaces.api.v1 import api

urlpatterns = [path("v1/", api.urls)]
