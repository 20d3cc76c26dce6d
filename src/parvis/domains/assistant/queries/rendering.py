"""Turns from their plain values: voices are read anew, so that nothing is shown of what is public no longer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from parvis.domains.assistant import models
from parvis.domains.assistant.contracts import (
    Asker,
    Compared,
    Filter,
    Hint,
    Intent,
    OrderFact,
    Outcome,
    Passage,
    Resolution,
    Sentence,
    Side,
    SizeAdvice,
    Suggestion,
    Turn,
    Word,
)
from parvis.domains.assistant.queries.answering.shop import returnable_until
from parvis.domains.assistant.rules import sizing
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import queries as checkout
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import AspectCount, Summary
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice
from parvis.science.intervals import mean_of_sums

STATED = frozenset(
    ["skin_type", "hair_type", "height_cm", "weight_kg", "age_band", "build", "size_worn", "usual_size", "used_days"]
)
_Passages = Mapping[int, Sequence[models.Passage]]


def render(
    turns: Sequence[models.Turn], passages: _Passages, *, locale: str, customer_id: int | None
) -> tuple[Turn, ...]:
    """All turns with few statements: the voices of all, the summaries of all, the shopper's orders where named."""
    ids = {each.voice_id for kept in passages.values() for each in kept if each.voice_id}
    ids |= {int(row[0]) for each in turns for row in each.reply.get("sizes", ())}
    known = {key: voice for key, voice in voices.voices(sorted(ids)).items() if voice.is_public} if ids else {}
    about = {each.product_id: set(each.reply.get("about", ())) for each in turns if each.product_id}
    for each in turns:
        if each.product_id:
            about[each.product_id] |= set(each.reply.get("about", ()))
    points = evidence.points({key: aspects for key, aspects in about.items() if aspects})
    compared = {int(key) for each in turns for key in each.reply.get("compared", ())}
    summaries = evidence.summaries(compared) if compared else {}
    return tuple(
        _turn(
            row,
            [_passage(each, known) for each in passages.get(row.pk, ())],
            points=points.get(row.product_id or 0, ()),
            summaries=summaries,
            known=known,
            locale=locale,
            customer_id=customer_id,
        )
        for row in turns
    )


def _turn(
    row: models.Turn,
    passages: Sequence[Passage],
    *,
    points: Sequence[AspectCount],
    summaries: Mapping[int, Summary],
    known: Mapping[int, Voice],
    locale: str,
    customer_id: int | None,
) -> Turn:
    reply = row.reply
    about = reply.get("about", ())
    gone = {passage.rank for passage in passages if passage.gone}
    written = [Sentence(text=each["text"], cites=tuple(each["cites"])) for each in row.written]
    return Turn(
        id=row.pk,
        conversation_id=row.conversation_id,
        number=row.number,
        asker=Asker(row.asker),
        text=row.text,
        language=row.language,
        intent=Intent(row.intent),
        outcome=Outcome(row.outcome),
        certainty=row.certainty,
        at=row.at,
        product_id=row.product_id,
        resolution=Resolution(row.resolution),
        word=Word(row.word) if row.word else None,
        passages=tuple(passages),
        points=tuple(point for point in points if point.aspect in about) if any(not p.gone for p in passages) else (),
        filters=tuple(Filter(attribute=name, value=value) for name, value in reply.get("filters", ())),
        hints=tuple(Hint(each) for each in reply.get("hints", ())),
        size=_size(row, known),
        comparison=tuple(_compared(int(key), summaries.get(int(key))) for key in reply.get("compared", ())),
        cards=tuple(int(key) for key in reply.get("cards", ())),
        orders=_orders([int(key) for key in reply.get("orders", ())], customer_id),
        terms=tuple(reply.get("terms", ())),
        next=tuple(Suggestion(key=key, aspect=aspect) for key, aspect in reply.get("next", ())),
        # A sentence stands as long as one of the passages that it cites does.
        written=tuple(each for each in written if not set(each.cites) <= gone),
        dropped=row.dropped,
        model=row.model,
        leans=bool(reply.get("leans")),
        writable=bool(passages) and row.written_at is None and row.asker == Asker.SHOPPER,
        public_voice_id=row.public_voice_id,
        added_variant_id=row.added_variant_id,
    )


def _passage(row: models.Passage, known: Mapping[int, Voice]) -> Passage:
    voice = known.get(row.voice_id or 0)
    plain = Passage(rank=row.rank, kind=row.kind, side=Side(row.side), gone=True, polarity=row.polarity)
    if row.document:
        return _document(row, plain)
    if voice is None:
        return plain
    text = row.words or (voice.title if row.field == "title" else voice.text)
    if not 0 <= row.start < row.end <= len(text):
        return plain  # the words have changed under it
    film = voice.video if voice.video is not None and voice.video.shown else None
    return replace(
        plain,
        gone=False,
        voice_id=voice.id,
        product_id=voice.product_id,
        title=voice.title,
        text=text,
        start=row.start,
        end=row.end,
        quote=text[row.start : row.end],
        stars=voice.stars,
        author_name=voice.author_name,
        age=voice.age,
        language=voice.language,
        submitted_at=voice.submitted_at,
        verified=voice.verified,
        stated=_stated(voice),
        clip=film.url if film else "",
        poster=film.poster_url if film else "",
        captions=film.captions_url if film else "",
        captions_language=film.captions_language if film else "",
        clip_from=row.clip_from or 0.0,
        clip_to=row.clip_to or (film.seconds if film else 0.0),
        photo=voice.media[0].thumb_url if voice.media else "",
        provenance=voice.provenance,
    )


def _document(row: models.Passage, plain: Passage) -> Passage:
    """The shop's own words, as they were when the answer was given."""
    return replace(
        plain,
        gone=False,
        text=row.words,
        start=row.start,
        end=row.end,
        quote=row.words[row.start : row.end],
        document=row.document,
        page=row.page,
        head=row.head,
    )


def _stated(voice: Voice) -> tuple[tuple[str, str], ...]:
    said = [(s.attribute, s.value) for s in voice.reading.attributes if s.attribute in STATED] if voice.reading else []
    if voice.height_cm and not any(name == "height_cm" for name, _ in said):
        said.append(("height_cm", str(voice.height_cm)))
    if voice.size_worn and not any(name == "size_worn" for name, _ in said):
        said.append(("size_worn", voice.size_worn))
    return tuple(dict.fromkeys(said))


def _size(row: models.Turn, known: Mapping[int, Voice]) -> SizeAdvice | None:
    """The advice from whoever of them still is public, with the size's variant to put in the cart."""
    if row.intent != Intent.SIZE or not row.reply.get("body"):
        return None
    kept = [
        sizing.Wearer(voice_id=int(voice_id), size=size, fit=fit)
        for voice_id, size, fit in row.reply.get("sizes", ())
        if int(voice_id) in known
    ]
    body = row.reply["body"]
    advice = sizing.advise(kept, height_cm=None, weight_kg=None, usual_size="")
    return replace(
        advice,
        height_cm=int(body["height_cm"]) if "height_cm" in body else None,
        weight_kg=int(body["weight_kg"]) if "weight_kg" in body else None,
        usual_size=body.get("usual_size", ""),
        variant_id=_variant(row.product_id, advice.advised),
    )


def _variant(product_id: int | None, advised: Sequence[str]) -> int | None:
    if product_id is None or len(advised) != 1:
        return None
    found = [v for v in catalog.variants_of([product_id]).get(product_id, ()) if sizing.label(v.size) == advised[0]]
    return next((each.id for each in found if each.available > 0 and not each.archived), None)


def _compared(product_id: int, summary: Summary | None) -> Compared:
    if summary is None or summary.average is None:
        return Compared(product_id=product_id, summary=summary, low=None, high=None)
    counts = summary.distribution
    total = sum(n * (star + 1) for star, n in enumerate(counts))
    squares = sum(n * (star + 1) ** 2 for star, n in enumerate(counts))
    if sum(counts) < 2:
        return Compared(product_id=product_id, summary=summary, low=None, high=None)
    mean = mean_of_sums(sum(counts), total, squares)
    return Compared(product_id=product_id, summary=summary, low=max(1.0, mean.low), high=min(5.0, mean.high))


def _orders(ids: Sequence[int], customer_id: int | None) -> tuple[OrderFact, ...]:
    """The orders named, as they stand now; only the shopper's own."""
    found = []
    for order_id in ids if customer_id is not None else ():
        order = checkout.order(order_id)
        if order.customer_id != customer_id:
            continue
        found.append(
            OrderFact(
                number=order.number,
                token=order.token,
                state=order.state,
                placed_at=order.placed_at,
                names=tuple(line.name for line in order.lines),
                tracking=order.tracking,
                returnable_until=returnable_until(order),
            )
        )
    return tuple(found)
