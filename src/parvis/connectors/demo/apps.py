from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "parvis.connectors.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
