"""Groups of voices with nearly the same words, for who decides about all of them at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db import connection

from parvis.core.errors import NotFound
from parvis.core.numbers import whole
from parvis.core.pagination import Page, decode_cursor, encode_cursor
from parvis.domains.voices import models
from parvis.domains.voices.contracts import Burst, BurstMember
from parvis.domains.voices.queries import shape, trail

_GROUPS = """
SELECT burst.id, burst.opened_at, count(*), count(*) FILTER (WHERE voice.state = 'held'),
       count(*) FILTER (WHERE voice.state = 'published'),
       count(DISTINCT coalesce('c' || voice.customer_id, 'n' || lower(voice.author_name))),
       min(voice.submitted_at), max(voice.submitted_at)
FROM voices_burst burst JOIN voices_burstmember member ON member.burst_id = burst.id
     JOIN voices_voice voice ON voice.id = member.voice_id
WHERE {which}
GROUP BY burst.id
ORDER BY burst.id DESC LIMIT %(limit)s
"""
_WAITING = """burst.id < %(before)s AND burst.id IN (
    SELECT held.burst_id FROM voices_burstmember held JOIN voices_voice waits ON waits.id = held.voice_id
    WHERE waits.state = 'held')"""
_ALL = "burst.id < %(before)s"
_ONE = "burst.id = %(id)s"
_LAST = 2**62
SHOWN = 3


def bursts(*, waiting: bool = True, cursor: str | None = None, limit: int = 20) -> Page[Burst]:
    """Groups, the newest first, each with its first few members: those with voices that wait, or all. Raises
    BadCursor. At most six statements."""
    before = _LAST
    if cursor:
        (last,) = decode_cursor(cursor, length=1)
        before = whole(str(last)) or _LAST
    found = _groups(_WAITING if waiting else _ALL, {"before": before, "limit": limit + 1})
    more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    found = found[:limit]
    members = _members([group.id for group in found], most=SHOWN)
    return Page(items=tuple(_with(group, members.get(group.id, ())) for group in found), next=more)


def burst(burst_id: int, *, limit: int = 200) -> Burst:
    """One group with its members: those that wait first, then the earliest. Raises NotFound."""
    found = _groups(_ONE, {"id": burst_id, "limit": 1})
    if not found:
        raise NotFound(kind="burst", key=burst_id)
    return _with(found[0], _members([burst_id], most=limit).get(burst_id, ()))


def bursts_of(voice_ids: Iterable[int]) -> Mapping[int, tuple[int, int]]:
    """(burst, voices in it) of each of these voices that is in one. One statement."""
    ids = list(voice_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mine.voice_id, mine.burst_id, count(*) FROM voices_burstmember mine"
            " JOIN voices_burstmember other ON other.burst_id = mine.burst_id"
            " WHERE mine.voice_id = ANY(%s) GROUP BY 1, 2",
            [ids],
        )
        return {voice: (burst_id, count) for voice, burst_id, count in cursor.fetchall()}


def _groups(which: str, given: Mapping[str, int]) -> list[Burst]:
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS.format(which=which), dict(given))
        rows = cursor.fetchall()
    names = ("id", "opened_at", "total", "waiting", "public", "authors", "first_at", "last_at")
    return [Burst(**dict(zip(names, row, strict=True))) for row in rows]


_FIRST = """
SELECT burst_id, voice_id, alike FROM (
    SELECT member.burst_id, member.voice_id, member.alike,
           row_number() OVER (
               PARTITION BY member.burst_id ORDER BY voice.state <> 'held', voice.submitted_at, voice.id) AS place
    FROM voices_burstmember member JOIN voices_voice voice ON voice.id = member.voice_id
    WHERE member.burst_id = ANY(%s)) AS ordered
WHERE place <= %s ORDER BY burst_id, place
"""


def _members(burst_ids: Sequence[int], *, most: int) -> dict[int, tuple[BurstMember, ...]]:
    if not burst_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [list(burst_ids), most])
        rows = cursor.fetchall()
    ids = [voice_id for _, voice_id, _ in rows]
    voices = {voice.id: voice for voice in shape.load(models.Voice.objects.filter(id__in=ids), original=True)}
    latest = trail.latest_of(ids)
    found: dict[int, list[BurstMember]] = {}
    for burst_id, voice_id, alike in rows:
        last = latest.get(voice_id)
        one = BurstMember(voice=voices[voice_id], alike=alike, decision_id=last.id if last else None)
        found.setdefault(burst_id, []).append(one)
    return {burst_id: tuple(each) for burst_id, each in found.items()}


def _with(group: Burst, members: Sequence[BurstMember]) -> Burst:
    return replace(group, members=tuple(members))
