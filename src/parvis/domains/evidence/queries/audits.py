"""Scores of pages, what programs saw of them, and kept simulations."""

from datetime import datetime

from django.db import connection

from parvis.core.errors import NotFound
from parvis.domains.evidence.contracts import Audit, AuditSum, Look, Simulated
from parvis.domains.evidence.models import BotLook, PageAudit, Simulation


def audit(product_id: int, *, language: str) -> Audit | None:
    """The audit of a product's page, or None before the first."""
    row = PageAudit.objects.filter(product_id=product_id, language=language).first()
    return to_audit(row) if row else None


def audits(*, language: str, offset: int = 0, limit: int = 25) -> tuple[Audit, ...]:
    """Audits, the lowest scores first. One statement."""
    rows = PageAudit.objects.filter(language=language).order_by("score", "product_id")[offset : offset + limit]
    return tuple(to_audit(row) for row in rows)


_SUMS = """
SELECT rule->>0, count(*) FILTER (WHERE (rule->>1)::float < (rule->>2)::float),
       sum((rule->>2)::float - (rule->>1)::float), max(rule->>3)
FROM evidence_pageaudit, jsonb_array_elements(given) rule WHERE language = %s GROUP BY 1 ORDER BY 3 DESC, 1
"""


def audit_sum(*, language: str) -> AuditSum:
    """How the pages of a language do in all, and what costs most. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), avg(score) FROM evidence_pageaudit WHERE language = %s", [language])
        count, mean = cursor.fetchone()
        cursor.execute(_SUMS, [language])
        lost = tuple((key, int(pages), float(points), fix) for key, pages, points, fix in cursor.fetchall() if pages)
    return AuditSum(count=count, mean=float(mean) if mean is not None else None, lost=lost)


_WAITING = """
SELECT p.id FROM catalog_product p
LEFT JOIN evidence_pageaudit a ON a.product_id = p.id AND a.language = %(language)s
LEFT JOIN evidence_productproof s ON s.product_id = p.id
LEFT JOIN (SELECT product_id, max(decided_at) AS changed_at FROM voices_voice
           WHERE kind IN ('question', 'answer') AND product_id IS NOT NULL GROUP BY 1) asked ON asked.product_id = p.id
WHERE p.state = 'active' AND (a.id IS NULL OR a.audited_at < p.updated_at OR a.audited_at < s.updated_at
      OR a.audited_at < %(before)s OR a.audited_at < asked.changed_at)
ORDER BY a.audited_at NULLS FIRST, coalesce(s.count, 0) DESC, p.id LIMIT %(limit)s
"""


def unaudited(*, language: str, before: datetime, limit: int) -> list[int]:
    """Products whose page was never audited, has changed since (its questions and answers too), or was last audited
    ``before``; the most reviewed of the new ones first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"language": language, "before": before, "limit": limit})
        return [row[0] for row in cursor.fetchall()]


def looks(path: str) -> tuple[Look, ...]:
    """What a page gives now to each program that looked at it, by program. One statement."""
    rows = BotLook.objects.filter(path=path).order_by("bot", "-first_at").distinct("bot")
    return tuple(to_look(row) for row in rows)


def changed_looks(*, since: datetime, limit: int = 50) -> tuple[Look, ...]:
    """Pages that gave a program something else than before, the latest first. One statement."""
    rows = BotLook.objects.filter(first_at__gte=since).exclude(changes=[]).order_by("-first_at", "path", "bot")[:limit]
    return tuple(to_look(row) for row in rows)


def simulations(limit: int = 20) -> tuple[Simulated, ...]:
    """Kept simulations, the latest first."""
    return tuple(_simulated(row) for row in Simulation.objects.order_by("-id")[:limit])


def simulation(simulation_id: int) -> Simulated:
    """One of them. Raises NotFound."""
    row = Simulation.objects.filter(pk=simulation_id).first()
    if row is None:
        raise NotFound(kind="simulation", key=simulation_id)
    return _simulated(row)


def _simulated(row: Simulation) -> Simulated:
    return Simulated(id=row.pk, name=row.name, given=row.given, result=row.result, made_at=row.made_at)


def to_audit(row: PageAudit) -> Audit:
    """A row as a contract."""
    return Audit(
        product_id=row.product_id,
        language=row.language,
        path=row.path,
        score=row.score,
        given=tuple((key, float(points), int(most), fix) for key, points, most, fix in row.given),
        errors=tuple(row.errors),
        audited_at=row.audited_at,
    )


def to_look(row: BotLook) -> Look:
    """A row as a contract."""
    return Look(
        bot=row.bot,
        path=row.path,
        status=row.status,
        since=row.first_at,
        checked_at=row.checked_at,
        seen=row.seen,
        changes=tuple((what, before, now) for what, before, now in row.changes),
    )
