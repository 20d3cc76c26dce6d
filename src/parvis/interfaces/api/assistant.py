"""/assistant: a conversation for programs: an app, a chat window elsewhere, another agent on a shopper's behalf."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.assistant import actions, queries
from parvis.domains.assistant.contracts import (
    MAX_QUESTION,
    Asker,
    Conversation,
    Hint,
    Intent,
    Outcome,
    Resolution,
    Side,
    Surface,
    Turn,
    Word,
)
from parvis.domains.assistant.web import lead, suggestion_words
from parvis.domains.catalog import queries as catalog
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import Scope
from parvis.domains.voices import queries as voices
from parvis.interfaces.api.auth import Needs, ScopeMissing, caller
from parvis.interfaces.api.evidence import PointOut, points_out
from parvis.interfaces.api.repeat import once
from parvis.interfaces.api.shapes import Locale

router = Router(tags=["assistant"])
ASK = Needs(Scope.ASSISTANT_ASK)
TokenPath = Annotated[str, Field(min_length=20, max_length=40, pattern=r"^[\w-]+$")]


class Begin(Schema):
    """``customer_id``: the shopper, where the program has signed her in; then she may ask about her own orders, and the
    token needs the scope orders:read as well."""

    locale: Locale = "en"
    product_id: int | None = None
    customer_id: int | None = None


class Ask(Schema):
    text: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]
    product_id: int | None = None
    aspect: Annotated[str, Field(max_length=60, description="That of a suggestion which was taken.")] = ""


class Judge(Schema):
    """``word`` null takes it back."""

    word: Word | None


class Call(Schema):
    """``email`` is where the answer may also go."""

    words: Annotated[str, Field(max_length=MAX_QUESTION)] = ""
    email: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""
    variant_ids: Annotated[list[int], Field(max_length=50, default_factory=list)]


class PassageOut(Schema):
    """Words shown as proof. ``gone``: withdrawn since, and nothing of it is here. ``voice_id`` is null for the shop's
    own words (``kind`` fact or policy). A clip plays from ``clip_from`` to ``clip_to`` seconds."""

    rank: int
    kind: str
    side: Side
    gone: bool
    voice_id: int | None
    product_id: int | None
    quote: str
    stars: int | None
    author_name: str
    language: str
    submitted_at: datetime | None
    verified: bool
    stated: list[tuple[str, str]]
    clip: str
    captions: str
    clip_from: float
    clip_to: float
    photo: str
    document: str
    head: str
    provenance: dict[str, str]


class FilterOut(Schema):
    attribute: str
    value: str


class SizeCountOut(Schema):
    size: str
    people: int
    small: int
    true: int
    large: int


class SizeOut(Schema):
    """``advised``: one size, two that are plausible, or none: too few people say."""

    people: int
    sizes: list[SizeCountOut]
    advised: list[str]
    variant_id: int | None


class ComparedOut(Schema):
    """The mean of its stars lies between ``low`` and ``high`` (95 %)."""

    product_id: int
    average: float | None
    count: int
    low: float | None
    high: float | None


class OrderFactOut(Schema):
    number: str
    state: str
    placed_at: datetime
    tracking: str
    returnable_until: datetime | None


class SentenceOut(Schema):
    text: str
    cites: list[int]


class SuggestionOut(Schema):
    text: str
    aspect: str


class TurnOut(Schema):
    """A question and its answer as it may be shown now. ``lead`` is its first line in the conversation's language;
    ``agree`` and ``disagree`` count the passages on each side."""

    number: int
    asker: Asker
    text: str
    at: datetime
    language: str
    intent: Intent
    outcome: Outcome
    certainty: float
    resolution: Resolution
    word: Word | None
    product_id: int | None
    lead: str
    hints: list[Hint]
    filters: list[FilterOut]
    passages: list[PassageOut]
    agree: int
    disagree: int
    points: list[PointOut]
    size: SizeOut | None
    comparison: list[ComparedOut]
    cards: list[int]
    orders: list[OrderFactOut]
    terms: list[str]
    written: list[SentenceOut]
    next: list[SuggestionOut]


class ConversationOut(Schema):
    """``revision`` grows with every change; ``waits``: a person is asked for and has not answered."""

    token: str
    locale: str
    started_at: datetime
    last_at: datetime
    resolution: Resolution | None
    waits: bool
    revision: int
    turns: list[TurnOut]


def _turn(turn: Turn, locale: str) -> dict[str, Any]:
    from django.utils.translation import override

    labels = voices.aspect_labels(locale)
    plain = {
        name: getattr(turn, name)
        for name in (
            "number", "asker", "text", "at", "language", "intent", "outcome", "certainty", "resolution", "word",
            "product_id", "hints", "filters", "passages", "cards", "orders", "terms", "written", "size",
        )
    }  # fmt: skip
    with override(locale):
        words = lead(turn) if turn.asker is Asker.SHOPPER else ""
        following = [{"text": suggestion_words(each, labels), "aspect": each.aspect} for each in turn.next]
    return {
        **plain,
        "lead": words,
        "next": following,
        "points": points_out(turn.points, locale),
        "agree": len(turn.side(Side.AGREES)),
        "disagree": len(turn.side(Side.DISAGREES)),
        "comparison": [
            {
                "product_id": each.product_id,
                "average": each.summary.average if each.summary else None,
                "count": each.summary.count if each.summary else 0,
                "low": each.low,
                "high": each.high,
            }
            for each in turn.comparison
        ],
    }


def _conversation(found: Conversation) -> dict[str, Any]:
    names = ("token", "locale", "started_at", "last_at", "resolution", "waits", "revision")
    return {name: getattr(found, name) for name in names} | {
        "turns": [_turn(turn, found.locale) for turn in found.turns]
    }


@router.post("/assistant/conversations", response={201: ConversationOut}, auth=ASK, summary="Begin a conversation")
def begin(request: HttpRequest, body: Begin) -> HttpResponse:
    """Its token is the key to it: whoever holds it may go on."""
    if body.product_id is not None:
        catalog.product(body.product_id, locale="en")
    if body.customer_id is not None:
        if Scope.ORDERS_READ not in caller(request).scopes:
            raise ScopeMissing(scope=Scope.ORDERS_READ)
        if people.customer(body.customer_id) is None:
            raise NotFound(kind="customer", key=body.customer_id)

    def act() -> tuple[int, Any]:
        token = actions.begin(
            locale=body.locale,
            surface=Surface.API,
            at=now(),
            customer_id=body.customer_id,
            product_id=body.product_id,
            origin=caller(request).name,
        )
        return 201, ConversationOut.model_validate(_conversation(queries.conversation_by_token(token)))

    return once(request, act)


@router.get("/assistant/conversations/{token}", response=ConversationOut, auth=ASK, summary="A conversation")
def read(request: HttpRequest, token: TokenPath) -> Any:
    return _conversation(queries.conversation_by_token(token))


@router.post("/assistant/conversations/{token}/turns", response={201: TurnOut}, auth=ASK, summary="Ask")
def ask(request: HttpRequest, token: TokenPath, body: Ask) -> HttpResponse:
    """Answered with passages, who agrees and who does not, or honestly not. Two agents in one conversation each get
    their own turn; a retry under the same key gets the first one."""
    found = queries.conversation_by_token(token)
    if body.product_id is not None:
        catalog.product(body.product_id, locale="en", archived=True)

    def act() -> tuple[int, Any]:
        turn = actions.ask(
            token=token,
            key=f"api:{caller(request).id}:{request.headers.get('Idempotency-Key', '')}"[:80],
            question=body.text,
            locale=found.locale,
            at=now(),
            product_id=body.product_id,
            aspect=body.aspect,
        )
        return 201, TurnOut.model_validate(_turn(turn, found.locale))

    return once(request, act)


@router.post(
    "/assistant/conversations/{token}/turns/{int:number}/word",
    response={200: TurnOut},
    auth=ASK,
    summary="Say whether an answer helped",
)
def judge(request: HttpRequest, token: TokenPath, number: int, body: Judge) -> HttpResponse:
    def act() -> tuple[int, Any]:
        actions.judge(token=token, number=number, word=body.word, at=now())
        found = queries.conversation_by_token(token)
        turn = next(each for each in found.turns if each.number == number)
        return 200, TurnOut.model_validate(_turn(turn, found.locale))

    return once(request, act)


@router.post(
    "/assistant/conversations/{token}/person", response={200: ConversationOut}, auth=ASK, summary="Ask for a person"
)
def person(request: HttpRequest, token: TokenPath, body: Call) -> HttpResponse:
    """The team reads everything that was said and shown."""

    def act() -> tuple[int, Any]:
        actions.hand_over(token=token, at=now(), email=body.email, words=body.words, variant_ids=body.variant_ids)
        return 200, ConversationOut.model_validate(_conversation(queries.conversation_by_token(token)))

    return once(request, act)
