from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "parvis.domains.analytics"
    label = "analytics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from parvis.domains.analytics import handlers

        handlers.register()
