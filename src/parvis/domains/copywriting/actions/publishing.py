"""Approved words in the catalogue, and out of it again."""

from datetime import datetime

from django.db import transaction

from parvis.core import outbox
from parvis.core.errors import Conflict, NotFound
from parvis.domains.catalog import actions as catalog
from parvis.domains.catalog import queries as catalogue
from parvis.domains.copywriting import models, queries
from parvis.domains.copywriting.actions.deciding import Blocked, NotNow, locked, must_stand, note
from parvis.domains.copywriting.contracts import CopyPublished, CopyUndone, DraftState, Kind, Publication


class ChangedSince(Conflict):
    """The catalogue's words were changed after the publication: taking it back would lose them."""

    code = "copy_changed_since"
    template = "The words in the catalogue were changed since; mend them there."


@transaction.atomic
def publish(
    *, draft_id: int, version: int, title: bool, actor_id: int | None, actor_name: str, at: datetime
) -> Publication:
    """Write the approved version's description (and title) in the catalogue. Asked for again, nothing happens anew.
    Raises Edited, NotNow (not approved, or a script), Blocked (support went since the approval)."""
    row = locked(draft_id, version)
    done = models.Publication.objects.filter(draft_id=draft_id, version=version, undone_at=None).first()
    if done is not None:
        return next(each for each in queries.publications(draft_id) if each.id == done.pk)
    if row.state != DraftState.APPROVED or row.approved_version != version or row.kind != Kind.TEXT:
        raise NotNow(state=row.state)
    must_stand(draft_id, at=at)
    found = queries.version(draft_id, version)
    after = queries.publishable(found, row.language, title=title)
    if not after[f"description_{row.language}"]:
        raise Blocked(count=0)
    record = catalogue.record(row.product_id)
    before = {name: getattr(record, name) for name in after}
    _keep_facts(row, at=at)
    models.Publication.objects.create(
        draft_id=draft_id, version=version, before=before, after=after, actor_id=actor_id,
        actor_name=actor_name[:150], at=at,
    )  # fmt: skip
    catalog.update_product(
        product_id=row.product_id, texts=after, provenance=_told(row, after), actor_id=actor_id, at=at
    )
    row.state, row.changed_at = DraftState.PUBLISHED, at
    row.save(update_fields=["state", "changed_at"])
    note(row, "copy.published", {"version": version, "fields": sorted(after)}, actor_id=actor_id, at=at)
    event = CopyPublished(draft_id=row.pk, product_id=row.product_id, language=row.language, version=version)
    outbox.publish(event, at=at)
    return queries.publications(draft_id)[0]


def _told(row: models.Draft, after: dict[str, str]) -> dict[str, str] | None:
    """A draft made for a demonstration says so of what it writes."""
    said = next(iter(row.provenance.values()), "") if row.provenance else ""
    return {name.rpartition("_")[0]: said for name in after} if said else None


def _keep_facts(row: models.Draft, *, at: datetime) -> None:
    """What the catalogue stated before: facts of the next draft."""
    name, text, edited = queries.facts_text(row.product_id, row.language)
    models.FactSheet.objects.update_or_create(
        product_id=row.product_id,
        language=row.language,
        defaults={"text": text, "name": name, "edited": edited, "taken_at": at},
    )


@transaction.atomic
def undo(*, publication_id: int, actor_id: int | None, actor_name: str, at: datetime) -> Publication:
    """Give the catalogue its earlier words back. Asked for again, nothing happens. Raises ChangedSince, NotFound."""
    done = models.Publication.objects.select_for_update().filter(pk=publication_id).first()
    if done is None:
        raise NotFound(kind="publication", key=publication_id)
    row = models.Draft.objects.select_for_update().get(pk=done.draft_id)
    if done.undone_at is None:
        record = catalogue.record(row.product_id)
        if any(getattr(record, name) != value for name, value in done.after.items()):
            raise ChangedSince()
        catalog.update_product(product_id=row.product_id, texts=dict(done.before), actor_id=actor_id, at=at)
        done.undone_at, done.undone_by = at, actor_name[:150]
        done.save(update_fields=["undone_at", "undone_by"])
        if row.state == DraftState.PUBLISHED and row.approved_version == done.version:
            row.state, row.changed_at = DraftState.APPROVED, at
            row.save(update_fields=["state", "changed_at"])
        note(row, "copy.undone", {"version": done.version}, actor_id=actor_id, at=at)
        event = CopyUndone(draft_id=row.pk, product_id=row.product_id, language=row.language, version=done.version)
        outbox.publish(event, at=at)
    return next(each for each in queries.publications(row.pk) if each.id == publication_id)
