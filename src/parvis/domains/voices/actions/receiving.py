"""Voices come in: one by one with photos, or by thousands with bulk statements."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from parvis.core import outbox
from parvis.domains.catalog import queries as catalog
from parvis.domains.voices import models, queries, rules
from parvis.domains.voices.actions import bursts, inviting, photos
from parvis.domains.voices.contracts import (
    NewVoice,
    Origin,
    Received,
    Rejection,
    Voice,
    VoiceKind,
    VoiceReceived,
)

CHUNK = 1000
# column, its PostgreSQL type, and the attribute of an admitted voice when it is called otherwise
_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("kind", "text", ""),
    ("product_id", "bigint", ""),
    ("parent_id", "bigint", ""),
    ("customer_id", "bigint", ""),
    ("author_name", "text", ""),
    ("author_role", "text", ""),
    ("title", "text", ""),
    ("text", "text", ""),
    ("stars", "smallint", ""),
    ("language", "text", ""),
    ("submitted_at", "timestamptz", ""),
    ("experienced_on", "date", ""),
    ("verified", "boolean", ""),
    ("order_ref", "text", ""),
    ("incentive", "text", ""),
    ("syndicated_from", "text", ""),
    ("syndicated_url", "text", ""),
    ("size_worn", "text", ""),
    ("fit_felt", "smallint", ""),
    ("age", "smallint", ""),
    ("height_cm", "smallint", ""),
    ("origin", "text", ""),
    ("origin_ref", "text", ""),
    ("imported_up", "integer", "votes_up"),
    ("imported_down", "integer", "votes_down"),
    ("votes_up", "integer", ""),
    ("votes_down", "integer", ""),
    ("provenance", "jsonb", ""),
)
_ATTRIBUTES = tuple((name, source or name) for name, _, source in _COLUMNS)
_NAMES = ", ".join(name for name, _, _ in _COLUMNS)
# One JSON value is many times cheaper to hand over than arrays or rows of parameters.
_INSERT = f"""
INSERT INTO voices_voice ({_NAMES}, fingerprint, state, reason, decided_by, received_at)
SELECT {_NAMES}, fingerprint, 'held', '', '', %s
FROM json_to_recordset(%s::json) AS row({", ".join(f"{name} {kind}" for name, kind, _ in _COLUMNS)}, fingerprint bigint)
ON CONFLICT (origin, origin_ref) DO NOTHING
RETURNING id, origin, origin_ref
"""  # noqa: S608 - constants only


def receive(new: NewVoice, *, at: datetime) -> Voice:
    """Save one voice as held, with its photos, and tell of it. The same (origin, origin_ref) gives the first one back.

    Raises a :class:`rules.NotAdmitted` or a :class:`photos.BadPhoto` naming what cannot be taken; nothing is kept then.
    """
    received = receive_many([new], at=at, strict=True)
    if received.accepted:
        return queries.voice(received.accepted[0], original=True)
    return queries.voice_by_origin(new.origin, referred(rules.admit(new, at=at), new).origin_ref)


def receive_many(rows: Iterable[NewVoice], *, at: datetime, strict: bool = False) -> Received:
    """Save many voices, a thousand to a transaction, whatever the length of ``rows`` (it may be a generator).

    Rows known by (origin, origin_ref) are duplicates. A row that cannot be taken is a :class:`Rejection` and holds
    up no other; with ``strict`` its error is raised instead.
    """
    accepted: list[int] = []
    rejected: list[Rejection] = []
    duplicates: list[int] = []
    known = _Known()
    for first, chunk in _chunks(rows):
        with photos.Stored() as stored, transaction.atomic():
            done = _receive_chunk(chunk, first=first, at=at, strict=strict, stored=stored, known=known)
        accepted += done.accepted
        rejected += done.rejected
        duplicates += done.duplicate_indexes
    return Received(
        accepted=tuple(accepted),
        duplicates=len(duplicates),
        rejected=tuple(rejected),
        duplicate_indexes=tuple(duplicates),
    )


def _chunks(rows: Iterable[NewVoice]) -> Iterator[tuple[int, list[NewVoice]]]:
    iterator = iter(rows)
    first = 0
    while chunk := list(islice(iterator, CHUNK)):
        yield first, chunk
        first += len(chunk)


def _receive_chunk(
    chunk: Sequence[NewVoice], *, first: int, at: datetime, strict: bool, stored: photos.Stored, known: "_Known"
) -> Received:
    admitted: dict[int, NewVoice] = {}
    pictures: dict[int, tuple[photos.Encoded, ...]] = {}
    rejected: list[Rejection] = []
    known.learn(chunk)
    for index, new in enumerate(chunk, first):
        try:
            admitted[index] = referred(known.check(rules.admit(new, at=at)), new)
            if new.photos:
                pictures[index] = photos.encode_all(new.photos)
        except (rules.NotAdmitted, photos.BadPhoto) as error:
            if strict:
                raise
            rejected.append(Rejection(index=index, code=error.code, message=str(error), params=error.params))
    ids = _insert(list(admitted.values()), at=at)
    accepted: list[int] = []
    events: list[VoiceReceived] = []
    duplicates: list[int] = []
    fresh: list[tuple[int, NewVoice]] = []
    media: list[models.Media] = []
    for index, new in admitted.items():
        voice_id = ids.pop((new.origin.value, new.origin_ref), None)
        if voice_id is None:
            duplicates.append(index)
            continue
        accepted.append(voice_id)
        fresh.append((voice_id, new))
        events.append(VoiceReceived(voice_id=voice_id, kind=new.kind.value, product_id=new.product_id))
        media += stored.write(voice_id, pictures.get(index, ()), at=at)
    models.Media.objects.bulk_create(media)
    bursts.keep_sketches(fresh)
    if any(new.customer_id is not None and new.kind is VoiceKind.REVIEW for new in admitted.values()):
        inviting.note_reviews(voice_ids=accepted, at=at)
    outbox.publish(*events, at=at)
    return Received(
        accepted=tuple(accepted),
        duplicates=len(duplicates),
        rejected=tuple(rejected),
        duplicate_indexes=tuple(duplicates),
    )


class _Known:
    """The products and parents that the rows speak of, each looked up once."""

    def __init__(self) -> None:
        self.products: dict[int, bool] = {}
        self.parents: dict[int, tuple[str, int | None]] = {}

    def learn(self, chunk: Sequence[NewVoice]) -> None:
        """Look up what this chunk names and no chunk before it."""
        products = {new.product_id for new in chunk if new.product_id is not None} - self.products.keys()
        if products:
            found = catalog.products(products, locale="en")
            self.products.update({product_id: product_id in found for product_id in products})
        parents = {new.parent_id for new in chunk if new.parent_id is not None}
        rows = models.Voice.objects.filter(id__in=parents).values_list("id", "kind", "product_id") if parents else ()
        self.parents = {key: (kind, product) for key, kind, product in rows}

    def check(self, new: NewVoice) -> NewVoice:
        """The voice with the product of its parent. Raises what :mod:`rules` says of unknown things."""
        if new.parent_id is not None:
            kind, product_id = self.parents.get(new.parent_id, ("", None))
            if not kind or (new.kind is VoiceKind.ANSWER and kind != VoiceKind.QUESTION):
                raise rules.UnknownParent(field="parent_id", value=new.parent_id)
            return replace(new, product_id=product_id)
        if new.product_id is not None and not self.products.get(new.product_id):
            raise rules.UnknownProduct(field="product", value=new.product_id)
        return new


def referred(admitted: NewVoice, given: NewVoice) -> NewVoice:
    """The voice with a reference: its own, or a random one from a form (two shoppers may say the same words), or one
    made of its content (two rows of a file that say the same are one), without a date that the file did not give."""
    if admitted.origin_ref:
        return admitted
    if admitted.origin is Origin.STOREFRONT:
        return replace(admitted, origin_ref=f"form:{secrets.token_hex(10)}")
    return replace(admitted, origin_ref=rules.content_ref(replace(admitted, submitted_at=given.submitted_at)))


def _insert(admitted: Sequence[NewVoice], *, at: datetime) -> dict[tuple[str, str], int]:
    """Write the rows in one statement; returns the ids of the new ones by (origin, origin_ref)."""
    if not admitted:
        return {}
    rows: list[dict[str, Any]] = []
    for new in admitted:
        row = {name: getattr(new, source) for name, source in _ATTRIBUTES}
        row["fingerprint"] = rules.fingerprint(new.title, new.text)
        rows.append(row)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [at, json.dumps(rows, default=_as_json)])
        return {(origin, ref): voice_id for voice_id, origin, ref in cursor.fetchall()}


def _as_json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value.isoformat()
