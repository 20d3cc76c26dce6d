from django.apps import AppConfig


class StripeConfig(AppConfig):
    name = "parvis.connectors.stripe"
    label = "stripe"
