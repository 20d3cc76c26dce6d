"""Questions put in private, to the assistant or to the team, count among what people ask."""

from collections.abc import Iterable, Sequence

from parvis.domains.evidence.contracts import Heard
from parvis.domains.evidence.models import FaqHeard
from parvis.science.text import personal

_LONGEST = 600


def hear(asked: Sequence[Heard]) -> None:
    """Keep questions for the next gathering, personal data masked. Hearing one twice keeps it once; one without words
    is passed over. One statement."""
    FaqHeard.objects.bulk_create(
        [
            FaqHeard(
                ref=each.ref[:80], product_id=each.product_id, language=each.language[:8], text=text,
                asked_at=each.asked_at,
            )
            for each in asked
            if (text := _without_person(each.text))
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def unhear(refs: Iterable[str]) -> int:
    """Forget questions whose authors asked to be forgotten; returns how many."""
    return FaqHeard.objects.filter(ref__in=list(refs)).delete()[1].get("evidence.FaqHeard", 0)


def _without_person(text: str) -> str:
    said = " ".join(text.split())[:_LONGEST]
    for start, end, _kind in personal.find(said):
        said = said[:start] + "•" * (end - start) + said[end:]
    return said
