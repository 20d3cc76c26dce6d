from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "parvis.interfaces.accounts"
    label = "accounts"
