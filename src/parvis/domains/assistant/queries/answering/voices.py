"""What people say: to a question, of some aspect, or people like those asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import polars as pl

from parvis.domains.assistant.contracts import Filter, Hint, Outcome, Side
from parvis.domains.assistant.queries.answering import clips, people, pointed, sheet
from parvis.domains.assistant.queries.answering.reply import PASSAGES, Asking, Hit, Reply
from parvis.domains.assistant.rules import cues, sides, sizing
from parvis.domains.assistant.rules.sizing import Wearer
from parvis.domains.assistant.rules.understanding import folded
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import queries as evidence
from parvis.domains.evidence.contracts import Found, Quote, Source
from parvis.domains.voices import queries as voices
from parvis.domains.voices.contracts import Voice
from parvis.science import text

FEWEST = 2  # voices under which an answer is thin
SURE = 0.7
# Aspects that answer when somebody leans on them, whatever the words of the question.
TELLING = frozenset(
    {
        "value",
        "smell",
        "hydration",
        "effect",
        "tolerance",
        "texture",
        "hold",
        "packaging",
        "comfort",
        "care",
        "sheerness",
    }
)
VOICES = frozenset({Source.REVIEW, Source.ANSWER, Source.CLIP})
Where = Mapping[str, Any]
_BODY = ("height_cm", "weight_kg", "usual_size")


def about(question: str, *, speaks: str, kind: str) -> tuple[list[str], float]:
    """The aspects that a question is about, and how it leans on them ("itchy?" down): by the cues that read reviews,
    of the kind of product at hand."""
    read = text.read(pl.DataFrame({"id": [0], "text": [question], "language": [speaks]}))
    found = [(each["aspect"], each["polarity"]) for each in read["aspects"][0] if _fits(each["aspect"], kind)]
    keys = list(dict.fromkeys(key for key, _ in found))
    return keys, next((polarity for _, polarity in found if abs(polarity) >= sides.LEANS), 0.0)


def _fits(aspect: str, kind: str) -> bool:
    return not kind or aspect in _of_kind(kind)


def _of_kind(kind: str) -> frozenset[str]:
    return frozenset(each.key for each in voices.aspects() if not each.kinds or kind in each.kinds)


def ask(asking: Asking) -> Reply:
    """What voices say to the question, both sides; honestly nothing when nobody has said."""
    asked = asking.asked
    keys, aim = about(asked.text, speaks=asked.speaks, kind=asking.kind)
    fits = [key for key in keys if key in sides.FITS]
    if asking.product is not None and (asking.aspect or fits):
        of_it = of_aspect(asking, asking.aspect or fits[0])
        if of_it.hits:
            return of_it
    reply = _found(asking, keys, aim)
    if reply.outcome is Outcome.UNSAID and asking.product is not None:
        # The words were not met: those who judge the very thing asked about may use others, or another language.
        reply = next((told for key in keys if key in TELLING and (told := of_aspect(asking, key)).hits), reply)
    return sheet.with_sheet(asking, reply)


def _found(asking: Asking, keys: Sequence[str], aim: float, where: Where | None = None, most: int = PASSAGES) -> Reply:
    """What is found by the question's words: voices, moments of videos, facts of the catalogue, the shop's terms."""
    ids = [asking.product.id] if asking.product else None
    kinds = set(VOICES)
    if asking.product:
        kinds.add(Source.FACT)
    if cues.form("terms").search(folded(asking.asked.asked)):  # else they only share words with what is asked
        kinds.add(Source.POLICY)
    found = evidence.find(
        asking.asked.text, locale=asking.asked.speaks, product_ids=ids, kinds=kinds, where=where, k=3 * most
    )
    if not found.answered:
        return Reply(outcome=Outcome.UNSAID, certainty=found.answerable, about=keys)
    quotes = pointed.close(found.quotes, asking)
    known = voices.voices([quote.voice_id for quote in quotes if quote.voice_id])
    polar = pointed.polar(asking, keys)
    towards = aim if asking.product else None
    told = [hit(quote, known.get(quote.voice_id), keys, towards) for quote in quotes]
    if polar is not None:
        told = pointed.to_the_point(told, quotes, known, polar)
    chosen = people.balanced(_once([each for each in told if each is not None]), most)
    ours = (quote.product_id for quote in quotes if quote.product_id)
    return Reply(
        outcome=Outcome.ANSWERED if _enough(found, chosen) else Outcome.THIN,
        certainty=found.answerable,
        hits=chosen,
        about=keys,
        leans=polar is not None or abs(aim) >= sides.LEANS,
        hints=() if len(chosen) >= FEWEST or any(each.document for each in chosen) else (Hint.FEW,),
        cards=() if asking.product else tuple(dict.fromkeys(ours))[:4],
    )


def _enough(found: Found, hits: Sequence[Hit]) -> bool:
    """Several voices and a sure index, or several who lean on the very thing; the shop's own word is enough alone."""
    told = sum(point.count for point in found.aspects)
    ours = any(each.document for each in hits[:1])
    return ours or (len(hits) >= FEWEST and found.answerable >= SURE) or told >= 3


def hit(quote: Quote, voice: Voice | None, keys: Sequence[str], aim: float | None) -> Hit | None:
    """A quote as it is kept: by its place, on its side (of what, when several products are spoken of: ``aim`` None)."""
    if quote.document is not None:
        return Hit(
            voice_id=0, start=quote.start, end=quote.end, polarity=0.0, side=Side.BESIDE, kind=quote.kind.value,
            words=quote.text, document=quote.document.key, page=quote.document.page, head=quote.title,
        )  # fmt: skip
    if voice is None:
        return None
    spoken = quote.clip is not None
    field = "text" if quote.text == voice.text else "title"
    within = _within(voice, quote.start, quote.end) if field == "text" and not spoken else []
    # Few words of a caption tell no mood: the voice that they belong to has one.
    leaning = people.whole(voice) if spoken or aim is None else quote.polarity
    where = sides.side(leaning, aim=aim or 0.0, about=() if spoken or aim is None else keys, aspects=within)
    return Hit(
        voice_id=quote.voice_id,
        field="text" if spoken else field,
        start=quote.start,
        end=quote.end,
        polarity=leaning if spoken else quote.polarity,
        side=where,
        kind=quote.kind.value,
        clip_from=quote.clip.start_s if quote.clip else None,
        clip_to=quote.clip.end_s if quote.clip else None,
        words=quote.text if spoken else "",
    )


def _within(voice: Voice, start: int, end: int) -> list[tuple[str, float]]:
    spans = voice.reading.aspects if voice.reading else ()
    return [(s.aspect, s.polarity) for s in spans if s.start < end and start < s.end and abs(s.polarity) >= sides.LEANS]


def of_aspect(asking: Asking, aspect: str) -> Reply:
    """What leans either way on an aspect: a suggestion that was taken, so that there is something."""
    if asking.product is None:
        return Reply(outcome=Outcome.DIRECTED, hints=(Hint.WHICH_PRODUCT,))
    keys = [aspect, *sorted(sides.FITS - {aspect})] if aspect in sides.FITS else [aspect]
    aim = -1.0 if aspect in ("fit_small", "fit_large", "sheerness") else 0.0
    told: list[list[Hit]] = []
    known: dict[int, Voice] = {}
    for key in keys:
        shown = evidence.shown_for(asking.product.id, aspect=key, balanced=False, limit=4 * PASSAGES)
        known |= {proof.voice.id: proof.voice for proof in shown.proofs}
        told.append([people.passage(proof.voice, about=[key], aim=aim) for proof in shown.proofs])
    hits = [hit for row in zip_longest(*told) for hit in row if hit is not None]  # in turns, so that all are heard
    if aspect in sides.FITS:
        hits = _plainly(hits, known)
        hits = [replace(hit, side=_fit_side(hit, known, aspect)) for hit in _once(hits)]
    chosen = people.balanced([hit for hit in _once(hits) if hit.side is not Side.BESIDE], PASSAGES)
    outcome = Outcome.ANSWERED if len(chosen) >= FEWEST else Outcome.THIN if chosen else Outcome.UNSAID
    return Reply(outcome=outcome, certainty=1.0 if chosen else 0.0, hits=chosen, about=keys, leans=aim != 0.0)


def _fit_side(hit: Hit, known: Mapping[int, Voice], aspect: str) -> Side:
    within = _within(known[hit.voice_id], hit.start, hit.end)
    return sides.side(hit.polarity, aim=-1.0, about=[aspect], aspects=within)


def _once(hits: Sequence[Hit]) -> list[Hit]:
    """Each voice once, at its best passage; where one of its passages is a moment of its video, with that clip."""
    found: dict[tuple[int, str], Hit] = {}
    for each in hits:
        key = (each.voice_id, each.document)
        first = found.get(key)
        if first is None:
            found[key] = each
        elif first.clip_to is None and each.clip_to is not None:
            found[key] = replace(first, clip_from=each.clip_from, clip_to=each.clip_to)
    return list(found.values())


def show(asking: Asking) -> Reply:
    """People like those asked about, on what is asked about: passages, photos and clips, pleased and not."""
    asked, filters = asking.asked, asking.asked.filters
    if asking.product is None and filters:
        return whose(asking)
    if asking.product is None or not filters:
        return ask(asking)
    keys, aim = about(asked.text, speaks=asked.speaks, kind=asking.kind)
    keys = [key for key in keys if key not in ("texture", "hydration")] if _skin(filters) else keys
    said = people.reviews(asking.product.id)
    found = people.like(said, filters)
    if not found and (other := ask(asking)).hits:
        return replace(other, filters=filters, hints=(*other.hints, Hint.OTHERS))
    hits = [people.passage(voice, about=keys, aim=aim, filters=filters) for voice in found]
    moments = _moments(asking)
    spoken = {each.voice_id for each in moments}
    # A clip shows what words only tell: those come first, at their moment where there is one.
    hits = [*moments, *sorted((h for h in hits if h.voice_id not in spoken), key=lambda h: not clips.filmed(h, found))]
    chosen = people.balanced(hits, PASSAGES)
    if not chosen:
        return Reply(outcome=Outcome.UNSAID, filters=filters, about=keys, hints=(Hint.OTHERS,))
    hints: tuple[Hint, ...] = () if len(chosen) >= FEWEST else (Hint.FEW,)
    if (against := _against(chosen, said, keys)) is not None:
        chosen, hints = [*chosen[: PASSAGES - 1], against], (*hints, Hint.OTHERS_DISAGREE)
    return Reply(
        outcome=Outcome.ANSWERED if len(chosen) >= FEWEST else Outcome.THIN,
        certainty=1.0,
        hits=[clips.clipped(each, said) for each in chosen],
        about=keys,
        filters=filters,
        hints=hints,
        body={"like": len(found), "pleased": sum(each.side is Side.AGREES for each in hits)},
    )


def _against(chosen: Sequence[Hit], said: Sequence[Voice], keys: Sequence[str]) -> Hit | None:
    """Somebody who is not content, where all of those asked about are; None where there is one already."""
    if any(each.side is Side.DISAGREES for each in chosen):
        return None
    shown = {each.voice_id for each in chosen}
    others = (voice for voice in said if voice.id not in shown and people.whole(voice) < 0)
    told = (people.passage(voice, about=keys, aim=0.0) for voice in others)
    return next((each for each in told if each.side is Side.DISAGREES), None)


def whose(asking: Asking, *, most: int = PASSAGES) -> Reply:
    """People like those asked about, over all products: by what authors state and never by the words alone, which say
    "skin" of what a dress shows."""
    keys, aim = about(asking.asked.text, speaks=asking.asked.speaks, kind=asking.kind)
    reply = _found(asking, keys, aim, where=_where(asking.asked.filters), most=most)
    known = voices.voices([each.voice_id for each in reply.hits if each.voice_id])
    return replace(
        reply,
        filters=asking.asked.filters,
        hints=(Hint.OTHERS,) if not reply.hits else reply.hints,
        hits=clips.whole([_told_whole(each, known.get(each.voice_id)) for each in reply.hits]),
    )


def _told_whole(each: Hit, voice: Voice | None) -> Hit:
    """Who says "I have dry skin" says in the next sentence what it did: both are quoted."""
    if voice is None or each.field != "text" or each.clip_to is not None or each.kind != Source.REVIEW.value:
        return each
    start, end = people.sentence(voice.text, each.start, each.end)
    return replace(each, start=start, end=end)


def _where(filters: Sequence[Filter]) -> Where:
    """Filters as the index takes them: measures with their neighbourhood, several values of one attribute as any."""
    around = {"height_cm": sizing.NEAR_CM, "weight_kg": sizing.NEAR_KG}
    found: dict[str, Any] = {}
    for each in filters:
        if each.attribute in around:
            near = around[each.attribute]
            found[each.attribute] = (int(each.value) - near, int(each.value) + near)
        elif each.value == "yes":
            found[each.attribute] = True
        else:
            found.setdefault("size_worn" if each.attribute == "size" else each.attribute, []).append(each.value)
    return found


def _moments(asking: Asking) -> list[Hit]:
    """Moments of videos of people like those asked about."""
    if asking.product is None:
        return []
    found = evidence.find(
        asking.asked.text, locale=asking.asked.speaks, product_ids=[asking.product.id], kinds={Source.CLIP},
        where=_where(asking.asked.filters), k=FEWEST,
    )  # fmt: skip
    known = voices.voices([quote.voice_id for quote in found.quotes])
    moments = [each for quote in found.quotes if (each := hit(quote, known.get(quote.voice_id), (), 0.0)) is not None]
    return clips.joined(moments)


def _skin(filters: Sequence[Filter]) -> bool:
    """ "dry" in "dry skin" is who asks, and no judgement on the product."""
    return any(each.attribute in ("skin_type", "hair_type") for each in filters)


def size(asking: Asking) -> Reply:
    """Which size: what people of about that body wore, and what all say of the fit."""
    if asking.product is None:
        return Reply(outcome=Outcome.DIRECTED, hints=(Hint.WHICH_PRODUCT,))
    body = {each.attribute: each.value for each in asking.asked.filters if each.attribute in _BODY}
    height, weight = (int(body[key]) if key in body else None for key in ("height_cm", "weight_kg"))
    said = people.reviews(asking.product.id)
    sold = {sizing.label(each.size) for each in catalog.variants_of([asking.product.id]).get(asking.product.id, ())}
    worn = [each for each in people.wearers(said) if not sold or sizing.label(each.size) in sold]
    close = _near(worn, height, weight, body.get("usual_size", "")) if body else []
    advice = sizing.advise(close, height_cm=None, weight_kg=None, usual_size="")
    near = {w.voice_id for w in close}
    keys = sorted(sides.FITS)
    pool = [voice for voice in said if voice.id in near] or ([] if body else said)
    hits = [people.passage(voice, about=keys, aim=0.0, filters=asking.asked.filters) for voice in pool]
    judged = _plainly([hit for hit in hits if _fit_of(hit, pool) is not None], {voice.id: voice for voice in pool})
    hits = [replace(hit, side=_fit_of(hit, pool) or Side.BESIDE) for hit in (judged or hits[:3])]
    chosen = people.balanced(hits, PASSAGES)
    if not chosen and not close:
        return Reply(outcome=Outcome.UNSAID, about=keys, filters=asking.asked.filters, hints=(Hint.OTHERS,), body=body)
    hints = (Hint.TWO_SIZES,) if len(advice.advised) == 2 else () if advice.advised or not body else (Hint.FEW,)
    sure = len(advice.advised) == 1 or (not body and len(chosen) >= FEWEST)
    return Reply(
        outcome=Outcome.ANSWERED if sure else Outcome.THIN,
        certainty=1.0 if sure else 0.5,
        hits=chosen,
        about=keys,
        filters=asking.asked.filters,
        hints=hints,
        sizes=[(w.voice_id, w.size, w.fit) for w in close],
        body=body,
    )


def _near(worn: Sequence[Wearer], height: int | None, weight: int | None, usual: str) -> list[Wearer]:
    """People of that body; where too few gave all of it, of that height."""
    close = [w for w in worn if sizing.near(w, height_cm=height, weight_kg=weight, usual_size=usual)]
    if len(close) < sizing.FEWEST and height is not None and (weight is not None or usual):
        close = [w for w in worn if sizing.near(w, height_cm=height, weight_kg=None, usual_size="")]
    return close


def _plainly(hits: Sequence[Hit], known: Mapping[int, Voice]) -> list[Hit]:
    """Who names the size comes before who speaks of a tight sleeve."""
    plain = cues.form("size_words")
    return sorted(hits, key=lambda each: not plain.search(folded(known[each.voice_id].text[each.start : each.end])))


def _fit_of(hit: Hit, pool: Sequence[Voice]) -> Side | None:
    """Of passages about size: true to size agrees with one's own size, small and large do not."""
    voice = next(voice for voice in pool if voice.id == hit.voice_id)
    said = {key for key, _ in _within(voice, hit.start, hit.end) if key in sides.FITS}
    if not said:
        return None
    return Side.AGREES if said == {"fit_true"} else Side.DISAGREES
