from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "parvis.domains.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from parvis.domains.messaging import handlers

        handlers.register()
