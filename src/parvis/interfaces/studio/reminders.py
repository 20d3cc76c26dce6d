"""Carts that were left: who agreed to a reminder, and what came of it."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from parvis.core.clock import now
from parvis.domains.checkout import queries
from parvis.domains.checkout.contracts import ReminderConsent, ReminderState
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame

DAYS = 30
_STATES = {
    ReminderState.WAITING: gettext_lazy("waiting"),
    ReminderState.DONE: gettext_lazy("all sent"),
    ReminderState.BOUGHT: gettext_lazy("bought"),
    ReminderState.DROPPED: gettext_lazy("not needed"),
    ReminderState.STOPPED: gettext_lazy("ended by the reader"),
}
_WHY = {
    ReminderConsent.BOX: gettext_lazy("asked for at the checkout"),
    ReminderConsent.MARKETING: gettext_lazy("agreed to news and offers"),
}


@require_GET
@requires(Permission.ORDERS_VIEW)
def reminders(request: HttpRequest) -> HttpResponse:
    """GET: figures of the last 30 days and the newest reminders, without an address."""
    at = now()
    figures = queries.reminder_figures(since=at - timedelta(days=DAYS), until=at)
    context = {
        "heading": _("Cart reminders"),
        "figures": figures,
        "back_share": figures.back / figures.sent if figures.sent else None,
        "bought_share": figures.bought / figures.sent if figures.sent else None,
        "rows": [(row, _WHY[row.consent], _STATES[row.state]) for row in queries.reminder_rows()],
        "days": DAYS,
    }
    return frame.page(request, "studio/reminders.html", context, room="orders")
