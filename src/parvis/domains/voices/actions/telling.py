"""What is told to people outside: the reasons to the author, the answer to who reported or appealed.

Told a quarter of an hour after the decision, once nobody can take it back with one key any more. Each is written down
first, under a key: killed anywhere and run again, nobody is told twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from parvis.domains.messaging import actions as mail
from parvis.domains.messaging.contracts import MessageState, Purpose
from parvis.domains.people import queries as people
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.contracts import (
    AppealState,
    DecidedBy,
    Outcome,
    Reason,
    ReportState,
    VoiceState,
)

AFTER = timedelta(minutes=15)
BATCH = 200
_NOTE = "messaging/mail/note"
_OWN_WISH = (Reason.ERASURE.value, Reason.AUTHOR_REQUEST.value)


def tell_authors(*, at: datetime, limit: int = BATCH) -> int:
    """Write the statement of reasons of each refusal and withdrawal that stands, and mail it where the author is
    known; on the page of the own voice it can be read in any case. Returns how many."""
    lines = models.Decision.objects.filter(
        outcome__in=(Outcome.REFUSE, Outcome.WITHDRAW), by__in=(DecidedBy.MACHINE, DecidedBy.PERSON), at__lte=at - AFTER
    )
    due = lines.filter(statement__isnull=True, undone_by__isnull=True, undoes__isnull=True).exclude(
        reason__in=_OWN_WISH
    )
    done = 0
    for line in due.select_related("voice", "policy").order_by("id")[:limit]:
        if line.voice.state in {VoiceState.REFUSED, VoiceState.WITHDRAWN}:
            _state_reasons(line, at)
            done += 1
        else:  # decided otherwise since: there is nothing to tell, and nothing to look at again
            _keep(line, "", "superseded", at)
    return done


def _state_reasons(line: models.Decision, at: datetime) -> None:
    policy = rules.from_data(line.policy.settings) if line.policy else queries.policy()
    voice = line.voice
    author = people.customer(voice.customer_id) if voice.customer_id else None
    known = author is not None and not author.erased
    locale = author.locale if author is not None else ("fr" if voice.language == "fr" else "en")
    words = ground_words(policy, Reason(line.reason), locale, line.note)
    with transaction.atomic():
        sent = "page"
        if known and voice.customer_id is not None:
            sent = _mail(
                key=f"voices.reasons:{line.pk}",
                customer_id=voice.customer_id,
                locale=locale,
                url=_own_page(voice.pk, locale),
                write=lambda: _reasons(line, words, policy),
                at=at,
            )
        _keep(line, words, sent, at, locale=locale)


def ground_words(policy: rules.Policy, reason: Reason, locale: str, note: str = "") -> str:
    """The words of a ground in the policy's own version; with "another reason" come those of the team."""
    chosen = policy.grounds.get(reason) or policy.grounds[Reason.OTHER]
    words = chosen.get(locale) or chosen["en"]
    return f"{words}\n{note}".strip() if reason is Reason.OTHER and note else words


def _keep(line: models.Decision, words: str, sent: str, at: datetime, *, locale: str = "en") -> None:
    models.Statement.objects.bulk_create(
        [
            models.Statement(
                decision=line,
                voice_id=line.voice_id,
                locale=locale,
                ground=line.reason,
                words=words,
                automated=line.by == DecidedBy.MACHINE,
                sent=sent,
                at=at,
            )
        ],
        ignore_conflicts=True,
    )


Written = tuple[str, list[str], str]
"""Subject, paragraphs, words of the button."""


def _reasons(line: models.Decision, words: str, policy: rules.Policy) -> Written:
    by = (
        gettext("The decision was taken by our programs, without a person. It was checked against our published rules.")
        if line.by == DecidedBy.MACHINE
        else gettext("The decision was taken by a person of our team.")
    )
    contest = gettext(
        "If you think that this is wrong, contest it from the page below within %(days)d days: a person who did not "
        "take the decision will look at it, free of charge. You may also go to a dispute settlement body or to court."
    ) % {"days": policy.appeal_days}
    happened = (
        gettext("What you wrote was not published.")
        if line.outcome == Outcome.REFUSE
        else gettext("What you wrote is no longer shown.")
    )
    return gettext("About what you wrote"), [happened, words, by, contest], gettext("See it and contest the decision")


def tell_reporters(*, at: datetime, limit: int = BATCH) -> int:
    """Mail the answer to who reported, where an address was left. Returns how many were closed."""
    answered = models.Report.objects.filter(told_at__isnull=True, answered_at__lte=at - AFTER)
    done = 0
    for report in answered.exclude(state=ReportState.OPEN).order_by("id")[:limit]:
        with transaction.atomic():
            if report.email:
                _mail(
                    key=f"voices.report:{report.pk}:answer",
                    email=report.email,
                    locale=report.locale,
                    url=f"{settings.PUBLIC_URL}/{report.locale}/report/receipt/{queries.report_token(report.pk)}/",
                    write=partial(_answer_to_reporter, report.state),
                    at=at,
                )
            models.Report.objects.filter(pk=report.pk).update(told_at=at)
        done += 1
    return done


def acknowledge(report_id: int, *, at: datetime) -> None:
    """Mail the receipt of a report at once, where an address was left."""
    report = models.Report.objects.filter(pk=report_id).exclude(email="").first()
    if report is None:
        return
    _mail(
        key=f"voices.report:{report.pk}:receipt",
        email=report.email,
        locale=report.locale,
        url=f"{settings.PUBLIC_URL}/{report.locale}/report/receipt/{queries.report_token(report.pk)}/",
        write=lambda: (
            gettext("We have received your report"),
            [
                gettext("Your report number %(number)d has arrived. A person will look at it.") % {"number": report.pk},
                gettext("You will get our decision here by e-mail; its state can be seen at any time."),
            ],
            gettext("See the state of the report"),
        ),
        at=at,
    )


def _answer_to_reporter(state: str) -> Written:
    said = (
        gettext("A person has looked at what you reported: it is no longer shown.")
        if state == ReportState.REMOVED
        else gettext(
            "A person has looked at what you reported: it stays, since it breaks neither the law nor our rules."
        )
    )
    more = gettext("If you think that this is wrong, answer to us, go to a dispute settlement body, or to court.")
    return gettext("Our decision about your report"), [said, more], gettext("See the decision")


def tell_appeals(*, at: datetime, limit: int = BATCH) -> int:
    """Mail the answer to the author who contested. Returns how many were closed."""
    answered = models.Appeal.objects.filter(told_at__isnull=True, answered_at__lte=at - AFTER)
    done = 0
    for appeal in answered.exclude(state=AppealState.OPEN).select_related("voice").order_by("id")[:limit]:
        author = people.customer(appeal.voice.customer_id) if appeal.voice.customer_id else None
        with transaction.atomic():
            if author is not None and not author.erased and appeal.state != AppealState.LAPSED:
                _mail(
                    key=f"voices.appeal:{appeal.pk}",
                    customer_id=author.id,
                    locale=author.locale,
                    url=_own_page(appeal.voice_id, author.locale),
                    write=partial(_answer_to_author, appeal),
                    at=at,
                )
            models.Appeal.objects.filter(pk=appeal.pk).update(told_at=at)
        done += 1
    return done


def _answer_to_author(appeal: models.Appeal) -> Written:
    said = (
        gettext("You were right to contest: what you wrote is public.")
        if appeal.state == AppealState.REVERSED
        else gettext("Another person of our team has looked again: the decision stands.")
    )
    return gettext("Our answer to your appeal"), [said, *([appeal.answer] if appeal.answer else [])], gettext("See it")


def _own_page(voice_id: int, locale: str) -> str:
    return f"{settings.PUBLIC_URL}/{'fr' if locale == 'fr' else 'en'}/my-review/{queries.author_token(voice_id)}/"


def tell_of_own(
    *, key: str, voice_id: int, customer_id: int, locale: str, write: Callable[[], Written], at: datetime
) -> None:
    """Mail the author of a voice the way to its own page."""
    _mail(key=key, customer_id=customer_id, locale=locale, url=_own_page(voice_id, locale), write=write, at=at)


def _mail(
    *,
    key: str,
    locale: str,
    url: str,
    write: Callable[[], Written],
    at: datetime,
    customer_id: int | None = None,
    email: str = "",
) -> str:
    """Hand a note over to be sent; how it went: "mail", or "page" when the reader gets none."""
    with override(locale):
        subject, paragraphs, action = write()
        greeting = gettext("Hello,")
    queued = mail.send(
        key=key,
        template=_NOTE,
        purpose=Purpose.SERVICE,
        to_customer_id=customer_id,
        to_email=email,
        locale=locale,
        context={
            "subject": subject,
            "greeting": greeting,
            "paragraphs": paragraphs,
            "url": url,
            "action": action,
        },
        at=at,
    )
    return "page" if queued.state is MessageState.SUPPRESSED else "mail"
