from django.urls import path

from parvis.connectors.stripe import views

app_name = "stripe"
urlpatterns = [path("webhooks/stripe/", views.webhook, name="webhook")]
