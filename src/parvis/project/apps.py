from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "parvis.project"
    label = "project"

    def ready(self) -> None:
        from parvis.project import wiring

        wiring.bind()
