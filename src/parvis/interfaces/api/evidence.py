"""/products/{id}/proof…, /ask: what voices say, with their words."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from parvis.core.errors import NotFound
from parvis.core.pagination import decode_cursor, encode_cursor
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries
from parvis.domains.evidence.contracts import AspectCount, Order, Sign
from parvis.domains.people.contracts import Scope
from parvis.interfaces.api.auth import Needs
from parvis.interfaces.api.problems import only
from parvis.interfaces.api.shapes import Cursor, Limit, Listed, Locale
from parvis.interfaces.api.voices import VoiceOut

router = Router(tags=["evidence"])
READ = Needs(Scope.EVIDENCE_READ)


class PointOut(Schema):
    """``count`` reviews lean this way on an aspect, ``against`` the other; ``quote`` is one review's own words."""

    aspect: str
    sign: Sign
    label: str
    count: int
    against: int
    share: float
    quote: str
    voice_id: int


class SummaryOut(Schema):
    """``distribution`` counts stars 1 to 5. ``simulated`` names attributes that are simulated in some reviews."""

    product_id: int
    count: int
    average: float | None
    distribution: list[int]
    verified: int
    with_text: int
    with_photo: int
    with_video: int
    pros: list[PointOut]
    cons: list[PointOut]
    simulated: list[str]
    updated_at: datetime


class HighlightOut(Schema):
    start: int
    end: int
    aspect: str
    polarity: float


class ProofOut(Schema):
    """A review in its place, and why it stands there: keys such as ``gives_size_worn``; ``after_use:3:m`` is 3 months
    of use (w weeks, y years, t times worn or washed, 0 for several). Strictly by score: no side is brought forward."""

    voice: VoiceOut
    score: float
    reasons: list[str]
    highlights: list[HighlightOut]


class ProofQuery(Schema):
    sort: Order = Order.USEFUL
    aspect: Annotated[str | None, Field(max_length=50)] = None
    sign: Sign | None = None
    stars: Annotated[int | None, Field(ge=1, le=5)] = None
    language: Annotated[str | None, Field(max_length=8)] = None
    with_photo: bool = False
    with_video: bool = False
    limit: Limit = 20
    cursor: Cursor = None


class QuoteOut(Schema):
    """``quote`` is ``text[start:end]``, shortened where it is long; ``polarity`` -1..1 is how the words lean."""

    voice_id: int
    product_id: int | None
    quote: str
    start: int
    end: int
    stars: int | None
    author_name: str
    submitted_at: datetime
    verified: bool
    polarity: float
    provenance: dict[str, str]


class AnswerOut(Schema):
    """``answered`` false: nobody has said."""

    question: str
    answered: bool
    answerable: float
    quotes: list[QuoteOut]
    aspects: list[PointOut]


class Question(Schema):
    text: Annotated[str, Field(min_length=1, max_length=500)]
    product_id: int | None = None
    locale: Locale = "en"
    k: Annotated[int, Field(ge=1, le=10)] = 5


def points_out(points: tuple[AspectCount, ...], locale: str) -> list[PointOut]:
    """Leanings with their names in ``locale``."""
    labels = queries.labels(locale)
    return [
        PointOut(
            aspect=point.aspect,
            sign=point.sign,
            label=labels.get(point.trait, point.aspect),
            count=point.count,
            against=point.against,
            share=point.share,
            quote=point.quote,
            voice_id=point.voice_id,
        )
        for point in points
    ]


@router.get("/products/{int:product_id}/proof", response=SummaryOut, auth=READ, summary="What a product's voices say")
def read_summary(request: HttpRequest, product_id: int, locale: Locale = "en") -> Any:
    found = queries.summary(product_id)
    if found is None:
        raise NotFound(kind="proof of product", key=product_id)
    plain = {name: getattr(found, name) for name in SummaryOut.model_fields if name not in ("pros", "cons")}
    return {**plain, "pros": points_out(found.pros, locale), "cons": points_out(found.cons, locale)}


@router.get(
    "/products/{int:product_id}/proofs", response=Listed[ProofOut], auth=READ, summary="Reviews as proof, in order"
)
def list_proofs(request: HttpRequest, product_id: int, query: Query[ProofQuery]) -> Any:
    only(request, *ProofQuery.model_fields)
    catalog.product(product_id, locale="en")
    offset = int(decode_cursor(query.cursor, length=1)[0]) if query.cursor else 0
    shown = queries.shown_for(
        product_id,
        sort=query.sort,
        aspect=query.aspect,
        polarity=query.sign,
        stars=query.stars,
        language=query.language,
        with_photo=query.with_photo,
        with_video=query.with_video,
        balanced=False,  # a program may change the size of its pages on the way
        offset=offset,
        limit=query.limit,
    )
    end = offset + query.limit
    return {"items": list(shown.proofs), "next": encode_cursor(end) if end < shown.total else None}


@router.post("/ask", response=AnswerOut, auth=READ, summary="Ask the voices")
def ask(request: HttpRequest, question: Question) -> Any:
    """Answers with quotes, or says that nobody has said. It changes nothing, so that it needs no Idempotency-Key."""
    if question.product_id is not None:
        catalog.product(question.product_id, locale="en")
    found = queries.ask(question.product_id, question.text, locale=question.locale, k=question.k)
    return {
        "question": found.question,
        "answered": found.answered,
        "answerable": found.answerable,
        "quotes": list(found.quotes),
        "aspects": points_out(found.aspects, question.locale),
    }
