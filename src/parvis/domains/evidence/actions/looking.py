"""What pages gave to programs is kept; pages are scored; simulations are kept."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence.contracts import Audit, Look, Order
from parvis.domains.evidence.models import BotLook, PageAudit, Simulation
from parvis.domains.evidence.queries.audits import to_audit, to_look
from parvis.domains.evidence.queries.crawlers import crawler_policies
from parvis.domains.evidence.queries.shown import shown_for
from parvis.domains.evidence.queries.summary import summary
from parvis.domains.voices import queries as voices
from parvis.science.visibility import reader
from parvis.science.visibility.crawlers import CRAWLERS, Purpose
from parvis.science.visibility.score import Facts, score

KEPT_LOOKS = 12  # different states of a page that are kept for each program


def keep_look(*, bot: str, path: str, status: int, seen: Mapping[str, Any], at: datetime) -> Look:
    """Keep what ``path`` gave to ``bot``: the same as last time moves the time on, another gives a new row that names
    what changed. ``seen`` are the facts of science.visibility.reader."""
    digest = hashlib.sha256(json.dumps([status, seen], sort_keys=True).encode()).hexdigest()
    held = BotLook.objects.filter(path=path, bot=bot).order_by("-first_at")
    last = held.first()
    if last is not None and last.digest == digest:
        last.checked_at = at
        last.save(update_fields=["checked_at"])
        return to_look(last)
    changes = [] if last is None else [list(each) for each in reader.differences(last.seen, seen)]
    if last is not None and last.status != status:
        changes.insert(0, ["status", str(last.status), str(status)])
    row = BotLook.objects.create(
        bot=bot, path=path, status=status, digest=digest, seen=dict(seen), changes=changes, first_at=at, checked_at=at
    )
    BotLook.objects.filter(pk__in=list(held.values_list("pk", flat=True)[KEPT_LOOKS:])).delete()
    return to_look(row)


def audit_page(
    *, product_id: int, language: str, path: str, status: int, seen: Mapping[str, Any], at: datetime
) -> Audit:
    """Score the page of a product as it was seen. Raises NotFound for a product that is not sold."""
    detail = catalog.product(product_id, locale=language)
    told = summary(product_id)
    newest = shown_for(product_id, sort=Order.RECENT, limit=1).proofs if told else ()
    threads = voices.questions_for(product_id, locale=language)
    allowed = {policy.crawler for policy in crawler_policies() if policy.allowed}
    wanted = {crawler.name for crawler in CRAWLERS if crawler.purpose is not Purpose.TRAINING}
    facts = Facts(
        status=status,
        page=seen,
        name=detail.product.name,
        description=len(detail.product.description),
        reviews=told.count if told else 0,
        with_text=told.with_text if told else 0,
        verified=told.verified if told else 0,
        newest_days=(at - newest[0].voice.submitted_at).days if newest else None,
        with_photo=told.with_photo if told else 0,
        filmed=len(voices.filmed([product_id]).get(product_id, ())),
        questions=len(threads),
        answered=sum(bool(thread.answers) for thread in threads),
        answerers_allowed=wanted <= allowed,
    )
    total, given = score(facts)
    row, _ = PageAudit.objects.update_or_create(
        product_id=product_id,
        language=language,
        defaults={
            "path": path,
            "score": total,
            "given": [[each.key, round(each.points, 2), each.most, each.fix] for each in given],
            "errors": list(seen.get("errors", ())),
            "audited_at": at,
        },
    )
    return to_audit(row)


def keep_simulation(
    *, name: str, given: Mapping[str, Any], result: Mapping[str, Any], actor_id: int | None, at: datetime
) -> int:
    """Keep a run of the simulator; gives its number."""
    row = Simulation.objects.create(
        name=name[:120], given=dict(given), result=dict(result), made_at=at, made_by=actor_id
    )
    return row.pk
