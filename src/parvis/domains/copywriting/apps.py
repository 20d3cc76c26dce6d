from django.apps import AppConfig


class CopywritingConfig(AppConfig):
    name = "parvis.domains.copywriting"
    label = "copywriting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from parvis.domains.copywriting import handlers

        handlers.register()
