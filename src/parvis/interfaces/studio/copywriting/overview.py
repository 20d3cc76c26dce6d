"""The list of drafts, and a new one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.numbers import page_number
from parvis.domains.catalog import queries as catalog
from parvis.domains.copywriting import actions, queries
from parvis.domains.copywriting.contracts import Draft, DraftState, Kind
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import shapes
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.copywriting import words

SIZE = 30


@require_GET
@requires(Permission.COPY_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """GET ?state= &page= &q= &product= : drafts, those that lost support first; products to write about."""
    chosen = request.GET.get("state", "")
    states = {state.value for state in DraftState}
    chosen = chosen if chosen in {*states, "lost"} else ""
    number = request.GET.get("page", "")
    page = page_number(number, most=1000)
    found, total = queries.drafts(
        state=chosen if chosen in states else None, lost=chosen == "lost", offset=(page - 1) * SIZE, limit=SIZE
    )
    locale = frame.locale()
    names = catalog.products({row.product_id for row in found}, locale=locale)
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    hits = tuple(catalog.search(text=q, locale=locale, limit=8).items) if q else ()
    wanted = request.GET.get("product", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 18:
        hits = tuple(catalog.products([int(wanted)], locale=locale).values()) or hits
    context: dict[str, Any] = {
        "heading": pgettext("texts", "Copy"),
        "tabs": _tabs(chosen),
        "rows": [(row, names.get(row.product_id), words.KINDS[row.kind], *words.STATES[row.state]) for row in found],
        "pages": shapes.Pages(page, total, SIZE),
        "q": q,
        "hits": hits,
        "kinds": [(kind.value, label) for kind, label in words.KINDS.items()],
        "languages": list(words.LANGUAGES.items()),
        "locale": locale,
        "filtered": bool(chosen),
        "tones": [(code, label, queries.profile(code)) for code, label in words.LANGUAGES.items()],
    }
    return frame.page(request, "studio/copywriting/overview.html", context, room="copy")


def _tabs(chosen: str) -> list[dict[str, Any]]:
    counts = queries.counts()
    shown: list[tuple[str, Any]] = [("", pgettext("texts", "All in use")), ("lost", _("Support lost"))]
    shown += [(state.value, label) for state, (label, _badge) in words.STATES.items()]
    return [
        {
            "url": f"?state={key}",
            "label": str(label).capitalize(),
            "current": key == chosen,
            "count": counts.get(key, 0) or "" if key else "",
        }
        for key, label in shown
    ]


@require_POST
@requires(Permission.COPY_EDIT)
def create(request: HttpRequest) -> HttpResponse:
    """POST product (id), language, kind: a new draft by templates, judged sentence by sentence."""
    product, language = request.POST.get("product", ""), request.POST.get("language", "")
    kind = request.POST.get("kind", "")
    here = reverse("studio:copy")
    if not (product.isascii() and product.isdigit() and len(product) < 18) or kind not in {each.value for each in Kind}:
        return frame.failed(request, _("Choose a product and what to write."), here)
    staff, made = frame.staff_of(request), list[Draft]()

    def act() -> None:
        catalog.product(int(product), locale=frame.locale())
        made.append(
            actions.compose(
                product_id=int(product), language=language, kind=kind, actor_id=staff.account_id,
                actor_name=staff.name or staff.email, at=now(),
            )
        )  # fmt: skip

    problem = frame.attempt(act)
    if problem:
        return frame.failed(request, problem, here)
    told = _("A draft is made. Read it, mend it, hand it in.")
    return frame.done(request, told, reverse("studio:copy_draft", kwargs={"draft_id": made[0].id}))
