"""Addresses of the site that tools lead to."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override


def continue_url(token: str, language: str) -> str:
    """Where the shopper goes on with a checkout: our page, with everything kept."""
    with override(language):
        return f"{settings.PUBLIC_URL}{reverse('storefront:continue', kwargs={'token': token})}"
