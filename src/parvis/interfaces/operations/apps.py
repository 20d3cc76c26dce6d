from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "parvis.interfaces.operations"
    label = "operations"

    def ready(self) -> None:
        from parvis.interfaces.operations import figures

        figures.register()
