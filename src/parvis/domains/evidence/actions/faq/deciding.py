"""People decide what stands on the page. Every change is a version with its author."""

from datetime import datetime

from django.db import transaction

from parvis.core.errors import NotFound
from parvis.domains.evidence import queries, rules
from parvis.domains.evidence.actions.faq import composing
from parvis.domains.evidence.actions.faq.proposing import keep_version, put_supports, write_proposal
from parvis.domains.evidence.contracts import (
    FaqChanged,
    FaqReason,
    FaqState,
    FaqText,
    FaqUnsupported,
)
from parvis.domains.evidence.models import FaqEntry
from parvis.domains.people import actions as people
from parvis.domains.voices import queries as voices


@transaction.atomic
def approve_faq(*, entry_id: int, revision: int, question: str, answer: str, actor_id: int, at: datetime) -> None:
    """Put an entry on the page in these words. Raises FaqChanged when somebody was faster, FaqText for words that are
    missing or too long, FaqUnsupported when no public voice is left under it."""
    entry = _locked(entry_id, revision)
    question, answer = " ".join(question.split()), answer.strip()
    _check("question", question, rules.LONGEST_QUESTION)
    _check("answer", answer, rules.LONGEST_ANSWER)
    left = voices.public_among(entry.supports.values_list("voice_id", flat=True))
    if not left:
        raise FaqUnsupported
    entry.supports.exclude(voice_id__in=left).delete()
    entry.question, entry.answer, entry.supports_at_approval = question, answer, len(left)
    _decide(entry, FaqState.APPROVED, "", actor_id=actor_id, at=at)


def decline_faq(*, entry_id: int, revision: int, actor_id: int, at: datetime) -> None:
    """Say no to a proposal: it does not come back."""
    with transaction.atomic():
        _decide(_locked(entry_id, revision), FaqState.DECLINED, FaqReason.PERSON, actor_id=actor_id, at=at)


def retract_faq(*, entry_id: int, revision: int, actor_id: int, at: datetime) -> None:
    """Take an entry off the page."""
    with transaction.atomic():
        _decide(_locked(entry_id, revision), FaqState.RETRACTED, FaqReason.PERSON, actor_id=actor_id, at=at)


@transaction.atomic
def recompose_faq(*, entry_id: int, revision: int, actor_id: int, at: datetime) -> None:
    """Propose the answer anew from what people say today; it has to be approved again. Raises FaqUnsupported when
    nobody says anything about it."""
    entry = _locked(entry_id, revision)
    draft = _draft(entry, entry.question, entry.locale)
    entry.answer = draft.answer
    put_supports(entry, draft)
    _decide(entry, FaqState.PROPOSED, "", actor_id=actor_id, at=at)


@transaction.atomic
def translate_faq(*, entry_id: int, locale: str, question: str, actor_id: int, at: datetime) -> int:
    """Propose the same need in another language under a question that somebody of the team words; returns the id of
    the entry. Its answer is composed in that language from the same voices' product or category."""
    entry = _found(entry_id)
    question = " ".join(question.split())
    _check("question", question, rules.LONGEST_QUESTION)
    other = FaqEntry.objects.filter(need=entry.need, locale=locale).first()
    if other is not None and other.state == FaqState.APPROVED:
        raise FaqChanged
    draft = _draft(entry, question, locale)
    write_proposal(entry.need, other, locale=locale, question=question, draft=draft, at=at)
    made = FaqEntry.objects.get(need=entry.need, locale=locale)
    _note(made, actor_id=actor_id, at=at)
    return int(made.pk)


def _draft(entry: FaqEntry, question: str, locale: str) -> composing.Draft:
    asked = queries.faq_wordings(entry.need_id)
    draft = composing.compose(
        question,
        locale=locale,
        product_id=entry.need.product_id,
        asked_about=[each.product_id for each in asked if each.product_id is not None],
        asked_ids=composing.same_thing(asked, entry.need.product_id),
    )
    if not draft.supports:
        raise FaqUnsupported
    return draft


def _found(entry_id: int) -> FaqEntry:
    entry = FaqEntry.objects.select_related("need").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(kind="frequent question", key=entry_id)
    return entry


def _locked(entry_id: int, revision: int) -> FaqEntry:
    rows = FaqEntry.objects.select_for_update(of=("self",), no_key=True).select_related("need")
    entry = rows.filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(kind="frequent question", key=entry_id)
    if entry.revision != revision:
        raise FaqChanged
    return entry


def _check(field: str, words: str, most: int) -> None:
    if not words or len(words) > most:
        raise FaqText(field=field, most=most)


def _decide(entry: FaqEntry, state: FaqState, reason: str, *, actor_id: int, at: datetime) -> None:
    entry.state, entry.reason, entry.decided_by = state, reason, actor_id
    entry.revision += 1
    entry.checked_at = entry.changed_at = at
    entry.save()
    keep_version(entry, actor_id=actor_id, at=at)
    _note(entry, actor_id=actor_id, at=at)


def _note(entry: FaqEntry, *, actor_id: int, at: datetime) -> None:
    people.note(
        actor_id=actor_id, verb=f"faq.{entry.state}", subject_kind="faq", subject_id=entry.pk,
        detail={"question": entry.question[:120], "locale": entry.locale}, at=at,
    )  # fmt: skip
