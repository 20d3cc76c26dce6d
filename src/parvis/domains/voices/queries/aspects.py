"""The aspects that readings know, as the brand has them, and what is read with: cues, and stars taught by the brand."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.voices import models, rules
from parvis.domains.voices.contracts import (
    AspectCue,
    AspectDefinition,
    AspectSpan,
    Ground,
    Intent,
    Reading,
    Span,
    Stated,
)
from parvis.domains.voices.queries.star_models import are_stars_taught, taught_stars

if TYPE_CHECKING:
    import polars as pl

    from parvis.science.text import Taught

_FIELDS = ("key", "name_en", "name_fr", "pro_en", "pro_fr", "con_en", "con_fr", "kinds", "cues", "active", "changed_at")
_KEPT = 30.0  # seconds for which names are kept in a process


@dataclass(frozen=True, slots=True)
class ReadingSet:
    """What readings are made with: cues and stars (None: as shipped), and a short name that changes with them ("": as
    shipped)."""

    cues: "pl.DataFrame | None"
    version: str
    taught: "Taught | None" = None


def aspects() -> tuple[AspectDefinition, ...]:
    """Every aspect, the shipped ones first, as the brand has them. One statement."""
    return rules.merged(_bundled(), _changed())


def aspect(key: str) -> AspectDefinition:
    """One aspect. Raises NotFound."""
    found = next((each for each in aspects() if each.key == key), None)
    if found is None:
        raise NotFound(kind="aspect", key=key)
    return found


def aspect_labels(locale: str) -> Mapping[str, str]:
    """Words for aspects and what is said of them: {"fabric": "Fabric", "fabric:pro": "Pleasant fabric", …}. At most one
    statement each half minute and process: a renamed aspect shows its new name within that time."""
    end = "fr" if locale.startswith("fr") else "en"
    kept = _LABELS.get(end)
    moment = time.monotonic()
    if kept is None or moment - kept[0] > _KEPT:
        kept = _LABELS[end] = (moment, _labels(end))
    return kept[1]


_LABELS: dict[str, tuple[float, dict[str, str]]] = {}


def forget_labels() -> None:
    """Read names anew at once, in this process."""
    _LABELS.clear()


def _labels(end: str) -> dict[str, str]:
    found = {}
    for each in aspects():
        name = getattr(each, f"name_{end}")
        found[each.key] = name
        found[f"{each.key}:pro"] = getattr(each, f"pro_{end}") or f"{name} +"
        found[f"{each.key}:con"] = getattr(each, f"con_{end}") or f"{name} −"
    return found


def reading_set() -> ReadingSet:
    """What to read with now. Two statements."""
    changed, own = _changed(), taught_stars(shipped_model())
    stars, taught = ("", None) if own is None else (f"stars{own[0]}", own[1])
    if not changed:
        return ReadingSet(cues=None, version=stars, taught=taught)
    spoken = json.dumps(
        [
            [each.key, list(each.kinds), each.active, [[c.language, c.cue, c.polarity] for c in each.cues]]
            for each in changed
        ],
        ensure_ascii=False,
    )
    aspects_ = hashlib.blake2b(spoken.encode(), digest_size=3).hexdigest()
    return ReadingSet(cues=_cues(spoken), version=".".join(filter(None, (aspects_, stars))), taught=taught)


def is_taught() -> bool:
    """Whether the reader was taught stars by the brand (``reading_set().taught``). One statement."""
    return are_stars_taught(shipped_model())


def model_in_force() -> str:
    """The model that a reading made now is marked with. Two statements."""
    return model_named(reading_set().version)


def model_named(version: str) -> str:
    """The name of the reader with a version of the brand's aspects and stars."""
    shipped = shipped_model()
    return f"{shipped}+{version}" if version else shipped


def category_kinds() -> dict[str, str]:
    """Kind of product by key of category: what the brand said, else what the category's name says. Categories whose
    name says nothing are absent: their voices are read by their own words. Two statements."""
    from parvis.science.text import kind_of

    said = dict(models.CategoryKind.objects.values_list("category_key", "kind"))
    names = {each.key: f"{each.name} {each.department_name} {each.key}" for each in catalog.categories("en")}
    guessed = {key: kind_of(name.replace("-", " ")) for key, name in names.items() if key not in said}
    return said | {key: kind for key, kind in guessed.items() if kind is not None}


def worn(category_key: str) -> bool:
    """Whether products of a category are put on, so that size and fit may be asked: unless another kind is known. Two
    statements."""
    return category_kinds().get(category_key, "clothing") == "clothing"


def try_reading(said: str, *, kind: str | None = None, language: str | None = None) -> Reading:
    """What would be read in ``said`` now; nothing is kept."""
    import polars as pl

    from parvis.science import text

    chosen = reading_set()
    schema = {"id": pl.Int64, "text": pl.String, "kind": pl.String, "language": pl.String}
    frame = pl.DataFrame({"id": [0], "text": [said], "kind": [kind], "language": [language]}, schema=schema)
    (row,) = text.read(frame, aspects=chosen.cues, taught=chosen.taught).to_dicts()
    return Reading(
        voice_id=row.pop("id"),
        model=model_named(chosen.version),
        aspects=tuple(AspectSpan(**each) for each in row.pop("aspects")),
        personal=tuple(Span(**each) for each in row.pop("personal")),
        attributes=tuple(Stated(**each) for each in row.pop("attributes")),
        intents=tuple(Intent(**each) for each in row.pop("intents")),
        grounds=tuple(Ground(**each) for each in row.pop("grounds")),
        **row,
    )


@cache
def shipped_model() -> str:
    """The models and cues as they come with Parvis."""
    from parvis.science.text import model_version

    return model_version()


@cache
def _bundled() -> tuple[AspectDefinition, ...]:
    from parvis.science.text import aspect_names

    return tuple(
        AspectDefinition(
            bundled=True,
            kinds=tuple((row.pop("kinds") or "").split()),
            key=row.pop("aspect"),
            **row,
        )
        for row in aspect_names().to_dicts()
    )


def _changed() -> tuple[AspectDefinition, ...]:
    shipped = {each.key for each in _bundled()}
    found = []
    for values in models.Aspect.objects.order_by("key").values_list(*_FIELDS):
        row = dict(zip(_FIELDS, values, strict=True))
        row["kinds"] = tuple(row["kinds"])
        row["cues"] = tuple(AspectCue(**cue) for cue in row["cues"])
        found.append(AspectDefinition(**row, bundled=row["key"] in shipped))
    return tuple(found)


def _cues(spoken: str) -> "pl.DataFrame":
    """The bundled cues without what is switched off, the brand's own before them."""
    kept = _CUES.get(spoken)
    if kept is None:
        kept = _composed(json.loads(spoken))
        _CUES.clear()
        _CUES[spoken] = kept
    return kept


_CUES: dict[str, "pl.DataFrame"] = {}


def _composed(changed: list[tuple[str, list[str], bool, list[tuple[str, str, float | None]]]]) -> "pl.DataFrame":
    import polars as pl

    from parvis.science.text import CUE_COLUMNS, cue_table

    shipped = {each.key: each.kinds for each in _bundled()}
    off = [key for key, _, active, _ in changed if not active]
    own = [
        (key, language, cue, polarity, " ".join(kinds), False)
        for key, kinds, active, cues in changed
        if active
        for language, cue, polarity in cues
    ]
    bundled = cue_table().filter(~pl.col("aspect").is_in(off))
    for key, kinds, active, _ in changed:
        if active and key in shipped and tuple(kinds) != tuple(shipped[key]):
            # the brand reads this aspect for other kinds of product than shipped
            moved = pl.when(pl.col("aspect") == key).then(pl.lit(" ".join(kinds))).otherwise(pl.col("kinds"))
            bundled = bundled.with_columns(kinds=moved)
    return pl.concat([pl.DataFrame(own, schema=CUE_COLUMNS, orient="row"), bundled])
