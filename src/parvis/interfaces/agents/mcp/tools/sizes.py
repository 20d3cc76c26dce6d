"""size_advice: what buyers of about that body wore, and what they say of the fit."""

from typing import Annotated, Literal

from pydantic import Field

from parvis.core.clock import now
from parvis.domains.assistant import queries
from parvis.domains.voices import queries as voices
from parvis.interfaces.agents.mcp.gate import Caller
from parvis.interfaces.agents.mcp.tools.asking import quote_of
from parvis.interfaces.agents.mcp.tools.common import READS, Arguments, tool
from parvis.interfaces.agents.mcp.tools.proof import Product
from parvis.interfaces.agents.mcp.words import NOTICE, TOLD, CustomerQuote, Language, Shape, the_product


class Body(Arguments):
    product: Product
    height_cm: Annotated[int | None, Field(ge=100, le=230)] = None
    weight_kg: Annotated[int | None, Field(ge=30, le=250)] = None
    usual_size: Annotated[str, Field(max_length=20, description="The size usually worn ('M', '40').")] = ""
    language: Language = "en"


class SizeWorn(Shape):
    """``people`` near that body wore it; so many of them found it small, true to size, or large."""

    size: str
    people: int
    small: int
    true: int
    large: int
    sku: Annotated[str | None, Field(description="To buy it in this size; null: not in stock.")]


class Advised(Shape):
    """``verdict`` two: both are plausible, say so; none: too few people have said, do not guess a size."""

    product: str
    verdict: Literal["one", "two", "none"]
    advised: list[str]
    people: int
    sizes: list[SizeWorn]
    quotes: list[CustomerQuote]
    notice: str


def advise(caller: Caller, asked: Body) -> Advised:
    detail = the_product(asked.product, language=asked.language)
    item = detail.product
    found = queries.size_advice(
        item.id,
        height_cm=asked.height_cm,
        weight_kg=asked.weight_kg,
        usual_size=asked.usual_size,
        locale=asked.language,
        at=now(),
    )
    advice = found.advice
    known = voices.voices([each.voice_id for each in found.passages if each.voice_id])
    skus = {each.size.upper(): each.sku for each in detail.variants if each.available > 0}
    verdicts: tuple[Literal["none", "one", "two"], ...] = ("none", "one", "two")
    return Advised(
        product=item.slug,
        verdict=verdicts[len(advice.advised)],
        advised=list(advice.advised),
        people=advice.people,
        sizes=[
            SizeWorn(
                size=each.size,
                people=each.people,
                small=each.small,
                true=each.true,
                large=each.large,
                sku=skus.get(each.size.upper()),
            )
            for each in advice.sizes
        ],
        quotes=[
            quote_of(each, known[each.voice_id], {item.id: item.slug}, asked.language)
            for each in found.passages
            if each.voice_id is not None
        ],
        notice=NOTICE,
    )


SIZE_ADVICE = tool(
    name="size_advice",
    title="Which size",
    description=(
        "Which size of a garment to take: what buyers of about the given height, weight or usual size wore and how it"
        " fitted them. Answers one size, two that are plausible, or none when too few people have said." + TOLD
    ),
    takes=Body,
    gives=Advised,
    run=advise,
    annotations=READS,
)
