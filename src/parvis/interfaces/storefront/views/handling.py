"""How reviews are handled: the public page that review law asks for, made from the policy in force and from figures."""

from math import isfinite
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.voices import queries
from parvis.domains.voices.contracts import Delay
from parvis.domains.voices.web import reason_label
from parvis.interfaces.design import marks
from parvis.interfaces.storefront import structured
from parvis.interfaces.storefront.pages import page
from parvis.interfaces.storefront.reader import locale

DAYS = 90


@require_safe
def reviews_policy(request: HttpRequest) -> HttpResponse:
    """GET: the page, never older than the policy it tells of."""
    at, policy = now(), queries.policy()
    waits = queries.delays(at=at, days=DAYS)
    try:
        version = queries.policy_version()
    except NotFound:  # nothing was ever decided here
        version = None
    context = {
        "policy": policy,
        "version": version,
        "grounds": [
            (reason_label(reason), words.get(locale(), words["en"])) for reason, words in policy.grounds.items()
        ],
        "held_for": _held_for(policy),
        "promise": duration(policy.promise_hours * 3600),
        "days": DAYS,
        "delays": _delays(waits) if waits.all.count else [],
        "alike": waits.alike,
        "quality": queries.decided_alone(at=at, days=DAYS),
        "tolerated": marks.number(policy.tolerated_error * 100, 1),
        "sampled": marks.number(policy.sampled_share * 100, 1),
        "structured": structured.told(gettext("How reviews are handled")),
        "contact": getattr(settings, "CONTACT_EMAIL", ""),
    }
    return page(request, "storefront/handling.html", context)


@require_safe
def old_address(request: HttpRequest) -> HttpResponse:
    """The former address."""
    return redirect("storefront:reviews_policy", permanent=True)


def _held_for(policy: Any) -> list[str]:
    """What always waits for a person, in words."""
    known = (
        (policy.hold_personal_data, gettext("personal data in the text")),
        (policy.hold_links, gettext("a link")),
        (policy.hold_duplicates, gettext("the same words as another review")),
        (policy.hold_bursts, gettext("nearly the same words from several people within a short time")),
        (policy.hold_interest, gettext("words that betray an interest which nothing beside the review tells of")),
        (policy.hold_photos, gettext("a photo that nobody has seen")),
        (True, gettext("stars that say the opposite of the words")),
        (True, gettext("a language that our programs do not read, or characters that nobody can read")),
        (bool(policy.watched_words), gettext("words that our team has chosen to read itself")),
    )
    return [words for holds, words in known if holds]


def _delays(waits: Any) -> list[tuple[str, int, str, str]]:
    rows = (
        (gettext("all"), waits.all),
        (gettext("4 and 5 stars"), waits.favourable),
        (gettext("1 and 2 stars"), waits.unfavourable),
    )
    return [(words, one.count, _told(one.median), _told(one.p95)) for words, one in rows if isinstance(one, Delay)]


def _told(seconds: float) -> str:
    return duration(seconds) if isfinite(seconds) else "—"


def duration(seconds: float) -> str:
    """A time in words: seconds, minutes, hours or days, one unit."""
    if seconds < 90:
        count = round(seconds)
        return ngettext("%(count)d second", "%(count)d seconds", count) % {"count": count}
    if seconds < 90 * 60:
        count = round(seconds / 60)
        return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    if seconds < 48 * 3600:
        count = round(seconds / 3600)
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    count = round(seconds / 86400)
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
