"""Whether a sentence of a draft may be published, and what it leans on. The one door: whoever wrote it, templates, a
language model or a person, is checked by this.

In turn: does it say what law or the brand bars; are its quotations somebody's very words; is it supported
(:mod:`parvis.science.support`, the rule of the assistant); do voices contradict it. A claim of the brand's own mouth
that only voices support needs a clear majority of them; a report of what they say must not hide who disagrees.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from parvis.domains.copywriting.contracts import Count, Fault, FaultKind, Material, Profile, Ref, RefKind, Sentence
from parvis.domains.copywriting.rules import claims, phrases
from parvis.domains.copywriting.rules.words import words
from parvis.science import intervals, support, tone
from parvis.science.retrieval.analysis import STOP_WORDS

LEAST: Final = 0.8  # share of a sentence's words that its sources must have
MAJORITY: Final = 0.5  # of the voices that lean either way, at the lower end of the interval
DISPUTED: Final = 0.25  # share against, at the lower end, from which even a fact may not be claimed
FEWEST_AGAINST: Final = 3
_SIZES: Final = frozenset({"fit_small", "fit_large", "fit_true"})
_QUOTED: Final = re.compile(r"«\s*([^»]+?)\s*»|“\s*([^”]+?)\s*”|\"\s*([^\"]{3,}?)\s*\"")
_SIGN: Final = {"pro": 1, "con": -1}


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What may be leant on, read: each ref with its text as a source of the support rule."""

    material: Material
    supports: tuple[tuple[Ref, support.Source], ...]
    proofs: tuple[tuple[str, str], ...] = ()


def judge(
    text: str,
    *,
    evidence: Evidence,
    profile: Profile,
    aspects: Sequence[tuple[str, float]],
    cited: Sequence[str] | None = None,
) -> Sentence:
    """The sentence with what it leans on and every fault found. ``aspects`` are those read in it; ``cited`` are keys of
    the refs it claims to lean on (None: whatever supports it is looked for)."""
    plain = " ".join(text.split())
    material = evidence.material
    faults = [*_barred(plain, evidence), *_manner(plain, profile)]
    quoted, misquoted = _quotations(plain, material)
    faults += misquoted
    if quoted and not misquoted:
        bare = _QUOTED.sub(" ", plain)
        faults += _beside(bare, material) or _disputed(aspects, material, least=FEWEST_AGAINST)
        return Sentence(text=plain, refs=tuple(quoted), faults=tuple(faults))
    if misquoted:
        return Sentence(text=plain, faults=tuple(faults))
    if _invites(plain, material.language) and not aspects:
        return Sentence(text=plain, refs=(Ref(kind=RefKind.CALL, key="call", quote=""),), faults=tuple(faults))
    if plainly := _named(plain, material) or _sized(plain, material):
        return Sentence(text=plain, refs=plainly, faults=tuple(faults))
    refs, lacking = _traced(plain, evidence, aspects, cited)
    if lacking is not None:
        # A claim that nobody supports may be one that voices contradict: that is the better reason to show.
        faults += _contradicted(plain, aspects, material) or [_unsupported(lacking, aspects, material)]
        return Sentence(text=plain, refs=refs, faults=tuple(faults))
    faults += _weighed(plain, aspects, refs, material)
    return Sentence(text=plain, refs=refs, faults=tuple(faults))


# -- what is barred -------------------------------------------------------------------------------------------


def _barred(plain: str, evidence: Evidence) -> list[Fault]:
    material = evidence.material
    facts = list(material.facts.values())
    return [
        Fault(kind=FaultKind.REGULATED, detail={"family": hit.family, "words": hit.words})
        for hit in claims.found(plain, material.language)
        if not claims.allowed(hit, facts=facts, proofs=evidence.proofs, language=material.language)
    ]


def _manner(plain: str, profile: Profile) -> list[Fault]:
    look, rules = support.folded(plain), profile.rules
    banned = [(word, False) for word in rules.banned_words if _has(look, word)]
    banned += [(claim, True) for claim in rules.banned_claims if support.folded(claim) in look]
    found = [Fault(kind=FaultKind.BANNED, detail={"words": said, "claim": claim}) for said, claim in banned]
    bare = _QUOTED.sub(" ", plain)
    if "!" in bare and not rules.exclamation:
        found.append(Fault(kind=FaultKind.MANNER, detail={"sign": "exclamation"}))
    if tone.has_emoji(bare) and not rules.emoji:
        found.append(Fault(kind=FaultKind.MANNER, detail={"sign": "emoji"}))
    said = tone.addresses(bare, profile.language)
    wrong = said - {profile.speaks}
    if wrong and (profile.language == "fr" or profile.speaks == "none"):
        found.append(Fault(kind=FaultKind.ADDRESS, detail={"said": sorted(wrong)[0], "wanted": profile.speaks}))
    return found


def _has(look: str, word: str) -> bool:
    return bool(re.search(rf"\b{re.escape(support.folded(word))}\b", look))


# -- quotations -----------------------------------------------------------------------------------------------


def _quotations(plain: str, material: Material) -> tuple[list[Ref], list[Fault]]:
    refs, faults = [], []
    for match in _QUOTED.finditer(plain):
        words_said = next(group for group in match.groups() if group)
        ref = _verbatim(words_said, material)
        if ref is None:
            faults.append(Fault(kind=FaultKind.MISQUOTED, detail={"words": words_said}))
        else:
            refs.append(ref)
    return refs, faults


def _verbatim(quoted: str, material: Material) -> Ref | None:
    wanted = _plain(quoted)
    for ref in material.said:
        at = _plain(ref.quote).find(wanted)
        if at >= 0 and len(wanted.split()) >= 3:
            return ref
    return None


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("…", "").split()).strip(" .,;:").lower()


def _beside(bare: str, material: Material) -> list[Fault]:
    """What stands beside a quotation may say who said it, and no more."""
    authors = {word for name in material.authors.values() for word in support.words(name)}
    free = words("reporting", material.language) | words("call", material.language) | authors
    own = set(support.words(material.name))
    claiming = [word for word in support.claiming(bare, material.language, free) if word not in own]
    return (
        [Fault(kind=FaultKind.UNSUPPORTED, detail={"lack": "words", "words": " ".join(claiming)})] if claiming else []
    )


def _invites(plain: str, language: str) -> bool:
    claiming = support.claiming(plain, language, words("call", language))
    return not claiming and not support.numbers(plain) and bool(support.words(plain))


def _named(plain: str, material: Material) -> tuple[Ref, ...]:
    """The name alone, or with the number of reviews: nothing else is claimed."""
    free = words("glue", material.language) | frozenset(support.words(material.name))
    told = support.numbers(plain) - support.numbers(material.name)
    if not set(support.words(material.name)) & set(support.words(plain)):
        return ()
    name = Ref(kind=RefKind.FACT, key="name", quote=material.name)
    if not told:
        return () if support.claiming(plain, material.language, free) else (name,)
    free |= words("reporting", material.language)
    if told != {str(material.reviews)} or support.claiming(plain, material.language, free):
        return ()
    reviews = material.reviews
    return name, Ref(kind=RefKind.COUNT, key="count/all:pro", quote=str(reviews), numbers=(reviews, 0, reviews))


def _sized(plain: str, material: Material) -> tuple[Ref, ...]:
    """Sizes or formats alone, each of them one there is ("Available sizes: S and M")."""
    left, found = f" {plain} ", 0
    for size in sorted(material.sizes, key=len, reverse=True):
        left, many = re.subn(rf"(?<![\w/]){re.escape(size)}(?![\w/])", " ", left)
        found += many
    free = words("glue", material.language) | STOP_WORDS[material.language] | frozenset(support.words(material.name))
    if not found or any(word not in free for word in re.findall(r"\w+", support.folded(left))):
        return ()
    return (Ref(kind=RefKind.FACT, key="sizes", quote=", ".join(material.sizes)),)


# -- support --------------------------------------------------------------------------------------------------


def _traced(
    plain: str, evidence: Evidence, aspects: Sequence[tuple[str, float]], cited: Sequence[str] | None
) -> tuple[tuple[Ref, ...], support.Lack | None]:
    """The refs that support a sentence; what it lacks when none do."""
    pairs = [pair for pair in evidence.supports if cited is None or pair[0].key in cited]
    if cited is not None:
        lacking = _lack(plain, pairs, evidence, aspects)
        return tuple(ref for ref, _source in pairs), lacking
    for pair in pairs:
        if _lack(plain, [pair], evidence, aspects) is None:
            return (pair[0],), None
    facts = [pair for pair in pairs if pair[0].kind is RefKind.FACT]
    if facts and _lack(plain, facts, evidence, aspects) is None:
        return _needed(plain, facts, evidence.material.language), None
    counts = [pair for pair in pairs if pair[0].kind is RefKind.COUNT]
    spoken = {aspect for aspect, _polarity in aspects}
    own = [pair for pair in counts if pair[0].key.split("/")[1].split(":")[0] in spoken]
    for several in (own, [*facts, *own]):
        if own and _lack(plain, several, evidence, aspects) is None:
            return tuple(ref for ref, _source in several if ref.kind is RefKind.COUNT or several is own), None
    return (), _lack(plain, facts or pairs, evidence, aspects) or support.Lack.WORDS


def _lack(
    plain: str,
    pairs: Sequence[tuple[Ref, support.Source]],
    evidence: Evidence,
    aspects: Sequence[tuple[str, float]],
) -> support.Lack | None:
    language = evidence.material.language
    counted = any(ref.kind is RefKind.COUNT for ref, _source in pairs)
    said = any(ref.kind is RefKind.VOICE for ref, _source in pairs)
    free = words("glue", language) | frozenset(support.words(evidence.material.name))
    if counted or said:
        free |= words("reporting", language) | words("dissent", language)
    return support.lack(
        plain,
        sources=[source for _ref, source in pairs],
        aspects=() if _stated(ref for ref, _source in pairs) else aspects,
        language=language,
        free=free,
        least=LEAST,
    )


def _stated(refs: Iterable[Ref]) -> bool:
    """Whether all are plain entries of the catalogue (sizes, colours, category …), which judge nothing."""
    return all(ref.kind is RefKind.FACT and not re.fullmatch(r"s\d+", ref.key) for ref in refs)


def _needed(plain: str, pairs: Sequence[tuple[Ref, support.Source]], language: str) -> tuple[Ref, ...]:
    """Of several facts that hold a sentence together, those that give it words."""
    said = set(support.claiming(plain, language)) | support.numbers(plain)
    held = [(ref, said & (set(support.words(source.text)) | support.numbers(source.text))) for ref, source in pairs]
    return tuple(ref for ref, shared in held if shared) or tuple(ref for ref, _shared in held[:1])


# -- who disagrees --------------------------------------------------------------------------------------------


def _weighed(plain: str, aspects: Sequence[tuple[str, float]], refs: Sequence[Ref], material: Material) -> list[Fault]:
    """A supported sentence against those who disagree."""
    kinds = {ref.kind for ref in refs}
    said = set(support.words(plain))
    reporting = bool(said & words("reporting", material.language))
    if RefKind.COUNT in kinds and support.numbers(plain):
        return _hidden(plain, said, refs, material)
    if _stated(refs):
        return []
    if kinds == {RefKind.FACT}:
        return _disputed(aspects, material, least=FEWEST_AGAINST)
    if reporting and kinds == {RefKind.VOICE}:
        return _disputed(aspects, material, least=FEWEST_AGAINST)
    if kinds == {RefKind.VOICE}:
        return _contradicted(plain, aspects, material) or [_unsupported(support.Lack.SOURCE, aspects, material)]
    return _contradicted(plain, aspects, material)


def _hidden(plain: str, said: set[str], refs: Sequence[Ref], material: Material) -> list[Fault]:
    """A count whose other side is left out."""
    numbers = support.numbers(plain)
    for ref in refs:
        if ref.kind is not RefKind.COUNT:
            continue
        count, against, _reviews = ref.numbers
        weighs = against >= 2 or (against * 5 >= count > 0 and against > 0)
        if weighs and str(against) not in numbers and not said & words("dissent", material.language):
            return [Fault(kind=FaultKind.CONTRADICTED, detail={**_share(count, against), "hidden": True})]
    return []


def _of(aspect: str, sign: str, material: Material) -> tuple[int, int]:
    """(for, against) of a leaning; nobody where nobody leans."""
    for each in material.counts:
        if each.aspect == aspect:
            return (each.count, each.against) if each.sign == sign else (each.against, each.count)
    return 0, 0


def _claimed(aspects: Sequence[tuple[str, float]]) -> list[tuple[str, str]]:
    """What is claimed: praise, and what is said of sizes. To speak ill of oneself is no promise."""
    found = []
    for aspect, polarity in aspects:
        if polarity >= support.LEANS or (aspect in _SIZES and polarity <= -support.LEANS):
            found.append((aspect, "pro" if polarity > 0 else "con"))
    return list(dict.fromkeys(found))


def _contradicted(plain: str, aspects: Sequence[tuple[str, float]], material: Material) -> list[Fault]:
    """A claim of the brand's own: a clear majority of those who speak of it must be for it."""
    for aspect, sign in _claimed(aspects):
        count, against = _of(aspect, sign, material)
        share = intervals.wilson(count, count + against) if count + against else None
        if share is not None and share.low < MAJORITY and (against >= 2 or against >= count):
            return [
                Fault(kind=FaultKind.CONTRADICTED, detail={"aspect": aspect, "sign": sign, **_share(count, against)})
            ]
        if share is None or share.low < MAJORITY:
            detail = {"lack": "few", "aspect": aspect, "sign": sign, **_share(count, against)}
            return [Fault(kind=FaultKind.UNSUPPORTED, detail=detail)]
    return []


def _disputed(aspects: Sequence[tuple[str, float]], material: Material, *, least: int) -> list[Fault]:
    """What a fact or one voice says, against many who say the contrary."""
    for aspect, sign in _claimed(aspects):
        count, against = _of(aspect, sign, material)
        if against >= least and intervals.wilson(against, count + against).low >= DISPUTED:
            return [
                Fault(kind=FaultKind.CONTRADICTED, detail={"aspect": aspect, "sign": sign, **_share(count, against)})
            ]
    return []


def _share(count: int, against: int) -> dict[str, float | int]:
    """The share of those against, with its interval, in percent."""
    made = intervals.wilson(against, max(1, count + against))
    return {
        "for": count,
        "against": against,
        "share": round(100 * made.value),
        "low": round(100 * made.low),
        "high": round(100 * made.high),
    }


def _unsupported(lacking: support.Lack, aspects: Sequence[tuple[str, float]], material: Material) -> Fault:
    if lacking is support.Lack.LINK:
        return Fault(kind=FaultKind.LINK)
    if lacking is support.Lack.NUMBER:
        return Fault(kind=FaultKind.NUMBER)
    return Fault(kind=FaultKind.UNSUPPORTED, detail={"lack": lacking.value})


def count_text(count: Count, labels: Mapping[str, str], language: str) -> str:
    """A count in words, as a source of support."""
    turned = "con" if count.sign == "pro" else "pro"
    said = []
    for sign, many in ((count.sign, count.count), (turned, count.against)):
        label = labels.get(f"{count.aspect}:{sign}", count.aspect)
        said.append(f"{label}, {phrases.spoken_of(count.aspect, sign, language)}: {many}")
    review = "avis" if language == "fr" else "reviews"
    return f"{labels.get(count.aspect, '')}. {'. '.join(said)}. {count.reviews} {review}"
