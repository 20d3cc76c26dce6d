from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StorefrontConfig(AppConfig):
    """What shoppers open: composes the domains, holds no rule."""

    name = "parvis.interfaces.storefront"
    label = "storefront"
    verbose_name = _("Shop")
