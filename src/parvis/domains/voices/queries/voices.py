"""Voices by id, product, author; and the stream that rebuilds what is derived from them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.core import signing
from django.db import connection
from django.db.models import Avg, Count, Q

from parvis.core.errors import NotFound
from parvis.domains.voices import models
from parvis.domains.voices.contracts import (
    AuthorRole,
    Origin,
    QuestionThread,
    Reading,
    VideoState,
    Voice,
    VoiceKind,
    VoiceState,
)
from parvis.domains.voices.queries import shape

_PUBLIC = VoiceState.PUBLISHED.value


def voice(voice_id: int, *, original: bool = False) -> Voice:
    """One voice in any state; ``original`` adds its unmasked words, for the team. Raises NotFound."""
    found = shape.load(models.Voice.objects.filter(id=voice_id), original=original)
    if not found:
        raise NotFound(kind="voice", key=voice_id)
    return found[0]


def voice_by_origin(origin: Origin, origin_ref: str) -> Voice:
    """The voice that came in under this reference. Raises NotFound."""
    found = shape.load(models.Voice.objects.filter(origin=origin, origin_ref=origin_ref))
    if not found:
        raise NotFound(kind="voice", key=origin_ref)
    return found[0]


def voices(ids: Iterable[int], *, original: bool = False, withheld: bool = False) -> dict[int, Voice]:
    """Voices by id, in any state; unknown ids are absent. ``withheld``: with the photos and videos that our pages do
    not show, for who asks for their rights. Two statements."""
    rows = models.Voice.objects.filter(id__in=list(ids))
    return {found.id: found for found in shape.load(rows, original=original, withheld=withheld)}


def published_for(
    product_id: int, *, kinds: Sequence[VoiceKind] = (VoiceKind.REVIEW,), limit: int | None = None, offset: int = 0
) -> tuple[Voice, ...]:
    """Public voices of a product, the latest said first. Two statements."""
    rows = models.Voice.objects.filter(product_id=product_id, kind__in=kinds, state=_PUBLIC)
    end = None if limit is None else offset + limit
    return tuple(shape.load(rows.order_by("-submitted_at", "-id")[offset:end]))


def published_after(voice_id: int = 0, *, limit: int = 2000) -> tuple[Voice, ...]:
    """The next public voices of any kind with a greater id, in order of id: for rebuilding what is derived."""
    return tuple(shape.load(models.Voice.objects.filter(state=_PUBLIC, id__gt=voice_id).order_by("id")[:limit]))


def stream_published(*, batch: int = 2000) -> Iterator[tuple[Voice, ...]]:
    """All public voices in batches, in order of id; memory stays that of one batch."""
    last = 0
    while found := published_after(last, limit=batch):
        yield found
        last = found[-1].id


def count_published(*, kinds: Sequence[VoiceKind] = tuple(VoiceKind)) -> int:
    """How many voices are public."""
    return models.Voice.objects.filter(state=_PUBLIC, kind__in=kinds).count()


def readings(ids: Iterable[int]) -> dict[int, Reading]:
    """Readings by voice id; voices not read yet are absent."""
    return shape.readings_of(ids)


def reviews_of(product_id: int | None) -> Q:
    """The reviews of a product; of the shop itself for None."""
    if product_id is not None:
        return Q(kind=VoiceKind.REVIEW, product_id=product_id)
    return Q(kind=VoiceKind.COMMENT, product__isnull=True, parent__isnull=True, stars__isnull=False)


def own_review(*, customer_id: int, product_id: int | None) -> Voice | None:
    """The latest review of a product (None: of the shop) that a person wrote in this shop, public or waiting, in their
    own words; None without one. Two statements."""
    rows = models.Voice.objects.filter(
        reviews_of(product_id),
        customer_id=customer_id,
        origin=Origin.STOREFRONT,
        state__in=(VoiceState.PUBLISHED, VoiceState.HELD),
    )
    found = shape.load(rows.order_by("-id")[:1], original=True)
    return found[0] if found else None


_FINGERPRINT = """
SELECT concat_ws('|', count(*), max(id), max(decided_at), sum(votes_up), sum(votes_down)),
  (SELECT string_agg(concat_ws(':', vote.voice_id, vote.value), ',' ORDER BY vote.voice_id)
   FROM voices_vote vote JOIN voices_voice about ON about.id = vote.voice_id
   WHERE about.product_id = %s AND vote.voter = %s),
  (SELECT concat_ws(':', count(*), max(video.ready_at), max(video.approved_at), count(*) FILTER (WHERE video.hidden))
   FROM voices_video video JOIN voices_voice about ON about.id = video.voice_id
   WHERE about.product_id = %s AND about.state = 'published'),
  (SELECT string_agg(photo.id::text, ',' ORDER BY photo.id)
   FROM voices_media photo JOIN voices_voice about ON about.id = photo.voice_id
   WHERE photo.hidden AND about.product_id = %s)
FROM voices_voice WHERE product_id = %s AND state = 'published'
"""


def fingerprint(product_id: int, *, voter: str) -> tuple[str, dict[int, int]]:
    """A text that changes with the public voices of a product and their votes, and how ``voter`` voted on them (+1 or
    -1 by voice). One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT, [product_id, voter, product_id, product_id, product_id])
        said, votes, videos, hidden = cursor.fetchone()
    pairs = (vote.split(":") for vote in (votes or "").split(",") if vote)
    return f"{said}|{videos}|{hidden or ''}", {int(voice_id): int(value) for voice_id, value in pairs}


def public_among(ids: Iterable[int]) -> set[int]:
    """Those of ``ids`` that are public right now. One statement."""
    wanted = list(ids)
    rows = models.Voice.objects.filter(id__in=wanted, state=_PUBLIC) if wanted else models.Voice.objects.none()
    return set(rows.values_list("id", flat=True))


def answers_to(question_ids: Iterable[int]) -> set[int]:
    """Ids of the public answers to these questions. One statement."""
    rows = models.Voice.objects.filter(parent_id__in=list(question_ids), kind=VoiceKind.ANSWER, state=_PUBLIC)
    return set(rows.values_list("id", flat=True))


def rating_counts(product_ids: Iterable[int]) -> dict[int, tuple[int, int, int, int, int]]:
    """Public reviews of each product by stars, 1 to 5; products without any are absent. One statement."""
    rows = models.Voice.objects.filter(
        product_id__in=list(product_ids), kind=VoiceKind.REVIEW, state=_PUBLIC, stars__isnull=False
    )
    counts: dict[int, list[int]] = {}
    for product_id, stars, count in rows.values_list("product_id", "stars").annotate(Count("id")).order_by():
        counts.setdefault(int(product_id or 0), [0] * 5)[int(stars or 1) - 1] = count
    return {product_id: (row[0], row[1], row[2], row[3], row[4]) for product_id, row in counts.items()}


def average_stars() -> float | None:
    """Mean of all public reviews' stars, or None when there are none."""
    rows = models.Voice.objects.filter(kind=VoiceKind.REVIEW, state=_PUBLIC)
    mean = rows.aggregate(mean=Avg("stars"))["mean"]
    return None if mean is None else float(mean)


def questions_for(product_id: int, *, locale: str | None = None, limit: int = 50) -> tuple[QuestionThread, ...]:
    """Public questions of a product with their public answers: those in ``locale`` first, then the most voted, then
    the latest. Answers: the brand's, owners', then others by votes; without photos. Two statements."""
    asked = models.Voice.objects.filter(product_id=product_id, kind=VoiceKind.QUESTION, state=_PUBLIC)
    questions = shape.load(asked.order_by("-votes_up", "-submitted_at", "-id")[:limit], photos=False)
    questions.sort(key=lambda question: locale is not None and question.language != locale)  # stable
    replies = models.Voice.objects.filter(
        parent_id__in=[question.id for question in questions], kind=VoiceKind.ANSWER, state=_PUBLIC
    )
    answers: dict[int, list[Voice]] = {}
    given = shape.load(replies.order_by("id"), photos=False) if questions else []
    for answer in sorted(given, key=answer_rank):
        answers.setdefault(answer.parent_id or 0, []).append(answer)
    return tuple(
        QuestionThread(question=question, answers=tuple(answers.get(question.id, ()))) for question in questions
    )


def answered_questions(
    product_ids: Iterable[int], *, locale: str, each: int = 10
) -> dict[int, tuple[QuestionThread, ...]]:
    """Public questions in ``locale`` with a public answer, and their answers in rank, by product: at most ``each``
    a product, the most voted first. Three statements for any number of products; for feeds."""
    answers: dict[int, list[Voice]] = {}
    given = models.Voice.objects.filter(
        product_id__in=list(product_ids), kind=VoiceKind.ANSWER, state=_PUBLIC, parent__state=_PUBLIC
    )
    for answer in sorted(shape.load(given.order_by("id"), photos=False), key=answer_rank):
        answers.setdefault(answer.parent_id or 0, []).append(answer)
    asked = models.Voice.objects.filter(id__in=answers, kind=VoiceKind.QUESTION, language=locale)
    found: dict[int, tuple[QuestionThread, ...]] = {}
    for question in shape.load(asked.order_by("-votes_up", "-submitted_at", "-id"), photos=False):
        known = found.get(question.product_id or 0, ())
        if len(known) < each:
            thread = QuestionThread(question=question, answers=tuple(answers[question.id]))
            found[question.product_id or 0] = (*known, thread)
    return found


def filmed(product_ids: Iterable[int]) -> dict[int, tuple[Voice, ...]]:
    """Public reviews with a video that everybody may see, the latest first, by product. Two statements."""
    rows = models.Voice.objects.filter(
        product_id__in=list(product_ids), kind=VoiceKind.REVIEW, state=_PUBLIC, video__state=VideoState.READY
    )
    found: dict[int, tuple[Voice, ...]] = {}
    for voice in shape.load(rows.order_by("-id"), photos=False):
        if voice.video is not None and voice.video.shown and voice.product_id is not None:
            found[voice.product_id] = (*found.get(voice.product_id, ()), voice)
    return found


def pages_of_questions(question_id: int = 0, *, limit: int = 2000) -> tuple[tuple[int, int, datetime], ...]:
    """The next public questions of products by id: (question, product, when it or its latest answer was published), for
    the site map. One statement."""
    statement = """
        SELECT q.id, q.product_id, greatest(coalesce(q.published_at, q.submitted_at), max(a.published_at))
        FROM voices_voice q
        LEFT JOIN voices_voice a ON a.parent_id = q.id AND a.kind = 'answer' AND a.state = %(public)s
        WHERE q.kind = 'question' AND q.state = %(public)s AND q.product_id IS NOT NULL AND q.id > %(after)s
        GROUP BY q.id ORDER BY q.id LIMIT %(limit)s"""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"public": _PUBLIC, "after": question_id, "limit": limit})
        return tuple(cursor.fetchall())


def question_thread(question_id: int) -> QuestionThread | None:
    """One public question with its public answers, the brand's first; None when it is not public. Two statements."""
    asked = models.Voice.objects.filter(pk=question_id, kind=VoiceKind.QUESTION, state=_PUBLIC)
    found = shape.load(asked, photos=False)
    if not found:
        return None
    replies = models.Voice.objects.filter(parent_id=question_id, kind=VoiceKind.ANSWER, state=_PUBLIC)
    answers = sorted(shape.load(replies.order_by("id"), photos=False), key=answer_rank)
    return QuestionThread(question=found[0], answers=tuple(answers))


_ROLE_RANK = {AuthorRole.BRAND: 0, AuthorRole.OWNER: 1, AuthorRole.SHOPPER: 2}


def answer_rank(answer: Voice) -> tuple[int, int, int]:
    """Order of answers: the brand's, owners', then others by votes."""
    return (_ROLE_RANK[answer.author_role], answer.votes_down - answer.votes_up, answer.id)


def by_customer(customer_id: int) -> tuple[Voice, ...]:
    """Everything a customer said, in any state, the latest first, for that customer's own account."""
    return tuple(shape.load(models.Voice.objects.filter(customer_id=customer_id).order_by("-id"), original=True))


# -- the author's own page ------------------------------------------------------------------------------------

_SIGNER = signing.Signer(salt="voices.author", sep=".")


def author_token(voice_id: int) -> str:
    """The token of a link with which the author sees and withdraws the own voice; it does not expire."""
    return _SIGNER.sign(str(voice_id))


def by_author_token(token: str) -> Voice:
    """The voice of an author's link. Raises NotFound for a token that we did not sign."""
    try:
        voice_id = int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(kind="voice", key="this link") from error
    return voice(voice_id, original=True)


# -- small reads ----------------------------------------------------------------------------------------------


def votes_of(voter: str, voice_ids: Iterable[int]) -> dict[int, int]:
    """How ``voter`` voted on these voices: +1 or -1; others are absent."""
    rows = models.Vote.objects.filter(voter=voter, voice_id__in=list(voice_ids))
    return dict(rows.values_list("voice_id", "value"))


def media_owner(path: str) -> tuple[int, VoiceState] | None:
    """The voice that a stored file belongs to (a photo, large or small; a video, its poster, its captions), and the
    voice's state: that of a video that nobody has seen yet is held, whatever its voice's, and so is what may be shown
    nowhere."""
    video = models.Video.objects.filter(
        Q(path=path) | Q(poster=path) | Q(thumb=path) | Q(captions=path), state=VideoState.READY
    )
    columns = ("voice_id", "voice__state", "voice__decided_at", "ready_at", "approved_at", "closed")
    found = video.values_list(*columns).first()
    if found is not None:
        voice_id, state, decided_at, ready_at, approved_at, closed = found
        seen = ready_at is not None and (approved_at is not None or (decided_at is not None and decided_at >= ready_at))
        return voice_id, VoiceState(state) if seen and not closed else VoiceState.HELD
    row = (
        (models.Media.objects.filter(path=path) | models.Media.objects.filter(thumb=path))
        .values_list("voice_id", "voice__state", "closed")
        .first()
    )
    return None if row is None else (row[0], VoiceState.HELD if row[2] else VoiceState(row[1]))


def with_media_from_elsewhere(voice_ids: Iterable[int]) -> set[int]:
    """Those of the voices that were first published elsewhere and hold a photo or video. One statement."""
    rows = models.Voice.objects.filter(id__in=list(voice_ids)).exclude(syndicated_from="")
    return set(rows.filter(Q(media__isnull=False) | Q(video__isnull=False)).values_list("id", flat=True))
