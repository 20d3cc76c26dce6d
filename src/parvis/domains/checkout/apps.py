from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "parvis.domains.checkout"
    label = "checkout"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from parvis.core import events
        from parvis.domains.checkout import handlers

        for listener in handlers.LISTENERS:
            events.register(listener)
