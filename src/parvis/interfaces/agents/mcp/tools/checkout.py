"""create_checkout: what the shopper wants to buy, with its totals, and the page where she confirms it herself."""

import re
from collections.abc import Mapping
from typing import Annotated

from django.utils.translation import override
from pydantic import Field

from parvis.core import idempotency
from parvis.core.clock import now
from parvis.core.errors import Invalid, NotFound
from parvis.core.idempotency import Answer
from parvis.domains.catalog import queries as catalog
from parvis.domains.catalog.contracts import Variant
from parvis.domains.checkout import actions
from parvis.domains.checkout.contracts import MAX_LINES, MAX_QUANTITY, Address, Details, Door, Session, Wanted
from parvis.domains.people import queries as people
from parvis.domains.people.contracts import GrantScope, Scope
from parvis.interfaces.agents import said
from parvis.interfaces.agents.mcp.gate import Caller
from parvis.interfaces.agents.mcp.links import continue_url
from parvis.interfaces.agents.mcp.tools.common import Arguments, tool
from parvis.interfaces.agents.mcp.words import Amount, Language, Shape, amount, line, plain

_VOICE = re.compile(r"#voice-([0-9]{1,12})$")


class Item(Arguments):
    sku: Annotated[str, Field(min_length=1, max_length=60, description="Of a variant in search_products.")]
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)] = 1


class Basket(Arguments):
    items: Annotated[list[Item], Field(min_length=1, max_length=MAX_LINES)]
    codes: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40)]],
        Field(max_length=10, description="Promotion, creator, member or gift card codes that the shopper has."),
    ] = []  # noqa: RUF012 - a field's default, copied by the library
    email: Annotated[str | None, Field(max_length=254, description="The shopper's, if she gave it.")] = None
    country: Annotated[
        str | None, Field(pattern=r"^[A-Za-z]{2}$", description="ISO 3166 code of where it is sent; for the totals.")
    ] = None
    postcode: Annotated[str | None, Field(max_length=20)] = None
    shipping_method: Annotated[str | None, Field(max_length=40, description="key of one of shipping_options.")] = None
    quotes_shown: Annotated[
        list[Annotated[str, Field(max_length=500)]],
        Field(max_length=20, description="url of each customer_quote that the shopper was shown; kept with the order."),
    ] = []  # noqa: RUF012 - a field's default, copied by the library
    idempotency_key: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            description="A fresh random UUID for each intended checkout; a retry with it gets the first one's answer.",
        ),
    ] = None
    language: Language = "en"


class LineOut(Shape):
    """``unit`` is the price of one; ``total`` is what the line costs with what is taken off."""

    sku: str
    name: str
    quantity: int
    unit: Amount
    lowest_price_of_30_days_before_reduction: Amount | None
    discount: Amount
    total: Amount


class Taken(Shape):
    """Something taken off, and why it applies."""

    name: str
    amount: Amount
    code: str
    reason: str


class CodeOut(Shape):
    code: str
    accepted: bool
    problem: str


class ShippingOut(Shape):
    key: str
    name: str
    price: Amount
    total_then: Amount
    arrives_from: str
    arrives_until: str


class TotalsOut(Shape):
    """Tax is included in all of them; ``due`` is what is left to pay."""

    subtotal: Amount
    discount: Amount
    shipping: Amount
    tax_included: Amount
    total: Amount
    gift_cards: Amount
    due: Amount


class MessageOut(Shape):
    """``severity`` error: nothing can be ordered before it is put right."""

    code: str
    severity: str
    about: str
    text: str


class CheckoutOut(Shape):
    """Nothing is bought and nothing is held yet: give the shopper ``continue_url``, where she sees everything, confirms
    and pays. Prices and stock are those of this moment."""

    checkout: str
    state: str
    continue_url: str
    lines: list[LineOut]
    taken_off: list[Taken]
    codes: list[CodeOut]
    shipping_options: list[ShippingOut]
    shipping_chosen: str
    totals: TotalsOut
    messages: list[MessageOut]
    expires_at: str


def create(caller: Caller, asked: Basket) -> CheckoutOut:
    caller.may(Scope.CHECKOUT_WRITE)
    if asked.idempotency_key is None:
        return _opened(caller, asked)

    def act() -> Answer:
        return Answer(status=201, body=plain(_opened(caller, asked)))

    body = asked.model_dump(mode="json", exclude={"idempotency_key"})
    scope = f"mcp:{caller.name}:create_checkout"[:200]
    kept = idempotency.once(scope=scope, key=asked.idempotency_key, body=body, at=now(), act=act)
    return CheckoutOut.model_validate(kept.body)


def _opened(caller: Caller, asked: Basket) -> CheckoutOut:
    variants = _variants(asked)
    customer_id = caller.customer_id(GrantScope.CHECKOUT)
    session = actions.open_session(
        door=Door.MCP,
        lines=[Wanted(variant_id=variants[each.sku].id, quantity=each.quantity) for each in asked.items],
        details=_details(asked, customer_id),
        codes=asked.codes,
        locale=asked.language,
        agent_id=caller.agent.id if caller.agent else None,
        customer_id=customer_id,
        attribution={"protocol": "mcp", **({"agent": caller.agent.key} if caller.agent else {})},
        proofs=[int(found[1]) for each in asked.quotes_shown if (found := _VOICE.search(each))],
        at=now(),
    )
    caller.visit.session = session.token
    return told(session, asked.language)


def _variants(asked: Basket) -> Mapping[str, Variant]:
    found = catalog.variants_by_sku([each.sku for each in asked.items], locale=asked.language)
    for each in asked.items:
        if each.sku not in found:
            raise NotFound(kind="SKU", key=each.sku)
        if found[each.sku].archived:
            raise Invalid(field="items", problem=f"{each.sku} is no longer sold")
    return found


def _details(asked: Basket, customer_id: int | None) -> Details:
    """What the assistant was told; for a customer who allows it, what she has saved. Never told back to the assistant:
    she sees it on our page."""
    customer = people.customer(customer_id) if customer_id is not None else None
    saved = next((each for each in people.addresses(customer.id) if each.default), None) if customer else None
    if saved is not None and asked.country is None and asked.postcode is None:
        address: Address | None = Address(
            line1=saved.line1,
            line2=saved.line2,
            postcode=saved.postcode,
            city=saved.city,
            region=saved.region,
            country=saved.country,
            phone=saved.phone,
        )
    elif asked.country or asked.postcode:
        address = Address(country=(asked.country or "FR").upper(), postcode=asked.postcode or "")
    else:
        address = None
    return Details(
        email=customer.email if customer else asked.email,
        name=(saved.name if saved else customer.name) if customer else None,
        address=address,
        shipping_method=asked.shipping_method,
    )


def told(session: Session, language: str) -> CheckoutOut:
    """A session as a program reads it."""
    quote, totals = session.quote, session.quote.totals
    return CheckoutOut(
        checkout=session.token,
        state=session.state.value,
        continue_url=continue_url(session.token, language),
        lines=_lines(session),
        taken_off=[
            Taken(
                name=line(each.name(language), limit=200),
                amount=amount(each.amount),
                code=each.code,
                reason=line(each.reason(language), limit=300),
            )
            for each in quote.adjustments
        ],
        codes=[
            CodeOut(code=each.code, accepted=each.accepted, problem=each.problem.value if each.problem else "")
            for each in quote.answers
        ],
        shipping_options=[
            ShippingOut(
                key=each.method.key,
                name=each.method.name(language),
                price=amount(each.totals.shipping),
                total_then=amount(each.totals.due),
                arrives_from=each.earliest.isoformat(),
                arrives_until=each.latest.isoformat(),
            )
            for each in quote.offers
        ],
        shipping_chosen=quote.chosen,
        totals=TotalsOut(
            subtotal=amount(totals.subtotal),
            discount=amount(totals.discount),
            shipping=amount(totals.shipping),
            tax_included=amount(totals.tax),
            total=amount(totals.total),
            gift_cards=amount(totals.gift_cards),
            due=amount(totals.due),
        ),
        messages=_messages(session, language),
        expires_at=session.expires_at.isoformat(),
    )


def _messages(session: Session, language: str) -> list[MessageOut]:
    with override(language):
        return [
            MessageOut(
                code=each.code,
                severity=each.severity.value,
                about=_about(each.at, session),
                text=said.sentence(each, session),
            )
            for each in session.messages
        ]


def _lines(session: Session) -> list[LineOut]:
    priced = {each.variant_id: each for each in session.quote.lines}
    out = []
    for each in session.cart.lines:
        price = priced.get(each.variant_id)
        if price is None:
            continue
        out.append(
            LineOut(
                sku=each.sku,
                name=line(each.name, limit=200),
                quantity=each.quantity,
                unit=amount(price.unit),
                lowest_price_of_30_days_before_reduction=amount(price.was) if price.was else None,
                discount=amount(price.discount),
                total=amount(price.total),
            )
        )
    return out


def _about(at: str, session: Session) -> str:
    """What a message is about, with the SKU where we say a variant's number."""
    skus = {f"lines.{each.variant_id}": f"items.{each.sku}" for each in session.cart.lines}
    return skus.get(at, at)


CREATE_CHECKOUT = tool(
    name="create_checkout",
    title="Prepare a purchase",
    description=(
        "Put articles (SKUs) into a new checkout and get its totals with delivery, tax and codes, and continue_url."
        " This buys nothing and holds nothing: give the shopper continue_url, where she reviews everything, confirms"
        " and pays on the shop's own page. Ask the shopper before calling it. Signed in (she allows 'prepare"
        " purchases'), her saved details are filled in for her."
    ),
    takes=Basket,
    gives=CheckoutOut,
    run=create,
    annotations={"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": False},
)
