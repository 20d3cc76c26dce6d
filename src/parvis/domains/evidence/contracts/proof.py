"""What others see of evidence: summaries, proofs in their order, answers with quotes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from parvis.domains.voices.contracts import Voice


class Order(StrEnum):
    """How proofs are sorted. ``RECENT`` is the chronological one that review law asks for."""

    USEFUL = "useful"
    RECENT = "recent"
    HIGH = "high"
    LOW = "low"


class Sign(StrEnum):
    """Which way a voice leans on an aspect."""

    PRO = "pro"
    CON = "con"


@dataclass(frozen=True, kw_only=True, slots=True)
class AspectCount:
    """``count`` reviews lean ``sign`` on ``aspect``, ``against`` the other way; ``share`` is count over all reviews
    with text. ``quote`` is the most useful review's own words, of voice ``voice_id``; empty (and 0) when none is fit to
    be quoted."""

    aspect: str
    sign: Sign
    count: int
    against: int
    share: float
    quote: str
    voice_id: int

    @property
    def trait(self) -> str:
        """The key of this leaning as a facet of product lists ("fit_small:con")."""
        return f"{self.aspect}:{self.sign}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a product's public reviews say. ``distribution`` counts stars 1 to 5; ``average`` is None without stars.

    ``verified`` counts verified purchases, ``with_text`` reviews that say something, ``with_photo`` those with photos,
    ``with_video`` those with a video.
    ``simulated`` names attributes that are simulated in some of the reviews. ``revision`` grows with each change.
    """

    product_id: int
    count: int
    average: float | None
    distribution: tuple[int, int, int, int, int]
    verified: int
    with_text: int
    with_photo: int
    with_video: int
    pros: tuple[AspectCount, ...]
    cons: tuple[AspectCount, ...]
    simulated: tuple[str, ...]
    revision: int
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Highlight:
    """A passage of the voice's text (code points) that speaks of an aspect, with its polarity -1..1."""

    start: int
    end: int
    aspect: str
    polarity: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A review as proof: its usefulness 0..1 (comparable within the product), and why it stands where it stands."""

    voice: Voice
    score: float
    reasons: tuple[str, ...]
    highlights: tuple[Highlight, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A page of proofs; ``total`` counts all that fit the filters."""

    proofs: tuple[Proof, ...]
    total: int


class Source(StrEnum):
    """What a passage was taken from: what people said, what the catalogue or the shop's terms state, or what is said in
    a video at a moment."""

    REVIEW = "review"
    ANSWER = "answer"
    QUESTION = "question"
    CLIP = "clip"
    FACT = "fact"
    POLICY = "policy"

    @property
    def said(self) -> bool:
        """Whether a person said it, and ``voice_id`` names the voice."""
        return self in (Source.REVIEW, Source.ANSWER, Source.QUESTION, Source.CLIP)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """A passage of a video, ``start_s`` to ``end_s`` in seconds; addresses are relative to the site."""

    url: str
    poster_url: str
    captions_url: str
    start_s: float
    end_s: float
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """Where a fact or a policy stands: ``key`` "product:45/sizes", "shipping", "returns", "reviews/order"; ``page`` is
    product, delivery, returns or reviews_policy, for the interface to link to; ``heading`` in the reader's language."""

    key: str
    heading: str
    page: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """Somebody's own words, or the shop's. ``start`` and ``end`` lie in ``text``; ``polarity`` -1..1 is how the words
    lean. ``voice_id`` is 0 where nobody said it (``kind`` fact or policy: see ``document``). ``title`` is the review's
    own, the question that an answer answers, the product's name, or the policy's heading. ``attributes`` are what the
    author stated (skin_type, size_worn, height_cm ...), each with its values."""

    voice_id: int
    product_id: int | None
    text: str
    start: int
    end: int
    quote: str
    stars: int | None
    author_name: str
    submitted_at: datetime
    verified: bool
    polarity: float
    score: float
    provenance: Mapping[str, str] = field(default_factory=dict)
    kind: Source = Source.REVIEW
    title: str = ""
    clip: Clip | None = None
    document: Document | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Passages for a question, from whatever can answer it. ``answered`` False: nobody has said, ``quotes`` is empty.

    ``answerable`` is the calibrated chance 0..1 that the passages answer. ``aspects``: as in ``Answer``, of one
    product.
    """

    question: str
    answered: bool
    answerable: float
    quotes: tuple[Quote, ...] = ()
    aspects: tuple[AspectCount, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What voices say to a question. ``answered`` False: nobody has said, and ``quotes`` is empty.

    ``aspects`` are the aspects that the question is about, with how many lean either way on this product.
    """

    question: str
    answered: bool
    answerable: float
    quotes: tuple[Quote, ...] = ()
    aspects: tuple[AspectCount, ...] = ()


class Want(StrEnum):
    """What the proof of a product lacks."""

    FIRST = "first"  # nobody has said anything
    FEW = "few"  # fewer than five reviews with text
    OLD = "old"  # the newest is old
    PHOTO = "photo"  # no photo
    QUESTION = "question"  # public questions that nobody has answered
    ASPECT = "aspect"  # spoken of in its category and hardly of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Lack:
    """One thing lacking; ``count`` is how many there are (reviews with text, open questions, reviews of the aspect)."""

    want: Want
    aspect: str = ""
    count: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NextReview:
    """A product by what one more review of it is worth: its ``viewed`` visits times the certainty that is gained.

    ``newest`` is None without reviews; ``lacks`` are in the order in which they matter.
    """

    product_id: int
    viewed: int
    reviews: int
    newest: datetime | None
    worth: float
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Learning:
    """What clicks have taught: ``reviews`` seen at known places, ``moved`` of them surely up or down (90 %), when."""

    reviews: int
    moved: int
    at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """Whether the search index serves, and what there is to say about it."""

    ok: bool
    told: str
    passages: int = 0
    published: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """Products, best first, whose voices have ``words`` of a search; ``missing`` are those none has beside."""

    words: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    products: tuple[int, ...] = ()
