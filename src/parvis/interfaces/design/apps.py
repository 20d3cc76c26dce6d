from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesignConfig(AppConfig):
    """The design system: tokens, components, charts, drawings. It knows no domain."""

    name = "parvis.interfaces.design"
    label = "design"
    verbose_name = _("Design")
