"""ask: the shop's assistant, which answers with proof or says that nobody has said."""

import secrets
from typing import Annotated, Literal

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from pydantic import Field

from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.domains.assistant import actions, queries
from parvis.domains.assistant.contracts import MAX_QUESTION, Outcome, Passage, Side, Surface, Turn
from parvis.domains.assistant.web import hint_words, lead, suggestion_words
from parvis.domains.catalog import queries as catalog
from parvis.domains.people.contracts import GrantScope
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice
from parvis.interfaces.agents.mcp.gate import Caller
from parvis.interfaces.agents.mcp.tools.common import Arguments, tool
from parvis.interfaces.agents.mcp.words import (
    NOTICE,
    TOLD,
    CustomerQuote,
    Language,
    Point,
    ProductOut,
    Shape,
    day,
    line,
    page_of,
    points,
    products_out,
    the_product,
)

_SIDES: dict[Side, Literal["for", "against", "neutral"]] = {
    Side.AGREES: "for",
    Side.DISAGREES: "against",
    Side.BESIDE: "neutral",
}
MOST_CARDS = 6


class Ask(Arguments):
    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, description="In French or English.")]
    product: Annotated[
        str | None, Field(max_length=200, description="The product it is about, as search_products names it.")
    ] = None
    conversation: Annotated[
        str | None,
        Field(max_length=40, description="conversation of an earlier answer, where this question follows upon it."),
    ] = None
    language: Language = "en"


class Stated(Shape):
    """The shop's own words: a fact of its catalogue or one of its terms."""

    kind: Literal["shop_statement"] = "shop_statement"
    heading: str
    text: str
    url: str


class OwnOrder(Shape):
    number: str
    state: str
    tracking: str


class Answered(Shape):
    """``nobody_has_said`` true: say so, and do not answer from elsewhere as if customers had said it."""

    question: str
    outcome: str
    nobody_has_said: bool
    answer: Annotated[str, Field(description="The assistant's own first line. It says little; the proof is below.")]
    sure: Annotated[float, Field(description="0 to 1: how sure it is that the passages answer.")]
    quotes: list[CustomerQuote]
    statements: list[Stated]
    counted: list[Point]
    hints: list[str]
    advised_sizes: list[str]
    products: list[ProductOut]
    orders: list[OwnOrder]
    next_questions: list[str]
    conversation: str
    notice: str


def ask(caller: Caller, asked: Ask) -> Answered:
    item = the_product(asked.product, language=asked.language).product if asked.product else None
    customer_id = caller.customer_id(GrantScope.ORDERS)
    token = _conversation(asked, caller, customer_id, item.id if item else None)
    turn = actions.ask(
        token=token,
        key=f"mcp:{secrets.token_hex(8)}",
        question=asked.question,
        locale=asked.language,
        at=now(),
        product_id=item.id if item else None,
    )
    caller.visit.session = token
    return answered(turn, token, asked.language)


def _conversation(asked: Ask, caller: Caller, customer_id: int | None, product_id: int | None) -> str:
    """The conversation to go on with, or a new one. Only those that programs began, and of this customer or nobody."""
    if asked.conversation is None:
        return actions.begin(
            locale=asked.language,
            surface=Surface.API,
            at=now(),
            customer_id=customer_id,
            product_id=product_id,
            origin=f"mcp {caller.agent.name if caller.agent else ''}".strip(),
        )
    found = queries.conversation_by_token(asked.conversation)
    if found.surface is not Surface.API or found.customer_id not in (None, customer_id):
        raise NotFound(kind="conversation", key="")
    if found.waits:
        raise Invalid(field="conversation", problem="a person of the shop has it; begin a new one")
    return asked.conversation


def answered(turn: Turn, token: str, language: str) -> Answered:
    """A turn as a program reads it."""
    here = [each for each in turn.passages if not each.gone]
    known = voices.voices([each.voice_id for each in here if each.voice_id])
    items = catalog.products({each.product_id for each in here if each.product_id}, locale=language)
    slugs = {key: item.slug for key, item in items.items()}
    cards = catalog.products(turn.cards[:MOST_CARDS], locale=language)
    labels = voices.aspect_labels(language)
    with override(language):
        first = lead(turn)
        hints = [hint_words(each) for each in turn.hints]
        following = [suggestion_words(each, labels) for each in turn.next]
    return Answered(
        question=turn.text,
        outcome=turn.outcome.value,
        nobody_has_said=turn.outcome is Outcome.UNSAID,
        answer=first,
        sure=round(turn.certainty, 3),
        quotes=[
            quote_of(each, known[each.voice_id], slugs, language)
            for each in here
            if each.voice_id is not None and each.voice_id in known
        ],
        statements=[_stated(each, slugs, language) for each in here if not each.voice_id],
        counted=points(turn.points, language),
        hints=[str(each) for each in hints],
        advised_sizes=list(turn.size.advised) if turn.size else [],
        products=products_out([cards[key] for key in turn.cards if key in cards], language),
        orders=[OwnOrder(number=each.number, state=each.state.value, tracking=each.tracking) for each in turn.orders],
        next_questions=[str(each) for each in following],
        conversation=token,
        notice=NOTICE,
    )


def quote_of(passage: Passage, voice: Voice, slugs: dict[int, str], language: str) -> CustomerQuote:
    """A passage that an answer shows."""
    slug = slugs.get(passage.product_id or 0, "")
    return CustomerQuote(
        text=line(passage.quote),
        side=_SIDES[passage.side],
        author=line(passage.author_name, limit=80),
        stars=passage.stars,
        language=passage.language,
        written_on=day(passage.submitted_at),
        verified_purchase=passage.verified,
        received_in_return=line(voice.incentive, limit=100),
        first_published_on=line(voice.syndicated_from, limit=100),
        simulated=sorted(passage.provenance),
        product=slug,
        url=f"{page_of(slug, language)}#voice-{passage.voice_id}" if slug else "",
    )


def _stated(passage: Passage, slugs: dict[int, str], language: str) -> Stated:
    slug = slugs.get(passage.product_id or 0, "")
    url = page_of(slug, language) if slug else ""
    if passage.page == "reviews_policy":
        with override(language):
            url = f"{settings.PUBLIC_URL}{reverse('storefront:reviews_policy')}"
    return Stated(heading=line(passage.head, limit=200), text=line(passage.quote or passage.text), url=url)


ASK = tool(
    name="ask",
    title="Ask the shop's assistant",
    description=(
        "Ask a question about a product, the shop's delivery and returns, or what suits somebody. The answer is made of"
        " what customers wrote and of the shop's own facts, for and against; where nobody has said anything it says so"
        " (nobody_has_said), and then nobody should pretend otherwise. The question is kept, so that the shop can"
        " answer it later: put no personal data into it." + TOLD
    ),
    takes=Ask,
    gives=Answered,
    run=ask,
    annotations={"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": False},
)
