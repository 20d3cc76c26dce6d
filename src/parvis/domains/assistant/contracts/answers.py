"""What an answer is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from parvis.domains.assistant.contracts.kinds import Outcome, Side
from parvis.domains.checkout.contracts import OrderState
from parvis.domains.evidence.contracts import Summary


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
