"""Nearly the same words from several people: found as they come in, kept as one group.

Every voice leaves a few numbers behind when it is received (``science.text.sketches``). When it is examined, recent
voices with the same numbers are looked up by index, and the few that share enough are compared word by word. Since the
numbers are there before anybody is examined, the last one of a crowd sees all of it, however many workers share it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from parvis.core import locks
from parvis.core.locks import Lock
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import NewVoice, VoiceState

KEPT_FOR = timedelta(days=8)  # longer than any window
MOST_NEAR = 12  # candidates compared for each voice
_NEIGHBOURS = 24  # voices looked at for each number

_KEEP = """
INSERT INTO voices_sketch (voice_id, key, at)
SELECT id, unnest(keys), at FROM json_to_recordset(%s::json) AS row(id bigint, keys int[], at timestamptz)
ON CONFLICT DO NOTHING
"""
_NEAR = """
SELECT mine.voice_id, near.voice_id, count(*)
FROM voices_sketch mine CROSS JOIN LATERAL (
    SELECT other.voice_id FROM voices_sketch other
    WHERE other.key = mine.key AND other.at BETWEEN mine.at - %(window)s AND mine.at + %(window)s
    ORDER BY other.at DESC LIMIT %(neighbours)s) near
WHERE mine.voice_id = ANY(%(ids)s) AND near.voice_id <> mine.voice_id
GROUP BY 1, 2 HAVING count(*) >= %(shared)s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Groups of copies, and how alike each voice is to the most alike other (0..1)."""

    groups: tuple[tuple[int, ...], ...] = ()
    alike: Mapping[int, float] = field(default_factory=dict)

    def __contains__(self, voice_id: object) -> bool:
        return voice_id in self.alike


def keep_sketches(voices: Sequence[tuple[int, NewVoice]]) -> None:
    """Keep the numbers by which these voices are found. One statement."""
    from parvis.science.text import sketches  # its tables are built on import: not for who only shows a page

    said = [rules.to_sketch(new.title, new.text, new.author_role) for _, new in voices]
    rows = [
        {"id": voice_id, "keys": keys, "at": new.submitted_at.isoformat()}
        for (voice_id, new), keys in zip(voices, sketches.sketches(said), strict=True)
        if keys and new.submitted_at is not None
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [json.dumps(rows)])


def forget_sketches(*, before: datetime) -> int:
    """Delete the numbers of voices sent before then: no window reaches that far. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM voices_sketch WHERE at < %s", [before])
        return int(cursor.rowcount)


def find(voice_ids: Iterable[int], *, policy: rules.Policy) -> Found:
    """The bursts that these voices belong to, others in them included. One statement where nothing is alike, three
    otherwise. Nothing is kept."""
    ids = list(voice_ids)
    if not policy.hold_bursts or not ids:
        return Found()
    near = _near(ids, policy)
    if not near:
        return Found()
    found = models.Voice.objects.filter(id__in={voice for pair in near for voice in pair})
    fields = ("title", "text", "author_role", "customer_id", "author_name")
    said = {row[0]: row[1:] for row in found.exclude(state=VoiceState.WITHDRAWN).values_list("id", *fields)}
    alike = _alike([pair for pair in near if pair[0] in said and pair[1] in said], said)
    if not alike:
        return Found()
    authors = {
        key: rules.author_key(customer_id=customer, name=name)
        for key, (_title, _text, _role, customer, name) in said.items()
    }
    members = models.BurstMember.objects.filter(voice_id__in={voice for pair in alike for voice in pair})
    known = dict(members.values_list("voice_id", "burst_id"))
    groups = rules.groups(alike, authors=authors, known=known, least=policy.burst_authors)
    inside = {voice for group in groups for voice in group}
    best: dict[int, float] = {}
    for pair, score in alike.items():
        for voice in pair:
            if voice in inside:
                best[voice] = max(score, best.get(voice, 0.0))
    return Found(groups=tuple(groups), alike=best)


def _near(ids: Sequence[int], policy: rules.Policy) -> set[tuple[int, int]]:
    """Pairs of voices that share numbers, the lower id first: for each voice the nearest few."""
    from parvis.science.text import sketches

    given: dict[str, Any] = {
        "ids": list(ids),
        "window": timedelta(hours=policy.burst_hours),
        "neighbours": _NEIGHBOURS,
        "shared": sketches.SHARED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, given)
        rows = cursor.fetchall()
    shared: dict[int, list[tuple[int, int]]] = {}
    for mine, other, count in rows:
        shared.setdefault(mine, []).append((-count, other))
    return {(min(mine, other), max(mine, other)) for mine in shared for _, other in sorted(shared[mine])[:MOST_NEAR]}


def _alike(pairs: Sequence[tuple[int, int]], said: Mapping[int, tuple[Any, ...]]) -> dict[tuple[int, int], float]:
    """Those pairs that are one text edited."""
    from parvis.science.text import sketches

    order = sorted({voice for pair in pairs for voice in pair})
    place = {voice: number for number, voice in enumerate(order)}
    texts = [rules.to_sketch(*said[voice][:3]) for voice in order]
    scores = sketches.are_copies(texts, [(place[one], place[two]) for one, two in pairs])
    return {pair: score for pair, score in zip(pairs, scores, strict=True) if score is not None}


# -- keeping groups -------------------------------------------------------------------------------------------


def lock(found: Found) -> None:
    """Take turns in keeping groups, until the end of the transaction. Before any voice is locked: whoever waits here
    must hold nothing that the one before needs."""
    if found.groups:
        locks.hold(Lock.BURSTS)


def keep(found: Found, *, policy_id: int | None, at: datetime) -> None:
    """Write the groups down: a group that touches bursts joins the earliest of them, and brings the others together.
    Repeating it changes nothing. Under :func:`lock`."""
    every = [voice for group in found.groups for voice in group]
    standing = models.Voice.objects.filter(id__in=every).exclude(state=VoiceState.WITHDRAWN) if every else ()
    here = {voice.pk for voice in standing}  # somebody may have asked to be forgotten meanwhile
    for group in found.groups:
        rows = models.BurstMember.objects.filter(voice_id__in=group).values_list("voice_id", "burst_id")
        known = dict(rows)
        new = [voice for voice in group if voice not in known and voice in here]
        bursts = sorted(set(known.values()))
        if not new and len(bursts) == 1:
            continue
        burst_id = bursts[0] if bursts else models.Burst.objects.create(policy_id=policy_id, opened_at=at).pk
        if len(bursts) > 1:
            models.BurstMember.objects.filter(burst_id__in=bursts[1:]).update(burst_id=burst_id)
            models.Burst.objects.filter(id__in=bursts[1:]).delete()
        models.BurstMember.objects.bulk_create(
            [
                models.BurstMember(voice_id=voice, burst_id=burst_id, alike=round(found.alike[voice], 4), joined_at=at)
                for voice in new
            ],
            ignore_conflicts=True,
        )
