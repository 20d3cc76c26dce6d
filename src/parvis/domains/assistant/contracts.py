"""What others see of the assistant: conversations, their turns with the proof shown, and how they ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from parvis.core.events import Event, declare
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.evidence.contracts import AspectCount, Summary

MAX_QUESTION = 1000
"""Characters of a question; what is longer is not read, and the shopper is told so."""


class Intent(StrEnum):
    """What a shopper wants with a question."""

    EVIDENCE = "evidence"  # what do people say
    SHOW = "show"  # people like me: a skin, a height, a use
    SIZE = "size"  # which size
    COMPARE = "compare"
    COMPATIBLE = "compatible"  # with what lies in the cart
    PRODUCTS = "products"  # find me something
    PRICE = "price"  # price and stock
    DELIVERY = "delivery"
    RETURN = "return"
    ORDER = "order"
    HUMAN = "human"
    MEDICAL = "medical"
    OTHER = "other"  # an order to the machine, or something about other people
    SMALLTALK = "smalltalk"


class Outcome(StrEnum):
    """What the assistant could do with a question."""

    ANSWERED = "answered"
    THIN = "thin"  # something was found, and it is little
    UNSAID = "unsaid"  # nobody has said
    DIRECTED = "directed"  # it needs something first: signing in, a product
    REFUSED = "refused"  # not ours to answer
    WAITING = "waiting"  # a person of the team has it
    GREETED = "greeted"  # nothing was asked


class Resolution(StrEnum):
    """How a question, or a conversation, ended for the shopper. There is no "deflected"."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    NOT = "not"
    HANDED_OVER = "handed_over"


class Word(StrEnum):
    """The shopper's own word about an answer."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Side(StrEnum):
    """Where quoted words stand towards the question."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    BESIDE = "beside"


class Asker(StrEnum):
    """Who wrote the text of a turn."""

    SHOPPER = "shopper"
    PERSON = "person"  # somebody of the team answers


class Surface(StrEnum):
    """Where a conversation began."""

    PAGE = "page"
    PRODUCT = "product"
    LIST = "list"
    LIVE = "live"
    CART = "cart"
    ACCOUNT = "account"
    API = "api"


class Hint(StrEnum):
    """Something to say with an answer."""

    OTHER_LANGUAGE = "other_language"  # neither French nor English
    NO_LONGER_SOLD = "no_longer_sold"
    NOT_OURS = "not_ours"  # compared with something that this shop does not sell
    FEW = "few"  # too few people to say
    TWO_SIZES = "two_sizes"
    SIGN_IN = "sign_in"
    NO_ORDER = "no_order"
    EMPTY_CART = "empty_cart"
    WHICH_PRODUCT = "which_product"
    OTHERS = "others"  # said of people other than those asked about
    OTHERS_DISAGREE = "others_disagree"  # of those asked about all agree; people unlike them do not
    READ_AS = "read_as"  # mistyped: looked for as the words that voices have
    COMMAND = "command"  # an order to the machine
    PRIVATE = "private"  # about other customers


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Of whom the question wants to hear: an attribute of ``science.text.attributes`` (skin_type, height_cm, use …),
    or ``stars``, ``verified``, ``photo``, ``video``."""

    attribute: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """Words shown as proof. ``quote`` is ``text[start:end]``; ``gone``: the voice has been withdrawn since, and nothing
    of it is here any more. ``clip`` is the address of a video to play from ``clip_from`` to ``clip_to`` (seconds).
    ``stated`` is what the author says of the author, (attribute, value). ``kind`` is review, answer, fact, policy …"""

    rank: int
    kind: str
    side: Side
    gone: bool = False
    voice_id: int | None = None
    product_id: int | None = None
    title: str = ""
    url: str = ""
    text: str = ""
    start: int = 0
    end: int = 0
    quote: str = ""
    stars: int | None = None
    author_name: str = ""
    age: int | None = None
    language: str = ""
    submitted_at: datetime | None = None
    verified: bool = False
    polarity: float = 0.0
    stated: tuple[tuple[str, str], ...] = ()
    clip: str = ""
    poster: str = ""
    captions: str = ""
    captions_language: str = ""
    clip_from: float = 0.0
    clip_to: float = 0.0
    photo: str = ""
    document: str = ""
    page: str = ""
    head: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeCount:
    """``people`` of the asked body wore ``size``; of these so many found it small, true to size and large."""

    size: str
    people: int
    small: int
    true: int
    large: int
    variant_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeAdvice:
    """What people of about that body wore. ``advised`` is one size, two that are plausible, or none (too few say)."""

    people: int
    sizes: tuple[SizeCount, ...]
    advised: tuple[str, ...]
    height_cm: int | None = None
    weight_kg: int | None = None
    usual_size: str = ""
    variant_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeAnswer:
    """``advice`` and the words of buyers about the fit, those who found it true to size and those who did not."""

    outcome: Outcome
    advice: SizeAdvice
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A product beside another: its summary, and the mean of its stars with a 95 % interval."""

    product_id: int
    summary: Summary | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFact:
    """An order of the shopper who asks; ``returnable_until`` while the goods may be sent back."""

    number: str
    token: str
    state: OrderState
    placed_at: datetime
    names: tuple[str, ...]
    tracking: str
    returnable_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """Written by the language model, and kept because the passages ``cites`` (ranks) say it."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A next question: the key of its words and what goes into them."""

    key: str
    aspect: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A question and what came back, as it may be shown now: withdrawn voices are gone, counts are today's."""

    id: int
    conversation_id: int
    number: int
    asker: Asker
    text: str
    language: str
    intent: Intent
    outcome: Outcome
    certainty: float
    at: datetime
    product_id: int | None
    resolution: Resolution
    word: Word | None
    passages: tuple[Passage, ...] = ()
    points: tuple[AspectCount, ...] = ()
    filters: tuple[Filter, ...] = ()
    hints: tuple[Hint, ...] = ()
    size: SizeAdvice | None = None
    comparison: tuple[Compared, ...] = ()
    cards: tuple[int, ...] = ()
    orders: tuple[OrderFact, ...] = ()
    terms: tuple[str, ...] = ()
    next: tuple[Suggestion, ...] = ()
    written: tuple[Sentence, ...] = ()
    dropped: int = 0
    model: str = ""
    writable: bool = False
    leans: bool = False
    public_voice_id: int | None = None
    added_variant_id: int | None = None

    @property
    def gone(self) -> int:
        """How many of the voices shown have been withdrawn since."""
        return sum(passage.gone for passage in self.passages)

    def side(self, side: Side) -> tuple[Passage, ...]:
        """The passages on one side, without those that are gone."""
        return tuple(each for each in self.passages if each.side is side and not each.gone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """Where a question of a live show comes from: the room, the product on screen, and those of the show in the order
    in which it shows them."""

    id: int
    product_id: int | None
    product_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """An answer short enough to be read while somebody speaks: one voice for it, one against it, and a clip to play
    where there is one. ``turn`` has the rest; ``product_id`` is what the question was taken to be about."""

    turn: Turn
    product_id: int | None
    says: Passage | None = None
    against: Passage | None = None
    clip: Passage | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """Everything of a conversation. ``token`` is the key of whoever holds it. ``revision`` grows with every change."""

    id: int
    token: str
    locale: str
    surface: Surface
    customer_id: int | None
    product_id: int | None
    started_at: datetime
    last_at: datetime
    resolution: Resolution | None
    handed_over_at: datetime | None
    answered_at: datetime | None
    contact_email: str
    revision: int
    turns: tuple[Turn, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a person of the team is asked for and has not answered."""
        return self.handed_over_at is not None and (self.answered_at is None or self.answered_at < self.handed_over_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A conversation in a list."""

    id: int
    locale: str
    surface: Surface
    customer_id: int | None
    product_id: int | None
    first_question: str
    turns: int
    last_at: datetime
    resolution: Resolution | None
    waits: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """``count`` of all, its share with a 95 % interval (None without any)."""

    count: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How conversations of a stretch of time ended. ``asked`` counts questions, ``unsaid`` those nobody has said
    anything to, ``worded`` those that the shopper judged; ``agreement`` is how often rules and shopper say the same."""

    conversations: int
    by_resolution: Mapping[Resolution, Share]
    asked: int
    unsaid: Share
    worded: Share
    agreement: Share
    added: Share
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsaid:
    """A question that nobody has said anything to, as often as it was asked of a product."""

    product_id: int | None
    text: str
    times: int
    last_at: datetime
    public_voice_id: int | None


# -- what happened ----------------------------------------------------------------------------------------------


@declare
@dataclass(frozen=True, kw_only=True)
class HandedOver(Event):
    """A shopper wants a person. ``queries.conversation`` has every question, answer and voice shown; what lay in the
    cart and which orders were spoken of is as it was then."""

    name: ClassVar[str] = "assistant.handed_over"
    conversation_id: int
    customer_id: int | None
    product_ids: tuple[int, ...]
    variant_ids: tuple[int, ...]
    order_ids: tuple[int, ...]
    voice_ids: tuple[int, ...]
    locale: str
    questions: int


@declare
@dataclass(frozen=True, kw_only=True)
class Graded(Event):
    """The resolution of a conversation changed."""

    name: ClassVar[str] = "assistant.graded"
    conversation_id: int
    resolution: str
