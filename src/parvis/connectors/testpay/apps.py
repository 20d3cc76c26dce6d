from django.apps import AppConfig


class TestPayConfig(AppConfig):
    name = "parvis.connectors.testpay"
    label = "testpay"
    default_auto_field = "django.db.models.BigAutoField"
