"""Drafts without a language model: facts and counts put into ready-made phrases, the same for the same seed.

Every sentence is made with the keys of what it leans on and is checked like any other afterwards: the composer has no
privilege. What it chooses follows the profile: form of address, lengths, words the brand prefers.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from parvis.domains.copywriting.contracts import Count, Kind, Material, Part, Profile, Ref
from parvis.domains.copywriting.rules import phrases
from parvis.science import support

_LIST: Final = re.compile(r"^[^.:;!?]+(?:,[^.:;!?]+|\(\d[^)]*\))+\.?$")
_VERBS: Final = re.compile(
    r"\b(?:est|sont|va|met|se|suffit|rince\w*|masser|appliquer|vaporiser|commencer|mettre|nettoie|mousse|fond|on|qui|pour"
    r"|is|are|goes|start|wear|massage|rinse|spray|one|use|used|wipe|that|warm|for|to|on|three|four|trois|quatre|une|un)\b"
)
_FREE: Final = re.compile(r"^(?:sans|no|free|fini|matt?|pot|tube|flacon|boite|glass|bottle|pump|tinted|parfum|fresh)\b")
SHARES: Final = {Part.HOOK: 0.2, Part.PROOF: 0.27, Part.DEMONSTRATION: 0.2, Part.OBJECTION: 0.2, Part.CALL: 0.13}
"""How the seconds of a script are shared among its parts: our judgement, measured on nothing."""
_MOST_QUOTE: Final = 28  # words


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A sentence before it is checked, with the keys of what it leans on (None: to be found)."""

    text: str
    keys: tuple[str, ...] | None = None


def compose(kind: Kind, *, material: Material, profile: Profile, seed: int) -> dict[Part, list[Line]]:
    """The parts of a draft. Raises nothing: what the material does not give is left out."""
    writer = _Writer(material, profile, seed)
    return writer.script(kind.seconds) if kind.seconds else writer.texts()


def budget(part: Part, seconds: int, pace: int) -> int:
    """How many words may be spoken in a part."""
    return max(1, round(seconds * SHARES[part] * pace / 60))


class _Writer:
    def __init__(self, material: Material, profile: Profile, seed: int) -> None:
        self.material, self.profile = material, profile
        self.language = material.language
        self.address = profile.speaks
        self.draw = random.Random(f"{seed}:{material.product_id}:{self.language}")  # noqa: S311 - no secret
        own = [word["word"] for word in profile.measured.get("lexicon", ())]
        self.liked = {support.folded(word) for word in (*profile.rules.prefer, *own)}
        self.facts = [(key, text) for key, text in material.facts.items() if re.fullmatch(r"s\d+", key)]
        told = sorted(material.counts, key=lambda each: (each.against - each.count, each.aspect))
        self.pros = [each for each in told if each.sign == "pro" and self._tells(each)]
        self.cons = [each for each in material.counts if each.sign == "con" and self._tells(each)]

    def _tells(self, count: Count) -> bool:
        if count.count < 2 or not phrases.spoken_of(count.aspect, count.sign, self.language):
            return False
        return count.count >= count.against or count.sign == "con"

    # -- phrases

    def _phrase(self, slot: str, values: dict[str, str], *, most: int | None = None, chars: bool = False) -> str:
        """One of the slot's phrases: among those that fit, the one with most of the brand's words; chance decides."""
        forms = [t for t in phrases.templates(self.language, slot, self.address) if _filled(t, values)]
        made = [form.format(**values) for form in forms]
        if not made:
            return ""
        if most is not None:
            size = len if chars else _size
            made = [text for text in made if size(text) <= most] or [min(made, key=size)]
        self.draw.shuffle(made)
        return max(made, key=lambda text: sum(word in self.liked for word in support.words(text)))

    def _count(self, count: Count, slot: str = "count", most: int | None = None) -> Line:
        text = self._phrase(slot, phrases.counted(count, self.language), most=most)
        return Line(text=text, keys=(f"count/{count.aspect}:{count.sign}",))

    def _fact(self, key: str, text: str) -> list[Line]:
        """A fact as it stands, or a list of ingredients with a word before it; long ones cut at semicolons."""
        if is_list(text):
            bare = text.rstrip(".")
            values = {"list": phrases.lower_first(bare), "list_cap": phrases.capital(bare)}
            return [Line(text=self._phrase("parts", values), keys=(key,))]
        cut = [each.strip(" ;.") for each in text.split(";")]
        if len(cut) > 1 and len(support.words(text)) > 1.5 * self.profile.rules.sentence_words:
            return [Line(text=f"{phrases.capital(each)}.", keys=(key,)) for each in cut if each]
        return [Line(text=text, keys=(key,))]

    def _quote(self, sign: str | None = None, most: int = _MOST_QUOTE) -> list[Line]:
        """Somebody's words, of the language of the page."""
        wanted = self.profile.rules.sentence_words
        fit = [
            ref
            for ref in self.material.said
            if self.material.languages.get(ref.voice_id) == self.language
            and 4 <= _size(ref.quote) <= most
            and (sign is None or ref.key.endswith(f":{sign}"))
            and self.material.authors.get(ref.voice_id)
        ]
        if not fit:
            return []
        fit.sort(key=lambda ref: (not ref.quote[:1].isupper(), abs(_size(ref.quote) - wanted)))
        ref: Ref = self.draw.choice(fit[:3])
        values = {"quote": ref.quote.strip(" .,;:…"), "author": self.material.authors[ref.voice_id].rstrip(".")}
        return [Line(text=self._phrase("quote", values))]

    def _choice(self) -> list[Line]:
        """Sizes and colours."""
        found = []
        if len(self.material.sizes) > 1:
            slot = "sizes" if self.material.kind in (None, "clothing") else "formats"
            text = self._phrase(slot, {"sizes": phrases.joined(self.material.sizes, self.language)})
            found.append(Line(text=text, keys=("sizes",)))
        if self.material.colours:
            values = {"colours": phrases.joined([each.lower() for each in self.material.colours], self.language)}
            found.append(Line(text=self._phrase("colours", values), keys=("colours",)))
        return found

    def _call(self, slot: str = "call") -> list[Line]:
        if not self.material.reviews:
            return []
        text = self._phrase(slot, {})
        return [Line(text=text)] if text else []

    # -- texts

    def texts(self) -> dict[Part, list[Line]]:
        rules = self.profile.rules
        opening = self._fact(*self.facts[0]) if self.facts else []
        # the strongest point first, the others in any order
        proof = [self._count(each) for each in (*self.pros[:1], *self._shuffled(self.pros[1:4]))]
        title = self._title(rules.title_chars)
        short = _until([*opening, *proof[:1], *(self._choice() if not opening else [])], rules.short_words)
        return {
            Part.TITLE: [title],
            Part.SHORT: short,
            Part.LONG: self._long(opening, proof),
            Part.META: self._meta(rules.meta_chars),
        }

    def _long(self, opening: Sequence[Line], proof: Sequence[Line]) -> list[Line]:
        facts = [line for key, text in self.facts[1:] for line in self._fact(key, text)]
        dissent = [self._count(each, "con") for each in self.cons[:1] if each.count > each.against]
        voices = [*proof[:2], *dissent, *self._quote("pro")]
        middle = [facts, voices] if self.draw.random() < 0.6 or not voices else [voices, facts]
        if not opening:
            middle = [self._choice(), *middle]
        lines = [*opening, *(line for each in middle for line in each)]
        ending = [*(self._choice() if opening else []), *self._call()]
        return [*_until(lines, self.profile.rules.long_words), *ending]

    def _title(self, most: int) -> Line:
        colours = self.material.colours
        values = {
            "name": self.material.name,
            "category": self.material.category,
            "sizes": phrases.joined(self.material.sizes, self.language) if 0 < len(self.material.sizes) <= 3 else "",
            "colours": phrases.joined([each.lower() for each in colours], self.language) if len(colours) <= 2 else "",
        }
        return Line(text=self._phrase("title", values, most=most, chars=True))

    def _meta(self, most: int) -> list[Line]:
        """The name, and as much as fits beside it."""
        lines = [Line(text=f"{self.material.name}.", keys=("name",))]
        rest = [*(self._fact(*self.facts[0]) if self.facts else []), *(self._count(each) for each in self.pros[:1])]
        for line in [*rest, *self._choice()]:
            if sum(len(each.text) + 1 for each in lines) + len(line.text) <= most:
                lines.append(line)
        return lines

    # -- scripts

    def script(self, seconds: int) -> dict[Part, list[Line]]:
        pace = self.profile.rules.pace
        room = {part: budget(part, seconds, pace) for part in SHARES}
        slot = "count_short" if seconds <= 15 else "count"
        pros = [*self.pros[:1], *self._shuffled(self.pros[1:3])]
        proof = _until([*(self._count(each, slot) for each in pros), *self._quote("pro")], room[Part.PROOF])
        cons = sorted(self.cons, key=lambda each: -each.count)
        objection = [self._count(each, "count_short" if seconds <= 15 else "con") for each in cons[:1]]
        if seconds > 15:
            objection = _until([*objection, *self._quote("con")], room[Part.OBJECTION])
        values = {"name": self.material.name, "total": str(self.material.reviews) if self.material.reviews > 1 else ""}
        hook = self._phrase("hook", values, most=room[Part.HOOK])
        call = self._call("call_short" if seconds <= 15 else "call")
        return {
            Part.HOOK: [Line(text=hook)],
            Part.PROOF: proof,
            Part.DEMONSTRATION: self._shown(room[Part.DEMONSTRATION]),
            Part.OBJECTION: objection,
            Part.CALL: call,
        }

    def _shown(self, room: int) -> list[Line]:
        """What can be shown: how it is used, in the catalogue's words, whole sentences or clauses that fit."""
        clauses = []
        for key, text in self.facts:
            if is_list(text):
                continue
            for each in re.split(r"\s*;\s*|(?<=[a-zé])\.\s*", text):
                bare = each.strip(" .")
                if len(bare.split()) >= 3:
                    clauses.append(Line(text=f"{phrases.capital(bare)}.", keys=(key,)))
        used = [each for each in clauses[1:] if _size(each.text) <= room] or clauses[1:] or clauses
        if not used:
            return self._choice()[:1]
        return _until(sorted(used, key=lambda each: _size(each.text) > room), room)

    def _shuffled(self, counts: Sequence[Count]) -> list[Count]:
        made = list(counts)
        self.draw.shuffle(made)
        return made


def is_list(text: str) -> bool:
    """Whether a fact is a list of things (ingredients) and no sentence."""
    look = support.folded(text)
    return bool(_LIST.match(text)) and not _VERBS.search(look) and not _FREE.match(look)


def _filled(template: str, values: dict[str, str]) -> bool:
    wanted = re.findall(r"{(\w+)}", template)
    return all(name in values and (values[name] or name.startswith("dissent")) for name in wanted)


def _size(text: str) -> int:
    return len(text.split())


def _until(lines: Sequence[Line], most: int) -> list[Line]:
    """The first lines up to about ``most`` words, at least one."""
    kept: list[Line] = []
    for line in lines:
        if not line.text:
            continue
        if kept and sum(_size(each.text) for each in kept) + _size(line.text) > most:
            continue
        kept.append(line)
    return kept
