"""When to ask a customer for a review, and what may be promised for it. Pure: times in, times out."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from parvis.core.errors import Invalid
from parvis.domains.voices.contracts import Campaign, InvitationSettings

INVITATION_MAIL = "voices/mail/invitation"
EARLIEST_HOUR, LATEST_HOUR = 8, 20
STALE_AFTER = timedelta(days=30)
"""An invitation that could not be sent for so long is about something half forgotten."""
LINK_KEPT = timedelta(days=180)
OPENED_PATIENCE = timedelta(days=3)
"""Who has opened the form lately is perhaps at it: the reminder waits."""
QUESTION_KEPT = timedelta(days=21)
"""A question is put to owners while it is fresh: later nobody waits for the answer any more."""
OWNER_REST = timedelta(days=30)
"""Between two questions to the same owner."""
REVIEW_PATH = "/%(locale)s/review/%(token)s/"
ANSWER_PATH = "/%(locale)s/answer/%(token)s/"


def delay_of(settings: InvitationSettings, categories: Iterable[str]) -> int:
    """Days from delivery to the invitation: the longest of the products', so that one mail asks about all of them
    when each has been used."""
    return max((settings.delays.get(key, settings.delay_days) for key in categories), default=settings.delay_days)


def first_moment(*, placed_at: datetime, delivered_at: datetime, delay_days: int, zone: str) -> datetime:
    """When to invite: that many days after delivery, at the hour of day at which the customer ordered (an hour at
    which they had time), but never before 8 nor after 20 o'clock on the shop's clock."""
    moment = _at_their_hour(delivered_at + timedelta(days=delay_days), placed_at, zone)
    return moment if moment > delivered_at else moment + timedelta(days=1)


def reminder_moment(*, placed_at: datetime, sent_at: datetime, days: int, zone: str) -> datetime:
    """When to remind: that many days later at the same hour, moved on to a weekend when the invitation came on a
    working day and the other way round. Who had no time on a Tuesday may have on a Saturday."""
    moment = _at_their_hour(sent_at + timedelta(days=days), placed_at, zone)
    while _weekend(moment, zone) == _weekend(sent_at, zone):
        moment = _at_their_hour(moment + timedelta(days=1), placed_at, zone)
    return moment


def _at_their_hour(day: datetime, placed_at: datetime, zone: str) -> datetime:
    clock = ZoneInfo(zone)
    hour = min(max(placed_at.astimezone(clock).hour, EARLIEST_HOUR), LATEST_HOUR)
    local = day.astimezone(clock).replace(hour=hour, minute=0, second=0, microsecond=0)
    return local.astimezone(day.tzinfo)


def _weekend(moment: datetime, zone: str) -> bool:
    return moment.astimezone(ZoneInfo(zone)).weekday() >= 5


def campaign_for(campaigns: Iterable[Campaign], categories: Iterable[str], *, on: date) -> Campaign | None:
    """The campaign in force for an order with products of these categories: the latest begun, then the latest made."""
    wanted = set(categories)
    running = [
        each
        for each in campaigns
        if each.active
        and each.starts_on <= on
        and (each.ends_on is None or on <= each.ends_on)
        and (not each.categories or wanted & set(each.categories))
    ]
    return max(running, key=lambda each: (each.starts_on, each.id), default=None)


def least_proven(counts: Mapping[str, int], candidates: Mapping[str, int]) -> str:
    """Of the aspects that people speak of in this category (``candidates``: aspect -> voices), the one that fewest
    voices of the product speak of; among equals the one that the category speaks of most. "" without candidates."""
    return min(candidates, key=lambda aspect: (counts.get(aspect, 0), -candidates[aspect], aspect), default="")


def asked_as(aspect: str) -> str:
    """The aspect to ask about for one that people speak of: who says "it runs small" speaks of the fit."""
    return "fit_true" if aspect in ("fit_small", "fit_large") else aspect


def first_name(name: str) -> str:
    """How to greet somebody: the first word of the name, or "" when the name looks like no name (a number in it, an
    address, a single letter)."""
    first = name.strip().partition(" ")[0]
    plain = first.replace("-", "").replace("’", "").replace("'", "")
    return first if len(first) > 1 and plain.isalpha() and not any(sign.isdigit() for sign in name) else ""


def check_settings(settings: InvitationSettings) -> None:
    """Raises Invalid naming the first value out of bounds."""
    bounds = {
        "delay_days": (settings.delay_days, 0, 120),
        "reminder_days": (settings.reminder_days, 0, 60),
        "owners_after_hours": (settings.owners_after_hours, 1, 336),
        "owners_each": (settings.owners_each, 1, 10),
        **{f"delays.{key}": (days, 0, 120) for key, days in settings.delays.items()},
    }
    for field, (value, low, high) in bounds.items():
        if not low <= value <= high:
            raise Invalid(field=field, problem=f"give a whole number from {low} to {high}")


def filled(words: str, *, name: str, product: str) -> str:
    """The brand's own words with ``{name}`` and ``{product}`` put in; other braces stay as they are."""
    return words.replace("{name}", name).replace("{product}", product)
