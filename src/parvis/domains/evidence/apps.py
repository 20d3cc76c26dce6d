from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "parvis.domains.evidence"
    label = "evidence"

    def ready(self) -> None:
        from parvis.domains.evidence import handlers

        handlers.register()
