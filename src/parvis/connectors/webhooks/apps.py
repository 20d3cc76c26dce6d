from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "parvis.connectors.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from parvis.connectors.webhooks import handlers

        handlers.register()
