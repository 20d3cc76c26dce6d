"""What another policy would have done: the voices of the last days decided again on paper, by the same rules."""

from collections import Counter
from datetime import datetime, timedelta

from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import DecidedBy, Moved, Outcome, Replay
from parvis.domains.voices.queries.cases import cases

MOST = 20_000
SHOWN = 30


def replay(policy: rules.Policy, *, at: datetime, days: int = 30, most: int = MOST) -> Replay:
    """Decide again, without keeping anything, about the voices received in the last ``days``: under ``policy`` and
    under the one in force, with the readings that they have now. Three statements; some 10,000 voices a second."""
    now_in_force = models.Policy.objects.order_by("-version").values_list("settings", flat=True).first()
    before_policy = rules.from_data(now_in_force) if now_in_force else rules.Policy()
    voices = models.Voice.objects.filter(received_at__gte=at - timedelta(days=days), reading__isnull=False)
    rows = cases(voices.order_by("-id"), limit=most + 1)
    cut, rows = len(rows) > most, rows[:most]
    judged = _judged([case.id for case in rows])
    counts: Counter[tuple[Outcome, Outcome]] = Counter()
    moved: list[Moved] = []
    alone, wrong = Counter[bool](), Counter[bool]()
    for case in rows:
        before = rules.verdict(case.reading, case.subject, policy=before_policy)
        after = rules.verdict(case.reading, case.subject, policy=policy)
        counts[before.outcome, after.outcome] += 1
        person = judged.get(case.id)
        for later, verdict in ((False, before), (True, after)):
            if person is not None and verdict.outcome is not Outcome.HOLD:
                alone[later] += 1
                wrong[later] += verdict.outcome is not person
        if before.outcome is not after.outcome and len(moved) < SHOWN:
            moved.append(
                Moved(voice_id=case.id, before=before.outcome, after=after.outcome, reason=after.reason, person=person)
            )
    return Replay(
        days=days,
        total=len(rows),
        counts=dict(counts),
        moved=tuple(moved),
        judged=len(judged),
        alone_before=alone[False],
        alone_after=alone[True],
        wrong_before=wrong[False],
        wrong_after=wrong[True],
        cut=cut,
    )


def _judged(voice_ids: list[int]) -> dict[int, Outcome]:
    """What people last decided about these voices, if they published or refused."""
    lines = models.Decision.objects.filter(
        voice_id__in=voice_ids, by=DecidedBy.PERSON, undoes__isnull=True, undone_by__isnull=True
    ).filter(outcome__in=(Outcome.PUBLISH, Outcome.REFUSE))
    latest = lines.order_by("voice_id", "-id").distinct("voice_id").values_list("voice_id", "outcome")
    return {voice_id: Outcome(outcome) for voice_id, outcome in latest}
