"""What the installation says of the brand: it comes from the environment; this page shows it and where it lives."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from parvis.domains.checkout import queries as checkout
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import settings as rooms


@require_GET
@requires(Permission.SETTINGS_EDIT)
def brand(request: HttpRequest) -> HttpResponse:
    """GET: brand, money, time, languages, mail, shipping."""
    to_files = settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
    facts = [
        (_("Name"), settings.BRAND, "PARVIS_BRAND"),
        (_("Address"), settings.PUBLIC_URL, "PARVIS_PUBLIC_URL"),
        (_("Currency"), settings.CURRENCY, "PARVIS_CURRENCY"),
        (_("Time zone"), settings.TIME_ZONE, "PARVIS_TIME_ZONE"),
        (_("Sender of mail"), settings.DEFAULT_FROM_EMAIL, "PARVIS_EMAIL_FROM"),
        (_("Mail"), _("written to files, not sent") if to_files else pgettext("mail", "sent"), "PARVIS_EMAIL_URL"),
    ]
    context = {"heading": _("Settings"), "facts": facts, "methods": checkout.shipping_methods()}
    return rooms.page(request, "studio/settings/brand.html", context, tab="studio:settings")
