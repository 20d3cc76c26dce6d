"""The pages of groups: all that wait, and one with what differs from voice to voice. Decisions go the way of the bench:
each voice gets its own line in the trail, and one button takes all of them back."""

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from parvis.core.pagination import BadCursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import queries
from parvis.domains.voices.contracts import Burst, BurstMember, VoiceState
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame, labels, moderation

PAGE = 20
SHOWN = 100
_COMPARED = 250  # words


@require_GET
@requires(Permission.VOICES_VIEW)
def groups(request: HttpRequest) -> HttpResponse:
    """GET ?all=yes&cursor= : the groups with voices that wait, or all of them."""
    every, cursor = request.GET.get("all") == "yes", request.GET.get("cursor") or None
    try:
        found = queries.bursts(waiting=not every, cursor=cursor, limit=PAGE)
    except BadCursor:
        found, cursor = queries.bursts(waiting=not every, limit=PAGE), None
    masked = not frame.staff_of(request).may(Permission.VOICES_MODERATE)
    context = {
        "heading": _("The same words from several people"),
        "groups": [{"group": each, **_facts(each), "text": _words(each.members[0], masked)} for each in found.items],
        "every": every,
        **frame.pages(request, found.next, paged=cursor is not None),
    }
    return frame.page(request, "studio/groups/groups.html", context, room="moderation")


@require_GET
@requires(Permission.VOICES_VIEW)
def group(request: HttpRequest, burst_id: int) -> HttpResponse:
    """GET: one group, the earliest voice first, what differs from it marked in the others."""
    found = queries.burst(burst_id, limit=SHOWN)
    staff = frame.staff_of(request)
    moderator = staff.may(Permission.VOICES_MODERATE)
    products = catalog.products(
        {each.voice.product_id for each in found.members if each.voice.product_id}, locale=frame.locale()
    )
    first = _words(found.members[0], not moderator) if found.members else ""
    context = {
        "heading": _("The same words from several people"),
        "group": found,
        **_facts(found),
        "rows": [_row(each, first, products, masked=not moderator) for each in found.members],
        "hidden": found.total - len(found.members),
        "here": reverse("studio:group", args=[burst_id]),
        "undo": moderation.last_decision(request) if moderator else None,
        "refusals": [(reason.value, labels.REASONS[reason]) for reason in labels.TO_REFUSE],
    }
    return frame.page(request, "studio/groups/group.html", context, room="moderation")


def _facts(found: Burst) -> dict[str, str]:
    people = ngettext("%(n)s author", "%(n)s authors", found.authors) % {"n": marks.number(found.authors)}
    voices = ngettext("%(n)s voice", "%(n)s voices", found.total) % {"n": marks.number(found.total)}
    return {"people": people, "voices": voices, "span": _span((found.last_at - found.first_at).total_seconds())}


def _span(seconds: float) -> str:
    """ "within 40 minutes"."""
    minutes = max(1, round(seconds / 60))
    if minutes < 120:
        return ngettext("within %(n)s minute", "within %(n)s minutes", minutes) % {"n": marks.number(minutes)}
    hours = round(minutes / 60)
    return ngettext("within %(n)s hour", "within %(n)s hours", hours) % {"n": marks.number(hours)}


def _words(member: BurstMember, masked: bool) -> str:
    """The words of a voice; with personal data masked for those who do not decide."""
    voice = member.voice
    title = voice.title if masked or voice.original_title is None else voice.original_title
    text = voice.text if masked or voice.original_text is None else voice.original_text
    return f"{title}\n{text}".strip()


def _row(member: BurstMember, first: str, products: Mapping[int, Any], *, masked: bool) -> dict[str, Any]:
    voice = member.voice
    return {
        "voice": voice,
        "seen": f"{voice.id}:{member.decision_id or ''}",
        "waits": voice.state is VoiceState.HELD,
        "alike": marks.percent(member.alike),
        "product": products.get(voice.product_id or 0),
        "parts": different(first, _words(member, masked)),
    }


def different(first: str, other: str) -> list[tuple[str, bool]]:
    """``other`` in pieces, each with whether it says something else than ``first`` in its place."""
    one, two = first.split(), other.split()
    if max(len(one), len(two)) > _COMPARED:
        return [(other, False)]
    steps = SequenceMatcher(a=one, b=two, autojunk=False).get_opcodes()
    return [(" ".join(two[start:end]), tag != "equal") for tag, _a, _b, start, end in steps if end > start]
