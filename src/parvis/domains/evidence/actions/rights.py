"""Rights of photos and videos: recorded once, ended when they end. Every showing asks them anew."""

from collections.abc import Sequence
from datetime import date, datetime

from parvis.core.errors import NotFound, ParvisError
from parvis.domains.evidence import rules
from parvis.domains.evidence.actions import withholding
from parvis.domains.evidence.actions.refresh import refresh
from parvis.domains.evidence.contracts import Basis, Channel
from parvis.domains.evidence.models import MediaRight
from parvis.domains.people import actions as people
from parvis.domains.voices import queries as voices


class BadRight(ParvisError):
    """``problem`` says what is missing or cannot be."""

    code = "bad_right"
    status = 422
    template = "This right cannot be recorded: %(problem)s."


def grant_right(  # noqa: PLR0913 - what a right consists of
    *,
    voice_id: int,
    channels: Sequence[Channel],
    at: datetime,
    basis: Basis = Basis.CONSENT,
    path: str = "",
    holder: str = "",
    territories: Sequence[str] = (),
    starts_on: date | None = None,
    until: date | None = None,
    note: str = "",
    refused: bool = False,
    actor_id: int | None = None,
) -> int:
    """Record leave (or with ``refused`` the opposite) for photos and videos of a voice; returns its id.

    ``path``: one photo, or "video"; else everything. A right names at least one channel, a refusal none for all.
    Raises NotFound, BadRight.
    """
    voice = voices.voice(voice_id, original=True)
    paths = {shot.path for shot in voice.media} | ({rules.VIDEO} if voice.video else set())
    if not paths:
        raise BadRight(problem="the review has neither photo nor video")
    if path and path not in paths:
        raise BadRight(problem="the review has no such photo")
    if not channels and not refused:
        raise BadRight(problem="it names no channel")
    if starts_on and until and until < starts_on:
        raise BadRight(problem="it ends before it begins")
    if basis is not Basis.CONSENT and not holder:
        raise BadRight(problem="a licence or contract names who gave it")
    codes = sorted({code.strip().upper() for code in territories if code.strip()})
    if any(len(code) != 2 or not code.isascii() or not code.isalpha() for code in codes):
        raise BadRight(problem="a territory is a code of two letters")
    row = MediaRight.objects.create(
        voice_id=voice_id, path=path, basis=basis, refused=refused, holder=holder[:120],
        channels=sorted({channel.value for channel in channels}), territories=codes, starts_on=starts_on, until=until,
        note=note[:300], actor_id=actor_id, at=at,
    )  # fmt: skip
    verb = "right.refused" if refused else "right.granted"
    _note(row, verb, actor_id, at)
    refresh([row.voice_id], at=at)  # pages are kept by the revision of their products
    return int(row.pk)


def end_right(*, right_id: int, at: datetime, actor_id: int | None = None) -> None:
    """From now on this right, or refusal, counts no more. Raises NotFound. Ending twice changes nothing."""
    row = MediaRight.objects.filter(id=right_id).first()
    if row is None:
        raise NotFound(kind="right", key=right_id)
    if MediaRight.objects.filter(id=right_id, ended_at=None).update(ended_at=at):
        _note(row, "right.ended", actor_id, at)
        refresh([row.voice_id], at=at)


def turn_rights(*, at: datetime) -> int:
    """Let our own pages follow the rights that begin today or ended yesterday; returns of how many voices."""
    found = withholding.turned(at=at)
    refresh(found, at=at)
    return len(found)


def _note(row: MediaRight, verb: str, actor_id: int | None, at: datetime) -> None:
    detail = {"right": row.pk, "channels": row.channels, "path": row.path, "basis": row.basis}
    people.note(
        actor_id=actor_id, verb=verb, subject_kind="voice", subject_id=row.voice_id, detail=detail, at=at
    )  # fmt: skip
