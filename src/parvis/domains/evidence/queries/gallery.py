"""Photos and videos of public reviews, each cleared for where it is to be shown at the moment it is shown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from parvis.core.days import day_of
from parvis.domains.evidence import rules
from parvis.domains.evidence.contracts import Basis, Channel, MediaRight, MediaRights, Shot
from parvis.domains.evidence.models import MediaRight as Row
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice

_READ = 4  # times as many reviews are read as shots are wanted: rights leave some out
# Reviews with a photo or a video, the most useful first.
_WITH_MEDIA = """
SELECT proof.voice_id FROM evidence_proof AS proof
WHERE (%(everything)s OR proof.product_id = ANY(%(products)s))
  AND (EXISTS (SELECT 1 FROM voices_media AS photo WHERE photo.voice_id = proof.voice_id)
    OR EXISTS (SELECT 1 FROM voices_video AS film WHERE film.voice_id = proof.voice_id))
ORDER BY proof.score DESC, proof.voice_id DESC LIMIT %(limit)s
"""


def gallery(
    product_ids: Iterable[int] | None = None,
    *,
    channel: Channel,
    at: datetime,
    territory: str = "",
    kind: str = "",
    limit: int = 12,
) -> tuple[Shot, ...]:
    """Photos and videos of the most useful reviews of ``product_ids`` (None: of the whole shop) that may be shown on
    ``channel`` in ``territory`` ("": only what is cleared everywhere) today. ``kind``: "photo", "video" or both. Videos
    come first. Four statements.
    """
    found = _reviews(product_ids, limit=limit * _READ)
    rights = rights_of(found)
    day = day_of(at)
    shots: list[Shot] = []
    for voice in found.values():
        own = rights.get(voice.id, ())
        foreign = bool(voice.syndicated_from)

        def may(path: str, own: Sequence[MediaRight] = own, foreign: bool = foreign) -> bool:
            return rules.may_show(own, path=path, channel=channel, territory=territory, on=day, foreign=foreign)

        if kind != "photo" and voice.video is not None and voice.video.shown and voice.video.url and may(rules.VIDEO):
            shots.append(Shot(voice=voice, video=voice.video))
        if kind != "video":
            shots += [Shot(voice=voice, photo=photo) for photo in voice.media if may(photo.path)]
    shots.sort(key=lambda shot: shot.video is None)  # stable
    return tuple(shots[:limit])


def media_rights(*, at: datetime, limit: int = 60) -> tuple[MediaRights, ...]:
    """Public reviews with photos or a video, what is recorded about them and where they may be shown today."""
    found = _reviews(None, limit=limit)
    rights = rights_of(found)
    day = day_of(at)
    return tuple(
        MediaRights(
            voice=voice,
            rights=rights.get(voice.id, ()),
            cleared=tuple(
                channel
                for channel in Channel
                if rules.may_show(
                    rights.get(voice.id, ()), path="", channel=channel, territory="", on=day,
                    foreign=bool(voice.syndicated_from),
                )
            ),
        )
        for voice in found.values()
    )  # fmt: skip


def _reviews(product_ids: Iterable[int] | None, *, limit: int) -> dict[int, Voice]:
    wanted = None if product_ids is None else list(product_ids)
    params: dict[str, Any] = {"everything": wanted is None, "products": wanted or [], "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_WITH_MEDIA, params)
        ids = [row[0] for row in cursor.fetchall()]
    known = voices.voices(ids, withheld=True) if ids else {}
    return {key: known[key] for key in ids if key in known and known[key].is_public}


def may_be_seen(
    voice: Voice, own: Sequence[MediaRight], *, channel: Channel, at: datetime, territory: str = ""
) -> bool:
    """Whether the video of ``voice``, of which ``own`` is recorded, may be shown there today."""
    foreign = bool(voice.syndicated_from)
    return rules.may_show(own, path=rules.VIDEO, channel=channel, territory=territory, on=day_of(at), foreign=foreign)


def rights_of(found: Mapping[int, Voice]) -> dict[int, tuple[MediaRight, ...]]:
    """What is recorded of the rights in the media of these voices. One statement."""
    kept: dict[int, tuple[MediaRight, ...]] = {}
    for row in Row.objects.filter(voice_id__in=list(found)).order_by("id") if found else ():
        kept[row.voice_id] = (*kept.get(row.voice_id, ()), _shape(row))
    return kept


def _shape(row: Row) -> MediaRight:
    return MediaRight(
        id=row.pk, voice_id=row.voice_id, path=row.path, basis=Basis(row.basis), refused=row.refused,
        holder=row.holder, channels=tuple(Channel(each) for each in row.channels), territories=tuple(row.territories),
        starts_on=row.starts_on, until=row.until, note=row.note, at=row.at, ended_at=row.ended_at,
    )  # fmt: skip
