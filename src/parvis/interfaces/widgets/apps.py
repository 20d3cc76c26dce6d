from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WidgetsConfig(AppConfig):
    """Proof on other sites and in mails: composes the domains, holds no rule."""

    name = "parvis.interfaces.widgets"
    label = "widgets"
    verbose_name = _("Widgets")
