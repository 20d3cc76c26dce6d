from django.urls import path

from parvis.connectors.mail import inbound

app_name = "mail"
urlpatterns = [path("webhooks/mail/", inbound.door, name="door")]
