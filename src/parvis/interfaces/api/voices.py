"""/voices: what people said, coming in and as it stands."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from parvis.core.clock import now
from parvis.core.errors import Invalid
from parvis.domains.people.contracts import Scope
from parvis.domains.voices import actions, queries
from parvis.domains.voices.contracts import (
    NewVoice,
    Origin,
    Outcome,
    QueueFilters,
    Reason,
    VideoState,
    VoiceKind,
    VoiceState,
)
from parvis.interfaces.api.auth import Needs, caller
from parvis.interfaces.api.problems import only
from parvis.interfaces.api.repeat import once
from parvis.interfaces.api.shapes import Cursor, Limit, Listed

router = Router(tags=["voices"])
READ, WRITE = Needs(Scope.VOICES_READ), Needs(Scope.VOICES_WRITE)
MAX_TEXT = 20_000


class VoiceIn(Schema):
    """A voice on its way in. ``ref`` is its id in the sender's system: sending it again gives the first one back."""

    ref: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["review", "question", "answer"] = "review"
    product_id: int | None = None
    parent_id: int | None = None
    title: Annotated[str, Field(max_length=200)] = ""
    text: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    stars: Annotated[int | None, Field(ge=1, le=5)] = None
    author_name: Annotated[str, Field(max_length=100)] = ""
    language: Annotated[str, Field(pattern="^([a-z]{2})?$")] = ""
    submitted_at: datetime | None = None
    experienced_on: date | None = None
    verified: bool = False
    order_ref: Annotated[str, Field(max_length=100)] = ""
    incentive: Annotated[str, Field(max_length=200)] = ""
    syndicated_from: Annotated[str, Field(max_length=120)] = ""
    syndicated_url: Annotated[str, Field(max_length=500)] = ""
    size_worn: Annotated[str, Field(max_length=40)] = ""


class AspectOut(Schema):
    """An aspect spoken of: polarity -1..1 (exactly 0: named, not judged), the passage to quote (``start`` to
    ``end``) and the words that say it (``at`` to ``to``), in code points of ``text``."""

    aspect: str
    polarity: float
    start: int
    end: int
    at: int
    to: int


class StatedOut(Schema):
    """What the author says of the author, in one unit: ``height_cm``, ``size_worn``, ``skin_type`` …"""

    attribute: str
    value: str
    start: int
    end: int


class IntentOut(Schema):
    """question, complaint, praise or purchase, and how surely (.5..1)."""

    intent: str
    score: float


class ReadingOut(Schema):
    """What Parvis understood; ``stars`` is what the text alone sounds like, ``interest`` how probably the author has an
    interest in what they say (0..1)."""

    model: str
    language: str
    sentiment: float
    stars: float
    toxicity: float
    spam: float
    aspects: list[AspectOut]
    attributes: list[StatedOut]
    intents: list[IntentOut]
    interest: float


class PhotoOut(Schema):
    url: str
    thumb_url: str
    width: int
    height: int
    alt: str


class VideoOut(Schema):
    """A short video. Addresses are filled once it is ready, and served to all once ``shown`` in a public voice."""

    state: VideoState
    shown: bool
    seconds: float
    width: int
    height: int
    url: str
    poster_url: str
    captions_url: str
    captions_language: str


class VoiceOut(Schema):
    """A voice with personal data masked. ``provenance`` names attributes that are simulated."""

    id: int
    kind: VoiceKind
    state: VoiceState
    reason: Reason | None
    product_id: int | None
    parent_id: int | None
    author_name: str
    title: str
    text: str
    stars: int | None
    language: str
    submitted_at: datetime
    published_at: datetime | None
    experienced_on: date | None
    verified: bool
    incentive: str
    syndicated_from: str
    syndicated_url: str
    size_worn: str
    votes_up: int
    votes_down: int
    origin: Origin
    origin_ref: str
    media: list[PhotoOut]
    video: VideoOut | None
    reading: ReadingOut | None
    provenance: dict[str, str]


class VoiceQuery(Schema):
    state: VoiceState | None = VoiceState.PUBLISHED
    kind: VoiceKind | None = None
    product_id: int | None = None
    stars: Annotated[int | None, Field(ge=1, le=5)] = None
    language: Annotated[str | None, Field(max_length=8)] = None
    limit: Limit = 50
    cursor: Cursor = None


class DecisionIn(Schema):
    """A person's decision, told through a program of the brand. The author is given ``reason``."""

    outcome: Outcome
    reason: Reason
    note: Annotated[str, Field(max_length=1000)] = ""


class DecisionOut(Schema):
    id: int
    outcome: Outcome
    by: str
    actor_id: int | None
    reason: Reason
    note: str
    model: str
    scores: dict[str, float]
    state_before: VoiceState
    state_after: VoiceState
    at: datetime
    undoes: int | None


@router.get("/voices", response=Listed[VoiceOut], auth=READ, summary="List voices, oldest first")
def list_voices(request: HttpRequest, query: Query[VoiceQuery]) -> Any:
    only(request, *VoiceQuery.model_fields)
    filters = QueueFilters(**query.dict(exclude={"limit", "cursor"}))
    page = queries.find(filters, cursor=query.cursor, limit=query.limit)
    return {"items": list(page.items), "next": page.next}


@router.get("/voices/{int:voice_id}", response=VoiceOut, auth=READ, summary="Read a voice")
def read_voice(request: HttpRequest, voice_id: int) -> Any:
    return queries.voice(voice_id)


@router.post("/voices", response={201: VoiceOut}, auth=WRITE, summary="Send a voice in")
def send_voice(request: HttpRequest, new: VoiceIn) -> HttpResponse:
    """It is held until it is read, within seconds; then published, held for a person, or refused with a reason."""

    def act() -> tuple[int, Any]:
        fields = new.dict(exclude={"ref", "kind"})
        sent = NewVoice(
            **fields, kind=VoiceKind(new.kind), origin=Origin.API, origin_ref=f"{caller(request).id}:{new.ref}"
        )
        received = actions.receive(sent, at=now())
        return 201, VoiceOut.from_orm(queries.voice(received.id))

    return once(request, act)


@router.get(
    "/voices/{int:voice_id}/decisions",
    response=list[DecisionOut],
    auth=READ,
    summary="The trail of a voice's decisions",
)
def list_decisions(request: HttpRequest, voice_id: int) -> Any:
    queries.voice(voice_id)
    return list(queries.decisions(voice_id))


@router.post("/voices/{int:voice_id}/decisions", response={201: VoiceOut}, auth=WRITE, summary="Decide about a voice")
def decide(request: HttpRequest, voice_id: int, new: DecisionIn) -> HttpResponse:
    def act() -> tuple[int, Any]:
        queries.voice(voice_id)
        if new.outcome is Outcome.WITHDRAW:
            raise Invalid(
                field="outcome", problem="use publish, hold or refuse; a public voice is withdrawn by refusing it"
            )
        actions.decide(
            voice_ids=[voice_id],
            outcome=new.outcome,
            reason=new.reason,
            note=new.note,
            actor_id=caller(request).account_id,
            at=now(),
        )
        return 201, VoiceOut.from_orm(queries.voice(voice_id))

    return once(request, act)
