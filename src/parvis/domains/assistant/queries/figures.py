"""How conversations ended, with intervals. Every share names what it is a share of."""

from datetime import datetime

from django.db.models import Count, Max

from parvis.domains.assistant import models
from parvis.domains.assistant.contracts import Asker, Figures, Outcome, Resolution, Share, Unsaid, Word
from parvis.domains.assistant.queries.lists import waiting
from parvis.domains.assistant.rules import grading
from parvis.science.intervals import wilson


def figures(*, since: datetime, until: datetime) -> Figures:
    """Conversations begun in the stretch [since, until) in which something was asked, by how they ended; questions
    among them that nobody has said anything to (of all questions), that the shopper judged (of all), on which the rules
    had said the same (of those judged), from which something went into the cart (of conversations). Four statements."""
    begun = models.Conversation.objects.filter(started_at__gte=since, started_at__lt=until).exclude(resolution="")
    by = dict(begun.values_list("resolution").annotate(n=Count("id")))
    total = sum(by.values())
    turns = models.Turn.objects.filter(conversation__in=begun, asker=Asker.SHOPPER).exclude(outcome=Outcome.GREETED)
    rows = turns.values_list("outcome", "word", "graded").annotate(n=Count("id"))
    counted = [(outcome, word, graded, n) for outcome, word, graded, n in rows]
    asked = sum(n for *_, n in counted)
    worded = [(word, graded, n) for _, word, graded, n in counted if word]
    same = sum(n for word, graded, n in worded if grading.settled(Resolution.NOT, Word(word)).value == graded)
    judged = sum(n for *_, n in worded)
    added = turns.exclude(added_variant=None).values("conversation_id").distinct().count()
    return Figures(
        conversations=total,
        by_resolution={each: _share(by.get(each.value, 0), total) for each in Resolution},
        asked=asked,
        unsaid=_share(sum(n for outcome, _, _, n in counted if outcome == Outcome.UNSAID), asked),
        worded=_share(judged, asked),
        agreement=_share(same, judged),
        added=_share(added, total),
        waiting=waiting(),
    )


def _share(count: int, of: int) -> Share:
    if not of:
        return Share(count=count, share=None, low=None, high=None)
    found = wilson(count, of)
    return Share(count=count, share=found.value, low=found.low, high=found.high)


def unsaid(*, since: datetime, until: datetime, limit: int = 20) -> tuple[Unsaid, ...]:
    """Questions that nobody has said anything to, the most asked first: what to ask owners, or to say oneself."""
    rows = models.Turn.objects.filter(at__gte=since, at__lt=until, outcome=Outcome.UNSAID, asker=Asker.SHOPPER)
    found = rows.values("product_id", "text").annotate(
        times=Count("id"), latest=Max("at"), asked_of_owners=Max("public_voice_id")
    )
    return tuple(
        Unsaid(
            product_id=row["product_id"],
            text=row["text"],
            times=row["times"],
            last_at=row["latest"],
            public_voice_id=row["asked_of_owners"],
        )
        for row in found.order_by("-times", "-latest")[:limit]
    )
