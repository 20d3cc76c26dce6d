from django.apps import AppConfig


class TestPayConfig(AppConfig):
    name = "parvis.connectors.testpay"
    label = "testpay"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from parvis.connectors.testpay import outgoing
        from parvis.core.events import Listener, register

        register(Listener(name="testpay.post", events=(outgoing.WebhookWritten,), handler=outgoing.plan))
