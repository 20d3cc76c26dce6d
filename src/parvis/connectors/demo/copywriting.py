"""Texts in the brand's tone for the demo: the tone of the skincare range, an approved and a waiting draft for each
range. All of it says that it was made for the demonstration."""

from datetime import datetime
from typing import Any

from parvis.connectors.demo.skincare import written
from parvis.connectors.demo.skincare.shelf import WRITTEN
from parvis.domains.catalog import queries as catalog
from parvis.domains.copywriting import actions, queries
from parvis.domains.copywriting.contracts import Draft, Kind
from parvis.domains.evidence import queries as evidence
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Role, Staff

SOURCE = {"text": WRITTEN}


def write(*, at: datetime) -> int:
    """Learn the tone and make four drafts, when none is there; returns how many. Needs voices that were read."""
    if queries.drafts(limit=1)[1]:
        return 0
    who = next((each for each in people.all_staff() if each.role is Role.MARKETER), None)
    slugs = [each.slug for each in written.products()]
    range_ids = {slug: catalog.product_by_slug(slug, locale="fr").product.id for slug in slugs}
    for language in ("fr", "en"):
        actions.learn(language=language, products=range_ids.values(), at=at, **_by(who))
    pieces = [key for key in evidence.ranked(by="count", limit=12) if key not in range_ids.values()][:2]
    for piece in pieces:
        # what the catalogue says of a piece is about the demonstration, and no fact of the piece
        actions.save_facts(product_id=piece, language="en", text="", actor_id=None, at=at)
    cream, serum = (range_ids[slug] for slug in slugs[:2])
    plan = [(cream, "fr", Kind.TEXT, True), (serum, "fr", Kind.SCRIPT_45, False)]
    plan += [(piece, "en", Kind.TEXT, number == 0) for number, piece in enumerate(pieces)]
    for product_id, language, kind, approved in plan:
        _draft(product_id, language, kind, approved=approved, who=who, at=at)
    return len(plan)


def _draft(product_id: int, language: str, kind: Kind, *, approved: bool, who: Staff | None, at: datetime) -> None:
    made: Draft = actions.compose(
        product_id=product_id, language=language, kind=kind, at=at, provenance=SOURCE, **_by(who)
    )
    if made.current.blocked:
        standing = {part: made.current.text(part) for part in made.current.parts}
        made = actions.save(draft_id=made.id, base=made.version, texts=standing, at=at, **_by(who))
    actor = who.account_id if who else None
    actions.submit(draft_id=made.id, version=made.version, actor_id=actor, at=at)
    if approved:
        actions.approve(draft_id=made.id, version=made.version, at=at, **_by(who))


def _by(who: Staff | None) -> dict[str, Any]:
    return {"actor_id": who.account_id if who else None, "actor_name": who.name if who else ""}
