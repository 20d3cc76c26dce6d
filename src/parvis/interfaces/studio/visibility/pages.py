"""Visibility: scores with to-dos, programs and what they may, people whom assistants sent."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.money import Money
from parvis.core.numbers import page_number
from parvis.domains.analytics import queries as analytics
from parvis.domains.analytics.contracts import Referred
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Audit
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.domains.voices import queries as voices
from parvis.interfaces.agents import tasks
from parvis.interfaces.design import marks, shapes
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.visibility import words

SIZE, WEEKS, OTHERS = 10, 4, "others"
QUESTIONS = 50  # of a product, among which unanswered ones are looked for


@require_GET
@requires(Permission.METRICS_VIEW)
def visibility(request: HttpRequest) -> HttpResponse:
    """GET ?page= : the mean score, what costs most, products with the lowest scores, assistants, programs."""
    number = request.GET.get("page", "")
    page = page_number(number, most=1000)
    locale = frame.locale()
    total = queries.audit_sum(language=locale)
    found = queries.audits(language=locale, offset=(page - 1) * SIZE, limit=SIZE)
    names = catalog.products([each.product_id for each in found], locale=locale)
    since, until = _period()
    crawled = {each.bot: each for each in analytics.crawled(since=since, until=until)}
    context: dict[str, Any] = {
        "heading": _("Visibility"),
        "total": total,
        "mean": marks.number(total.mean, 0) if total.mean is not None else "",
        "lost": [_lost(*each, total.count) for each in total.lost[:6]],
        "rows": [_row(each, names[each.product_id].name) for each in found if each.product_id in names],
        "pages": shapes.Pages(page, total.count, SIZE),
        "assistants": [_assistant(each) for each in analytics.referred(since=since, until=until)],
        "weeks": WEEKS,
        "programs": [
            {"policy": each, "purpose": words.PURPOSES[each.purpose], "crawled": crawled.get(each.crawler)}
            for each in queries.crawler_policies()
        ],
        "read": [
            (path, sum(counts.values()), len(counts))
            for path, counts in analytics.crawled_pages(since=since, until=until, limit=10)
        ],
    }
    return frame.page(request, "studio/visibility/overview.html", context, room="visibility")


def _period() -> tuple[Any, Any]:
    since, until, _before, _since = analytics.last_weeks(now(), length=7 * WEEKS)
    return since, until + timedelta(days=1)  # today as well: programs come by the hour


def _lost(key: str, pages: int, points: float, fix: str, count: int) -> dict[str, Any]:
    asked, todo = words.RULES.get(key, (key, ""))
    return {
        "asked": asked,
        "todo": todo,
        "url": words.fix_url(fix),
        "pages": marks.number(pages),
        "each": marks.number(points / max(1, count), 1),
    }


def _row(found: Audit, name: str) -> dict[str, Any]:
    lacking = [each for each in found.given if each[1] < each[2]]
    return {
        "id": found.product_id,
        "name": name,
        "score": marks.number(found.score, 0),
        "kind": "positive" if found.score >= 80 else "caution" if found.score >= 50 else "negative",
        "lacks": [words.RULES.get(key, (key, ""))[0] for key, _points, _most, _fix in lacking[:2]],
        "more": max(0, len(lacking) - 2),
    }


def _assistant(found: Referred) -> dict[str, Any]:
    return {
        "name": _("everybody else") if found.assistant == OTHERS else found.assistant,
        "visits": marks.number(found.visits),
        "looked": marks.number(found.product_visits),
        "ordered": marks.number(found.ordered),
        "conversion": found.conversion,
        "simulated": found.simulated > 0,
        "revenue": Money(found.revenue_minor, settings.CURRENCY),
    }


@require_GET
@requires(Permission.METRICS_VIEW)
def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """GET: the audit of a product's page with what to do, and what each program was given."""
    locale = frame.locale()
    detail = catalog.product(product_id, locale=locale)
    found = queries.audit(product_id, language=locale)
    looks = queries.looks(found.path) if found else ()
    waiting = _unanswered(product_id) if found else None
    context: dict[str, Any] = {
        "heading": detail.product.name,
        "product": detail.product,
        "audit": found,
        "score": marks.number(found.score, 0) if found else "",
        "rules": [_rule(product_id, *given, question_id=waiting) for given in found.given] if found else [],
        "looks": [_look(each) for each in looks],
    }
    return frame.page(request, "studio/visibility/product.html", context, room="visibility")


def _unanswered(product_id: int) -> int | None:
    """The public question of the product that has waited longest for an answer."""
    threads = voices.questions_for(product_id, locale=frame.locale(), limit=QUESTIONS)
    return min((thread.question.id for thread in threads if not thread.answers), default=None)


def _rule(product_id: int, key: str, points: float, most: int, fix: str, *, question_id: int | None) -> dict[str, Any]:
    asked, todo = words.RULES.get(key, (key, ""))
    whole = points >= most
    return {
        "asked": asked,
        "todo": "" if whole else todo,
        "points": marks.number(points, 0 if float(points).is_integer() else 1),
        "most": most,
        "url": ""
        if whole
        else words.fix_url("copy" if key == "described" else fix, product_id, question_id=question_id),
        "kind": "positive" if whole else "caution" if points else "negative",
    }


def _look(found: Any) -> dict[str, Any]:
    kinds = found.seen.get("kinds", {})
    return {
        "bot": _("a browser") if found.bot == "people" else found.bot,
        "status": found.status or _("not reached"),
        "fine": found.status == 200,
        "words": marks.number(found.seen.get("words", 0)),
        "reviews": kinds.get("Review", 0),
        "rated": found.seen.get("rated", ""),
        "since": found.since,
        "checked_at": found.checked_at,
        "changes": [(words.fact(what), before, after) for what, before, after in found.changes],
        "path": found.path,
    }


@require_GET
@requires(Permission.METRICS_VIEW)
def changes(request: HttpRequest) -> HttpResponse:
    """GET: pages that gave a program something else than before, in the last four weeks."""
    found = queries.changed_looks(since=now() - timedelta(weeks=WEEKS))
    context = {"heading": _("What programs were given"), "looks": [_look(each) for each in found], "weeks": WEEKS}
    return frame.page(request, "studio/visibility/changes.html", context, room="visibility")


@require_POST
@requires(Permission.CATALOG_EDIT)
def again(request: HttpRequest, product_id: int) -> HttpResponse:
    """POST: look at a product's pages now."""
    catalog.product(product_id, locale=frame.locale())
    tasks.audit_one.defer(product_id=product_id)
    told = _("Its pages are fetched and scored in the background; reload in a moment.")
    return frame.done(request, told, reverse("studio:visibility_product", kwargs={"product_id": product_id}))


@require_POST
@requires(Permission.SETTINGS_EDIT)
def crawlers(request: HttpRequest) -> HttpResponse:
    """POST crawler, allowed=yes|no|default: what a program may."""
    here = f"{reverse('studio:visibility')}#programs"
    allowed = {"yes": True, "no": False}.get(request.POST.get("allowed", ""))
    name, actor = request.POST.get("crawler", ""), frame.staff_of(request).account_id
    problem = frame.attempt(lambda: actions.set_crawler(crawler=name, allowed=allowed, actor_id=actor, at=now()))
    return frame.failed(request, problem, here) if problem else frame.done(request, _("Changed."), here)
