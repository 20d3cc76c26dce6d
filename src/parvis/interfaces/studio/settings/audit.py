"""The trail: who did what, and when. Nobody can change it, the database sees to that."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from parvis.core.numbers import whole
from parvis.core.pagination import BadCursor
from parvis.domains.people import queries
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame
from parvis.interfaces.studio import settings as rooms
from parvis.interfaces.studio.audit_words import AUDIT

PAGE = 50


@require_GET
@requires(Permission.SETTINGS_EDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """GET ?who=&what=&cursor= : the trail, newest first."""
    who, what, cursor = (request.GET.get(name, "") for name in ("who", "what", "cursor"))
    actor_id = whole(who)
    verb = what if what in AUDIT else ""
    try:
        found = queries.audit_log(actor_id=actor_id, verb=verb, cursor=cursor or None, limit=PAGE)
    except BadCursor:
        found, cursor = queries.audit_log(actor_id=actor_id, verb=verb, limit=PAGE), ""
    people = [("", _("Everybody")), *((str(one.account_id), one.name or one.email) for one in queries.all_staff())]
    context = {
        "heading": _("Settings"),
        "entries": found.items,
        **frame.pages(request, found.next, paged=bool(cursor)),
        "people": people,
        "verbs": [("", _("Everything")), *AUDIT.items()],
        "who": who,
        "what": verb,
    }
    return rooms.page(request, "studio/settings/audit.html", context, tab="studio:audit")
