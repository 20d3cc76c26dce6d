"""Which size, for a body told in numbers: the same answer as to a question in words, without a conversation."""

from dataclasses import replace
from datetime import datetime

from parvis.core.errors import NotFound
from parvis.domains.assistant.contracts import Filter, Intent, Outcome, Passage, SizeAnswer
from parvis.domains.assistant.queries.answering import Asking, Hit
from parvis.domains.assistant.queries.answering.voices import size
from parvis.domains.assistant.rules import sizing
from parvis.domains.assistant.rules.understanding import Understood
from parvis.domains.catalog import queries as catalog
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice


def size_advice(
    product_id: int,
    *,
    height_cm: int | None = None,
    weight_kg: int | None = None,
    usual_size: str = "",
    locale: str,
    at: datetime,
) -> SizeAnswer:
    """What people of about that body wore, and what buyers say of the fit; of everybody when no body is told.

    Raises NotFound for a product that is not there.
    """
    item = catalog.products([product_id], locale=locale).get(product_id)
    if item is None:
        raise NotFound(kind="product", key=product_id)
    told = {"height_cm": height_cm, "weight_kg": weight_kg, "usual_size": usual_size or None}
    asked = Understood(
        asked="",
        text="",
        language=locale,
        speaks=locale,
        intent=Intent.SIZE,
        filters=tuple(Filter(attribute=key, value=str(value)) for key, value in told.items() if value is not None),
    )
    kind = voices.category_kinds().get(item.category_key, "")
    reply = size(Asking(asked=asked, locale=locale, at=at, product=item, kind=kind))
    near = [sizing.Wearer(voice_id=voice_id, size=worn, fit=fit) for voice_id, worn, fit in reply.sizes]
    advice = sizing.advise(near, height_cm=None, weight_kg=None, usual_size="")
    known = voices.voices([hit.voice_id for hit in reply.hits])
    return SizeAnswer(
        outcome=Outcome(reply.outcome),
        advice=replace(advice, height_cm=height_cm, weight_kg=weight_kg, usual_size=usual_size),
        passages=tuple(
            _passage(rank, hit, known[hit.voice_id])
            for rank, hit in enumerate(reply.hits, 1)
            if hit.voice_id in known and known[hit.voice_id].is_public
        ),
    )


def _passage(rank: int, hit: Hit, voice: Voice) -> Passage:
    return Passage(
        rank=rank,
        kind=hit.kind,
        side=hit.side,
        voice_id=voice.id,
        product_id=voice.product_id,
        title=voice.title,
        text=voice.text,
        start=hit.start,
        end=hit.end,
        quote=voice.text[hit.start : hit.end],
        stars=voice.stars,
        author_name=voice.author_name,
        language=voice.language,
        submitted_at=voice.submitted_at,
        verified=voice.verified,
        polarity=hit.polarity,
        provenance=voice.provenance,
    )
