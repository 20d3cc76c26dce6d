"""The assistant: one conversation for each shopper, on every page where a question comes up."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.clock import now
from parvis.core.errors import NotFound, ParvisError
from parvis.core.language_model import language_model
from parvis.core.limits import Allowance
from parvis.core.numbers import whole
from parvis.domains.analytics.contracts import Kind
from parvis.domains.analytics.web import note
from parvis.domains.assistant import actions, queries
from parvis.domains.assistant.contracts import Conversation, Outcome, Surface, Turn, Word
from parvis.domains.assistant.web import current, current_token, hold
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Product
from parvis.interfaces.design.htmx import htmx
from parvis.interfaces.storefront import basket, talking
from parvis.interfaces.storefront.pages import ASKING, limit, page
from parvis.interfaces.storefront.reader import locale

CALLING = Allowance(name="storefront.person", burst=4, per_minute=1)
_SURFACES = {each.value: each for each in Surface if each is not Surface.API}


@never_cache
@require_http_methods(["GET", "POST"])
def assistant(request: HttpRequest) -> HttpResponse:
    """GET: the conversation of this browser (``product`` is a slug to ask about). POST q, product (id), place, aspect,
    key: ask; answered with the conversation as a part of the page to htmx, else by leading to it."""
    if request.method == "POST":
        return _ask(request)
    item = _by_slug(request.GET.get("product", ""))
    context = _thread(request, current(request, customer_id=_customer(request)))
    question = request.GET.get("q", "")[:300]
    return page(request, "storefront/assistant.html", {**context, "product": item, "question": question})


def _ask(request: HttpRequest) -> HttpResponse:
    at = now()
    limit(request, ASKING, at=at)
    item = _by_id(request.POST.get("product", ""))
    asked = request.POST.get("q", "")
    customer_id = _customer(request)
    token = current_token(request, customer_id=customer_id)
    if not token:
        surface = _SURFACES.get(request.POST.get("place", ""), Surface.PAGE)
        token = actions.begin(locale=locale(), surface=surface, at=at, customer_id=customer_id)
    aspect = request.POST.get("aspect", "")[:60]
    try:
        turn = actions.ask(
            token=token,
            key=_key(request, token, asked, item, aspect),
            question=asked,
            locale=locale(),
            at=at,
            product_id=item.id if item else None,
            cart=basket.current(request),
            aspect=aspect,
        )
    except ParvisError as error:
        if error.status >= 500:
            raise
        return hold(_refused(request, talking.problem(error), asked, token), token)
    voice_ids = tuple(each.voice_id for each in turn.passages if each.voice_id)
    answered = turn.outcome in (Outcome.ANSWERED, Outcome.THIN)
    note(request, Kind.ASK, at=at, product_id=turn.product_id, voice_ids=voice_ids, surface="ask", answered=answered)
    return hold(_shown(request, token, item, number=turn.number), token)


def _key(request: HttpRequest, token: str, asked: str, item: Product | None, aspect: str) -> str:
    """What makes a form sent twice one question: the page's own key, else what is asked at this point of the talk."""
    given = request.POST.get("key", "")
    if 8 <= len(given) <= 80:
        return given
    seen, _ = queries.revision(token)
    about = f"{seen}|{item.id if item else ''}|{aspect}|{asked}"
    return f"page:{hashlib.sha256(about.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def _shown(request: HttpRequest, token: str, item: Product | None, *, number: int = 0) -> HttpResponse:
    if not htmx(request):
        about = f"?product={item.slug}" if item else ""
        return redirect(f"{reverse('storefront:assistant')}{about}#turn-{number}")
    context = _thread(request, queries.conversation_by_token(token))
    return page(request, "storefront/assistant/thread.html", {**context, "product": item})


def _refused(request: HttpRequest, words: str, asked: str, token: str) -> HttpResponse:
    """Say why, and keep what was written."""
    context = {**_thread(request, queries.conversation_by_token(token)), "problem": words}
    if htmx(request):
        return page(request, "storefront/assistant/thread.html", context)
    kept = {**context, "question": asked[:2000], "product": _by_id(request.POST.get("product", ""))}
    return page(request, "storefront/assistant.html", kept, status=422)


@never_cache
@require_safe
def thread(request: HttpRequest) -> HttpResponse:
    """The conversation again, for a window that has ``seen`` an older state of it; 204 when nothing has changed:
    another window asked, a person answered, or a voice on screen was withdrawn."""
    token = current_token(request, customer_id=_customer(request))
    if not token or talking.state(token) == request.GET.get("seen", ""):
        return HttpResponse(status=204)
    context = _thread(request, queries.conversation_by_token(token))
    return page(request, "storefront/assistant/thread.html", context)


@require_POST
def word(request: HttpRequest, number: int) -> HttpResponse:
    """POST word (yes, partly, no, or nothing to take it back): whether an answer helped."""
    token = _held(request)
    given = request.POST.get("word", "")
    actions.judge(token=token, number=number, word=Word(given) if given in set(Word) else None, at=now())
    return _shown(request, token, _by_id(request.POST.get("product", "")), number=number)


@require_POST
def person(request: HttpRequest) -> HttpResponse:
    """POST words, email, key: a person of the team is asked for, with all that was said."""
    at = now()
    limit(request, CALLING, at=at)
    customer_id = _customer(request)
    token = current_token(request, customer_id=customer_id)
    if not token:
        token = actions.begin(locale=locale(), surface=Surface.PAGE, at=at, customer_id=customer_id)
    try:
        actions.hand_over(
            token=token,
            at=at,
            email=request.POST.get("email", "").strip()[:254],
            words=request.POST.get("words", ""),
            key=request.POST.get("key", "")[:80],
            variant_ids=[line.variant_id for line in basket.current(request).lines],
        )
    except ParvisError as error:
        if error.status >= 500:
            raise
        return hold(_refused(request, talking.problem(error), "", token), token)
    return hold(_shown(request, token, None), token)


@require_POST
def anew(request: HttpRequest) -> HttpResponse:
    """Begin a new conversation; the old one stays where it is, for its owner."""
    at = now()
    limit(request, ASKING, at=at)
    token = actions.begin(locale=locale(), surface=Surface.PAGE, at=at, customer_id=_customer(request))
    messages.success(request, gettext("A new conversation begins."))
    return hold(redirect("storefront:assistant"), token)


@never_cache
@require_safe
def written(request: HttpRequest, number: int) -> HttpResponseBase:
    """What the language model writes of an answer, a JSON object a line, each sentence checked before it is sent."""
    token = _held(request)
    limit(request, ASKING, at=now())
    return StreamingHttpResponse(
        _lines(token, number), content_type="application/x-ndjson", headers={"X-Accel-Buffering": "no"}
    )


def _lines(token: str, number: int) -> Iterator[bytes]:
    for sentence in actions.write(token=token, number=number, at=now()):
        yield json.dumps({"text": sentence.text, "cites": sentence.cites}, ensure_ascii=False).encode() + b"\n"


def _thread(request: HttpRequest, conversation: Conversation | None) -> dict[str, Any]:
    return {
        "conversation": conversation,
        "turns": talking.turns(conversation, locale=locale()) if conversation else (),
        "seen": talking.state(conversation.token) if conversation else "",
        "writes": language_model() is not None,
        "signed_in": request.user.is_authenticated,
    }


def _customer(request: HttpRequest) -> int | None:
    customer = basket.owner(request)
    return customer.id if customer else None


def _held(request: HttpRequest) -> str:
    token = current_token(request, customer_id=_customer(request))
    if not token:
        raise NotFound(kind="conversation", key="")
    return token


def _by_slug(slug: str) -> Product | None:
    if not slug:
        return None
    try:
        return catalog.product_by_slug(slug[:200].replace("\x00", ""), locale=locale()).product
    except NotFound:
        return None


def _by_id(given: str) -> Product | None:
    """The product a form speaks of, also when it was taken out of the shop since its page was opened."""
    number = whole(given) or 0
    return catalog.products([number], locale=locale()).get(number) if number else None


def turn_of(request: HttpRequest, given: str) -> Turn | None:
    """A turn of this browser's conversation by its number, as forms name it."""
    number = whole(given, most=99_999)
    conversation = current(request, customer_id=_customer(request)) if number is not None else None
    return next((each for each in conversation.turns if each.number == number), None) if conversation else None
