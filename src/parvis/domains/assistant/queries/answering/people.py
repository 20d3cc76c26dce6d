"""Voices of people like those asked about: a skin, a height, a use, with photo or video."""

from collections.abc import Iterable, Sequence

from parvis.domains.assistant.contracts import Filter, Side
from parvis.domains.assistant.queries.answering.reply import Hit
from parvis.domains.assistant.rules import sides
from parvis.domains.assistant.rules.sizing import NEAR_CM, NEAR_KG, Wearer, label
from parvis.domains.evidence import queries as evidence
from parvis.domains.voices.contracts import Voice

LOOKED_AT = 400  # the most useful reviews of a product among which people are looked for
TALL_CM, PETITE_CM = 175, 160
_END = ".!?…\n"
_LONGEST = 260


def reviews(product_id: int) -> list[Voice]:
    """The public reviews of a product that are looked through, the most useful first."""
    return [proof.voice for proof in evidence.shown_for(product_id, balanced=False, limit=LOOKED_AT).proofs]


def like(voices: Iterable[Voice], filters: Sequence[Filter]) -> list[Voice]:
    """Those of whom every attribute holds (of one attribute with several values, any)."""
    wanted: dict[str, list[str]] = {}
    for each in filters:
        wanted.setdefault(each.attribute, []).append(each.value)
    return [
        voice for voice in voices if all(any(_is(voice, name, v) for v in values) for name, values in wanted.items())
    ]


def _is(voice: Voice, attribute: str, value: str) -> bool:
    if attribute == "height_cm":
        return (tall := height(voice)) is not None and abs(tall - int(value)) <= NEAR_CM
    if attribute == "weight_kg":
        stated = _stated(voice, "weight_kg")
        return bool(stated) and abs(int(stated[0]) - int(value)) <= NEAR_KG
    if attribute in ("size", "size_worn"):
        return label(worn(voice)) == label(value)
    if attribute == "build" and value in ("tall", "petite") and (tall := height(voice)) is not None:
        return tall >= TALL_CM if value == "tall" else tall <= PETITE_CM
    flags = {"photo": bool(voice.media), "verified": voice.verified, "video": _film(voice)}
    return flags[attribute] if attribute in flags else value in _stated(voice, attribute)


def _film(voice: Voice) -> bool:
    return voice.video is not None and voice.video.shown


def _stated(voice: Voice, attribute: str) -> list[str]:
    return [s.value for s in voice.reading.attributes if s.attribute == attribute] if voice.reading else []


def height(voice: Voice) -> int | None:
    """Centimetres, from the form or from the words."""
    if voice.height_cm:
        return voice.height_cm
    said = _stated(voice, "height_cm")
    return int(said[0]) if said else None


def worn(voice: Voice) -> str:
    """The size worn, from the form or from the words."""
    return voice.size_worn or next(iter(_stated(voice, "size_worn")), "")


def wearers(voices: Iterable[Voice]) -> list[Wearer]:
    """What each wore and how it fitted: from the form, else from what the words say of the fit."""
    found = []
    for voice in voices:
        if size := worn(voice):
            weight = _stated(voice, "weight_kg")
            found.append(
                Wearer(
                    voice_id=voice.id,
                    size=size,
                    fit=voice.fit_felt if voice.fit_felt is not None else _fit(voice),
                    height_cm=height(voice),
                    weight_kg=int(weight[0]) if weight else None,
                    usual_size=next(iter(_stated(voice, "usual_size")), ""),
                )
            )
    return found


def _fit(voice: Voice) -> int | None:
    said = {s.aspect for s in voice.reading.aspects if abs(s.polarity) >= sides.LEANS} if voice.reading else set()
    if "fit_small" in said and "fit_large" not in said:
        return -1
    if "fit_large" in said and "fit_small" not in said:
        return 1
    return 0 if "fit_true" in said else None


def passage(voice: Voice, *, about: Sequence[str], aim: float, filters: Sequence[Filter] = ()) -> Hit:
    """The words of a voice to show: what is asked about, else where the author says who they are, else the clearest
    judgement, else the beginning. The side is that of the words on what is asked about, else of the whole voice."""
    spans = voice.reading.aspects if voice.reading else ()
    wanted = [s for s in spans if s.aspect in about and abs(s.polarity) >= sides.LEANS]
    all_in_all = whole(voice)
    if wanted:
        best = max(wanted, key=lambda s: abs(s.polarity))
        start, end, polarity = best.start, best.end, best.polarity
        where = sides.side(polarity, aim=aim, about=about, aspects=[(s.aspect, s.polarity) for s in wanted])
    else:
        names = {each.attribute for each in filters}
        stated = [s for s in voice.reading.attributes if s.attribute in names] if voice.reading else []
        judged = sorted((s for s in spans if (s.polarity > 0) == (all_in_all > 0)), key=lambda s: -abs(s.polarity))
        place = (stated[0].start, stated[0].end) if stated else (judged[0].start, judged[0].end) if judged else (0, 1)
        start, end = sentence(voice.text, *place)
        polarity, where = all_in_all, sides.side(all_in_all, aim=1.0)
    return Hit(voice_id=voice.id, start=start, end=end, polarity=polarity, side=where)


def whole(voice: Voice) -> float:
    """How a voice leans as a whole: its stars first, else its words."""
    if voice.stars is not None and voice.stars != 3:
        return 1.0 if voice.stars > 3 else -1.0
    if voice.reading is None:
        return 0.0
    # Three stars are told by what is said of the product, where that leans one way.
    said = sum(span.polarity for span in voice.reading.aspects)
    return said if abs(said) >= sides.LEANS else voice.reading.sentiment


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a place, with the one after while it stays short enough to be read at a glance."""
    first = max((text.rfind(mark, 0, start) for mark in _END), default=-1) + 1
    last = _next_end(text, max(end - 1, start)) or len(text)
    further = _next_end(text, last)
    if further and further - first <= _LONGEST:
        last = further
    while first < last and text[first].isspace():
        first += 1
    if last - first > _LONGEST:
        last = first + len(text[first : first + _LONGEST].rsplit(" ", 1)[0])
    return first, max(last, min(first + 1, len(text)))


def _next_end(text: str, start: int) -> int:
    """Just after the next mark that ends a sentence; 0 when there is none."""
    return min((place + 1 for mark in _END if (place := text.find(mark, start)) >= 0), default=0)


def balanced(hits: Sequence[Hit], most: int) -> list[Hit]:
    """The first ones, with at least one of each side where both exist."""
    chosen = list(hits[:most])
    for side in (Side.DISAGREES, Side.AGREES):
        if len(chosen) == most and not any(hit.side is side for hit in chosen):
            other = next((hit for hit in hits[most:] if hit.side is side), None)
            if other is not None:
                chosen[-1] = other
    return chosen
