"""The rows of an import, a batch at a time: read by its plan, given their product, author and question, received
together with the brand's answers and the addresses of their photos."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from parvis.domains.catalog import queries as catalog
from parvis.domains.people import actions as people
from parvis.domains.people import queries as people_queries
from parvis.domains.people.contracts import EvidenceKind, NewCustomer
from parvis.domains.voices import models, rules
from parvis.domains.voices.actions import files
from parvis.domains.voices.actions.receiving import receive_many, referred
from parvis.domains.voices.contracts import ImportPlan, NewVoice, Origin
from parvis.domains.voices.rules import admission, rows

_MOST_PRODUCTS = 200_000
Refused = tuple[files.Record, admission.NotAdmitted]


@dataclass(slots=True)
class Taken:
    """What became of a batch."""

    accepted: int = 0
    duplicates: int = 0
    replies: int = 0
    photos: int = 0
    refused: list[tuple[files.Record, str, str, dict[str, object]]] = field(default_factory=list)


class Rows:
    """Reads records by a plan, and remembers the products that they name."""

    def __init__(self, plan: ImportPlan) -> None:
        self.plan = plan
        self.products: dict[str, int] = {}
        self.asked: set[str] = set()
        self.unmatched: Counter[str] = Counter()

    def read(
        self, batch: Sequence[files.Record], *, at: datetime
    ) -> tuple[list[tuple[files.Record, rows.Row]], list[Refused]]:
        """The rows of a batch with their products, and those that cannot be taken."""
        read: list[tuple[files.Record, rows.Row]] = []
        refused: list[Refused] = []
        for record in batch:
            try:
                if record.error is not None:
                    raise record.error
                read.append((record, _whole(rows.read_row(record.cells, plan=self.plan, at=at), at)))
            except admission.NotAdmitted as error:
                refused.append((record, error))
        self._learn([row for _, row in read])
        taken: list[tuple[files.Record, rows.Row]] = []
        for record, row in read:
            try:
                taken.append((record, replace(row, voice=rows.with_product(row, self.products))))
            except rows.UnknownProductRef as error:
                if len(self.unmatched) < _MOST_PRODUCTS:
                    self.unmatched[row.product_refs[0]] += 1
                refused.append((record, error))
        return taken, refused

    def _learn(self, read: Sequence[rows.Row]) -> None:
        """Look up the products that this batch names for the first time; forget them all when they grow too many."""
        if len(self.asked) > _MOST_PRODUCTS:
            self.products.clear()
            self.asked.clear()
        wanted = {ref for row in read for ref in row.product_refs} - self.asked
        if wanted:
            self.asked |= wanted
            self.products.update(catalog.products_by_ref(wanted))
            named = models.ProductAlias.objects.filter(source=self.plan.source, ref__in=wanted)
            self.products.update(named.values_list("ref", "product_id"))


def _whole(row: rows.Row, at: datetime) -> rows.Row:
    """The row, when its answer can be taken too: neither is taken without the other."""
    if row.reply is not None:
        try:
            rules.admit(replace(row.reply, parent_id=0), at=at)
        except admission.NotAdmitted as error:
            error.params["field"] = "reply"
            raise
    return row


def take(reader: Rows, batch: Sequence[files.Record], *, at: datetime) -> Taken:
    """Receive a batch. To be called in a transaction: answers and photos belong to what they hang on."""
    read, refused = reader.read(batch, at=at)
    done = Taken(refused=[(record, error.code, str(error), error.params) for record, error in refused])
    # what answers comes after what it answers, also within a batch
    for wave in ([item for item in read if not item[1].parent_ref], [item for item in read if item[1].parent_ref]):
        if wave:
            _receive(wave, done, reader.plan, at)
    done.refused.sort(key=lambda item: item[0].line)
    return done


def _receive(wave: Sequence[tuple[files.Record, rows.Row]], done: Taken, plan: ImportPlan, at: datetime) -> None:
    known = _with_authors(wave, plan, at)
    ready = _with_parents(known, done, plan)
    received = receive_many((row.voice for _, row in ready), at=at)
    for rejection in received.rejected:
        record = ready[rejection.index][0]
        done.refused.append((record, rejection.code, rejection.message, dict(rejection.params)))
    out = {rejection.index for rejection in received.rejected} | set(received.duplicate_indexes)
    accepted = [index for index in range(len(ready)) if index not in out]
    ids = dict(zip(accepted, received.accepted, strict=True))
    done.accepted += len(ids)
    done.duplicates += received.duplicates
    done.photos += _link_photos(ids, ready, at)
    done.replies += _answer(ids, received.duplicate_indexes, ready, at)


def _with_authors(
    wave: Sequence[tuple[files.Record, rows.Row]], plan: ImportPlan, at: datetime
) -> list[tuple[files.Record, rows.Row]]:
    """The rows with the customers behind their e-mail addresses, or behind their handle on the other platform."""
    fresh = {
        row.email: NewCustomer(email=row.email, name=row.voice.author_name, locale=row.voice.language or "en")
        for _, row in wave
        if row.email
    }
    ids = people.ensure_customers(fresh.values(), at=at) if fresh else {}
    handles = {row.author_id for _, row in wave if row.author_id} if plan.source else set()
    if handles:
        linked = {row.author_id: ids[row.email] for _, row in wave if row.author_id and row.email in ids}
        people.link_handles(channel=plan.source, handles=linked, at=at)
    by_handle = people_queries.customers_by_handle(plan.source, handles) if handles else {}
    _note_likenesses(wave, ids, by_handle, plan, at)
    found = []
    for record, row in wave:
        customer_id = ids.get(row.email) or by_handle.get(row.author_id)
        found.append((record, replace(row, voice=replace(row.voice, customer_id=customer_id)) if customer_id else row))
    return found


def _note_likenesses(
    wave: Sequence[tuple[files.Record, rows.Row]],
    ids: dict[str, int],
    by_handle: dict[str, int],
    plan: ImportPlan,
    at: datetime,
) -> None:
    """One author there with two e-mail addresses: perhaps one person, for somebody to look at."""
    for _, row in wave:
        here, there = ids.get(row.email), by_handle.get(row.author_id)
        if here is not None and there is not None and here != there:
            people.note_likeness(
                first_id=here,
                second_id=there,
                kind=EvidenceKind.HANDLE,
                detail=f"{plan.source} {row.author_id}",
                at=at,
            )


def _with_parents(
    wave: Sequence[tuple[files.Record, rows.Row]], done: Taken, plan: ImportPlan
) -> list[tuple[files.Record, rows.Row]]:
    """The rows with the voices that they answer; those whose question is unknown are refused."""
    refs = {f"{plan.source}:{row.parent_ref}" for _, row in wave if row.parent_ref}
    if not refs:
        return list(wave)
    parents = voices_by_ref(refs)
    found = []
    for record, row in wave:
        parent_id = parents.get(f"{plan.source}:{row.parent_ref}") if row.parent_ref else None
        if row.parent_ref and parent_id is None:
            error = rules.UnknownParent(field="parent", value=row.parent_ref[:60])
            done.refused.append((record, error.code, str(error), error.params))
            continue
        found.append((record, replace(row, voice=replace(row.voice, parent_id=parent_id))))
    return found


def voices_by_ref(refs: "set[str]") -> dict[str, int]:
    """Imported voices by their reference (``source:id``)."""
    rows_ = models.Voice.objects.filter(origin=Origin.IMPORT, origin_ref__in=refs)
    return dict(rows_.values_list("origin_ref", "id"))


def _link_photos(ids: dict[int, int], ready: Sequence[tuple[files.Record, rows.Row]], at: datetime) -> int:
    links = [
        models.PhotoLink(voice_id=voice_id, position=position, url=url, next_at=at)
        for index, voice_id in ids.items()
        for position, url in enumerate(ready[index][1].photos)
        if len(url) <= 2000
    ]
    models.PhotoLink.objects.bulk_create(links)
    return len(links)


def _answer(
    ids: dict[int, int], duplicates: Sequence[int], ready: Sequence[tuple[files.Record, rows.Row]], at: datetime
) -> int:
    """Receive the brand's answers, also to voices that were known: the answer may be newer."""
    known = {ready[i][1].voice.origin_ref for i in duplicates if ready[i][1].reply and ready[i][1].voice.origin_ref}
    before = voices_by_ref(known) if known else {}
    replies: list[NewVoice] = []
    for index, (_, row) in enumerate(ready):
        parent_id = ids.get(index) or before.get(row.voice.origin_ref)
        if row.reply is not None and parent_id is not None:
            replies.append(replace(row.reply, parent_id=parent_id, product_id=row.voice.product_id))
    return len(receive_many(replies, at=at).accepted) if replies else 0


def reference(voice: NewVoice, *, at: datetime) -> str:
    """The reference under which a voice would be kept. Raises what ``rules.admit`` raises."""
    return referred(rules.admit(voice, at=at), voice).origin_ref


def mark(text: str) -> int:
    """A text as 64 bits, to know it again."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
