"""Conversations of shoppers with the assistant."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.domains.assistant import actions, queries
from parvis.domains.assistant.contracts import Asker, Conversation, Figures, Passage, Resolution, Row, Share, Side, Turn
from parvis.domains.assistant.web import (
    filter_words,
    intent_words,
    outcome_words,
    resolution_words,
    stated_words,
    surface_words,
    word_words,
)
from parvis.domains.catalog import queries as catalog
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame

DAYS = 28
BADGES = {
    Resolution.RESOLVED: "positive",
    Resolution.PARTLY: "caution",
    Resolution.NOT: "negative",
    Resolution.HANDED_OVER: "note",
}
_TABS: tuple[tuple[str, str | Promise], ...] = (
    ("", gettext_lazy("All")),
    ("waiting", gettext_lazy("Waiting for a person")),
    (Resolution.RESOLVED, gettext_lazy("Resolved")),
    (Resolution.PARTLY, gettext_lazy("Partly")),
    (Resolution.NOT, gettext_lazy("Not resolved")),
    (Resolution.HANDED_OVER, gettext_lazy("Handed over")),
)
_SIDES = {
    Side.AGREES: (gettext_lazy("for"), "positive"),
    Side.DISAGREES: (gettext_lazy("against"), "negative"),
    Side.BESIDE: (gettext_lazy("beside"), ""),
}


@require_GET
@requires(Permission.CUSTOMERS_VIEW)
def conversation_list(request: HttpRequest) -> HttpResponse:
    """GET ?resolution= &q= : conversations, the latest first; how those of these weeks ended; what is unsaid."""
    at = now()
    chosen = request.GET.get("resolution", "")
    chosen = chosen if chosen in {key for key, _words in _TABS} else ""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    cursor = request.GET.get("cursor")
    page = queries.conversations(resolution=chosen or None, text=text, cursor=cursor, limit=40)
    found = queries.figures(since=at - timedelta(days=DAYS), until=at)
    unsaid = queries.unsaid(since=at - timedelta(days=DAYS), until=at, limit=12)
    spoken = [*(row.product_id for row in page.items), *(each.product_id for each in unsaid)]
    ids = {product_id for product_id in spoken if product_id}
    products = catalog.products(ids, locale=frame.locale()) if ids else {}
    context: dict[str, Any] = {
        "heading": _("Conversations"),
        "days": DAYS,
        "figures": _figures(found),
        "tabs": [_tab(request, key, words, chosen, found.waiting) for key, words in _TABS],
        "rows": [_row(row, products) for row in page.items],
        "unsaid": [(each, products.get(each.product_id or 0)) for each in unsaid],
        "q": text,
        "resolution": chosen,
        "filtered": bool(chosen or text),
        **frame.pages(request, page.next, paged=bool(cursor)),
    }
    return frame.page(request, "studio/conversations/list.html", context, room="conversations")


def _tab(request: HttpRequest, key: str, words: str | Promise, chosen: str, waiting: int) -> dict[str, Any]:
    params = request.GET.copy()
    params.pop("cursor", None)
    params["resolution"] = key
    count = marks.number(waiting) if key == "waiting" and waiting else ""
    return {"url": f"?{params.urlencode()}", "label": words, "current": key == chosen, "count": count}


def _row(row: Row, products: Any) -> dict[str, Any]:
    return {
        "row": row,
        "product": products.get(row.product_id or 0),
        "surface": surface_words(row.surface),
        "resolution": resolution_words(row.resolution) if row.resolution else "",
        "badge": BADGES.get(row.resolution, "") if row.resolution else "",
    }


def _figures(found: Figures) -> list[dict[str, str]]:
    """Shares with their intervals and what they are shares of; nothing while nobody has asked."""
    if not found.conversations:
        return []
    over = _("Over: conversations begun in these days in which something was asked. Interval: Wilson, 95 %.")
    of_questions = _("Over: all questions in them, greetings left out. Interval: Wilson, 95 %.")
    said = {
        Resolution.RESOLVED: _(
            "Every question was answered: the shopper said so, or an answer stood that was not asked for again. "
        ),
        Resolution.PARTLY: _("Some questions were answered, or with little. "),
        Resolution.NOT: _("No question was answered: nobody has said, or the shopper said no. "),
        Resolution.HANDED_OVER: _("The shopper asked for a person. "),
    }
    ended = [
        _figure(resolution_words(each).capitalize(), found.by_resolution[each], said[each] + over)
        for each in Resolution
    ]
    return [
        *ended,
        _figure(
            _("Nobody has said"), found.unsaid, _("Questions that no voice and no record answers. ") + of_questions
        ),
        _figure(_("Judged by the shopper"), found.worded, _("Answers that the shopper judged. ") + of_questions),
        _figure(
            _("Rules and shopper agree"),
            found.agreement,
            _("How often the rules had graded an answer as the shopper then did. Over: answers judged."),
        ),
        _figure(_("Into the cart"), found.added, _("A product was put in the cart from an answer. ") + over),
    ]


def _figure(name: str, share: Share, definition: str) -> dict[str, str]:
    known = share.share is not None
    return {
        "name": name,
        "value": marks.percent(share.share or 0, 0) if known else "",
        "low": marks.percent(share.low or 0, 0) if known else "",
        "high": marks.percent(share.high or 0, 0) if known else "",
        "count": marks.number(share.count),
        "definition": definition,
    }


@require_GET
@requires(Permission.CUSTOMERS_VIEW)
def conversation_page(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """GET: what was asked and shown, turn by turn, and a place to answer."""
    found = queries.conversation(conversation_id)
    return _shown(request, found)


def _shown(request: HttpRequest, found: Conversation, *, problem: str = "", reply: str = "") -> HttpResponse:
    ids = {turn.product_id for turn in found.turns if turn.product_id}
    products = catalog.products(ids, locale=frame.locale()) if ids else {}
    customer = people.customer(found.customer_id) if found.customer_id else None
    context = {
        "heading": _("Conversation %(number)d") % {"number": found.id},
        "conversation": found,
        "customer": customer,
        "surface": surface_words(found.surface),
        "resolution": resolution_words(found.resolution) if found.resolution else "",
        "badge": BADGES.get(found.resolution, "") if found.resolution else "",
        "turns": [_turn(turn, products) for turn in found.turns],
        "problem": problem,
        "reply": reply,
        "key": f"studio:{uuid4()}",
    }
    return frame.page(
        request, "studio/conversations/one.html", context, room="conversations", status=422 if problem else 200
    )


def _turn(turn: Turn, products: Any) -> dict[str, Any]:
    return {
        "turn": turn,
        "person": turn.asker is Asker.PERSON,
        "product": products.get(turn.product_id or 0),
        "intent": intent_words(turn.intent),
        "outcome": outcome_words(turn.outcome),
        "resolution": resolution_words(turn.resolution),
        "badge": BADGES[turn.resolution],
        "word": word_words(turn.word) if turn.word else "",
        "filters": list(filter(None, (filter_words(each) for each in turn.filters))),
        "passages": [_passage(each) for each in turn.passages],
    }


def _passage(each: Passage) -> dict[str, Any]:
    words, badge = _SIDES[each.side]
    return {
        "passage": each,
        "side": words,
        "badge": badge,
        "stated": list(filter(None, (stated_words(name, value) for name, value in each.stated)))[:4],
    }


@require_POST
@requires(Permission.CUSTOMERS_VIEW)
def answer(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """POST text, key: a person answers; the shopper reads it in the conversation, and by mail where there is one."""
    text = request.POST.get("text", "")
    staff = frame.staff_of(request)
    problem = frame.attempt(
        lambda: actions.answer_as_person(
            conversation_id=conversation_id,
            text=text,
            key=request.POST.get("key", "")[:80] or f"studio:{uuid4()}",
            actor_id=staff.account_id,
            at=now(),
        )
    )
    if problem:
        return _shown(request, queries.conversation(conversation_id), problem=problem, reply=text)
    to = reverse("studio:conversation", kwargs={"conversation_id": conversation_id})
    return frame.done(request, _("Answered."), to)
