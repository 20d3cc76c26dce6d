"""get_proof: what customers say of a product, both sides, with where each word comes from."""

from typing import Annotated

from pydantic import Field

from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Source
from parvis.domains.voices import queries as voices
from parvis.interfaces.agents.mcp.gate import Caller
from parvis.interfaces.agents.mcp.tools.common import READS, Arguments, tool
from parvis.interfaces.agents.mcp.words import (
    NOTICE,
    TOLD,
    CustomerQuote,
    Language,
    Point,
    Rating,
    Shape,
    of_passage,
    of_voice,
    page_of,
    points,
    rating,
    statement_of,
    the_product,
)

VOICES = (Source.REVIEW, Source.ANSWER, Source.CLIP)
Product = Annotated[str, Field(min_length=1, max_length=200, description="The product field of search_products.")]


class Proof(Arguments):
    product: Product
    need: Annotated[
        str,
        Field(max_length=300, description="What the shopper needs to know ('comfortable for long walks'); empty: all."),
    ] = ""
    limit: Annotated[int, Field(ge=1, le=10, description="Quotes at most.")] = 6
    language: Language = "en"


class Proven(Shape):
    """``answered`` false: nobody has said anything about the need. ``statement`` is all that is said of the product, as
    a document signed by the shop."""

    product: str
    name: str
    url: str
    need: str
    answered: bool
    rating: Rating | None
    for_it: list[Point]
    against_it: list[Point]
    quotes: list[CustomerQuote]
    statement: str
    notice: str


def proof(caller: Caller, asked: Proof) -> Proven:
    item = the_product(asked.product, language=asked.language).product
    summary = evidence.summary(item.id)
    quotes = _about(asked, item.id, item.slug) if asked.need.strip() else None
    if quotes is None:
        shown = evidence.shown_for(item.id, limit=asked.limit).proofs
        quotes = [of_voice(each.voice, item=item, language=asked.language) for each in shown]
    return Proven(
        product=item.slug,
        name=item.name,
        url=page_of(item.slug, asked.language),
        need=asked.need,
        answered=bool(quotes),
        rating=rating(summary),
        for_it=points(summary.pros if summary else (), asked.language),
        against_it=points(summary.cons if summary else (), asked.language),
        quotes=quotes,
        statement=statement_of(item.slug, asked.language),
        notice=NOTICE,
    )


def _about(asked: Proof, product_id: int, slug: str) -> list[CustomerQuote]:
    found = evidence.find(
        asked.need, locale=asked.language, product_ids=[product_id], kinds=VOICES, k=asked.limit
    ).quotes
    known = voices.voices([each.voice_id for each in found])
    slugs = {product_id: slug}
    return [of_passage(each, voices=known, slugs=slugs, language=asked.language) for each in found]


GET_PROOF = tool(
    name="get_proof",
    title="Read proof",
    description=(
        "What customers say of one product: rating, what they like and regret with counts, and quotes with their"
        " author, date, stars and whether the purchase was verified; with 'need', the passages about that need, for and"
        " against. Says so when nobody has said anything." + TOLD
    ),
    takes=Proof,
    gives=Proven,
    run=proof,
    annotations=READS,
)
