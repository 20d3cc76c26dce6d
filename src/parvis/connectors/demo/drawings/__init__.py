"""Garments drawn by the project, where a shop would put a photograph: honest drawings, never borrowed pictures.

Pure: the same class, colour and seed always give the same picture. 4:5, under 4 KB, no script and no style attribute,
so a picture can be inlined under a strict content security policy or saved as a file.
"""

from django.utils.safestring import SafeString, mark_safe

from parvis.connectors.demo.drawings.canvas import Sheet
from parvis.connectors.demo.drawings.coats import COATS
from parvis.connectors.demo.drawings.dresses import DRESSES
from parvis.connectors.demo.drawings.lower import LOWER
from parvis.connectors.demo.drawings.small import SMALL
from parvis.connectors.demo.drawings.tops import TOPS

_CUTS = {**DRESSES, **TOPS, **COATS, **LOWER, **SMALL}
_NAMES = {
    "dress": "dresses",
    "blouse": "blouses",
    "knit": "knits",
    "pant": "pants",
    "jean": "jeans",
    "skirt": "skirts",
    "jacket": "jackets",
    "sweater": "sweaters",
    "sleepwear": "sleep",
    "swimwear": "swim",
    "short": "shorts",
}

KINDS = tuple(sorted(_CUTS))
"""Classes that have cuts of their own; any other gets the plain T-shirt."""


def _kind(name: str) -> str:
    key = name.strip().lower().replace(" ", "-").replace("_", "-")
    key = _NAMES.get(key, key)
    return key if key in _CUTS else "generic"


def garment(kind: str, colour: str = "", seed: int | str = 0) -> SafeString:
    """The SVG of a garment.

    ``kind`` is the name of a class ("Dresses", "fine-gauge"), ``colour`` a key of ``canvas.COLOURS`` (otherwise one is
    chosen by the seed), ``seed`` chooses the cut, the pattern and the ground. Unknown kinds and colours never fail.
    """
    name = _kind(kind)
    sheet = Sheet(name, colour, seed)
    cuts = _CUTS[name]
    cuts[sheet.choose(len(cuts))](sheet)
    return mark_safe(sheet.svg())  # noqa: S308 - every part is escaped or a number of ours
