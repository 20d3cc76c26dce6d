from django.apps import AppConfig


class AssistantConfig(AppConfig):
    name = "parvis.domains.assistant"
    label = "assistant"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from parvis.domains.assistant import handlers

        handlers.register()
