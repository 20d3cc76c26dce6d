from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "parvis.interfaces.studio"
    label = "studio"
