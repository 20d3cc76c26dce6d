from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "parvis.domains.voices"
    label = "voices"
    verbose_name = "Voices"

    def ready(self) -> None:
        from parvis.domains.voices import handlers

        handlers.register()
