from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "parvis.domains.checkout"
    label = "checkout"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from parvis.domains.checkout import contracts  # noqa: F401 - declares the events
