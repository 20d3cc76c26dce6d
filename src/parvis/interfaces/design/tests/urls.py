from django.urls import include, path

urlpatterns = [path("preferences/", include("parvis.interfaces.design.urls"))]
