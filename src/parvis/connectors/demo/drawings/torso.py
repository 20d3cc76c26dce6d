"""What everything that hangs from the shoulders is cut from: neck, sleeves, front."""

from collections.abc import Callable

from parvis.connectors.demo.drawings.canvas import INK, MIDDLE, Point, Segment, Sheet, at, mix, pair, strokes, whole

Cut = Callable[[Sheet], None]
"""Draws one garment on a sheet; asks the sheet for every choice."""

TOP = 122.0
"""Height of the neck's side points."""


def neckline(shape: str, half: float, depth: float) -> str:
    """The front neckline, from the left side point to the right one."""
    right = at((half, TOP))
    if shape == "v":
        return f"L{MIDDLE} {TOP + depth:g}L{right}"
    if shape == "square":
        return f"L{at((half * 0.92, TOP + depth), -1)}L{at((half * 0.92, TOP + depth))}L{right}"
    if shape == "heart":
        low = TOP + depth
        return f"Q{at((half * 0.6, low), -1)} {MIDDLE} {low - 4:g}Q{at((half * 0.6, low))} {right}"
    bend = TOP + depth * 1.34
    return f"C{at((half * 0.86, bend), -1)} {at((half * 0.86, bend))} {right}"


def necklines(sheet: Sheet, names: str = "round v boat scoop square") -> tuple[str, float, float]:
    """A neckline among ``names``: its shape, half its width, its depth."""
    sizes = {
        "round": ("round", 32.0, 24.0),
        "v": ("v", 30.0, 62.0),
        "boat": ("round", 50.0, 11.0),
        "scoop": ("round", 40.0, 48.0),
        "square": ("square", 40.0, 38.0),
        "high": ("round", 25.0, 8.0),
        "heart": ("heart", 44.0, 52.0),
    }
    options = names.split()
    return sizes[options[sheet.choose(len(options))]]


def front_of(
    neck: tuple[str, float, float], sides: list[Segment], *, shoulder: float = 76, armhole: float = 200
) -> tuple[str, str]:
    """The front without sleeves, and the inside of the back that shows through the neck."""
    shape, half, depth = neck
    front = neckline(shape, half, depth)
    shoulders: list[Segment] = [
        ((shoulder, 140.0),),
        ((shoulder - 12, 160.0), (shoulder - 15, armhole - 18), (shoulder - 8, armhole)),
    ]
    inside = f"M{at((half, TOP), -1)}{front}Q{MIDDLE} {TOP + 9:g} {at((half, TOP), -1)}Z"
    return whole((half, TOP), [*shoulders, *sides], front), inside


_SLEEVES: dict[str, tuple[list[Segment], list[list[Point]]]] = {
    "none": ([], []),
    "cap": ([((92, 146), (104, 160), (106, 178)), ((92, 180), (78, 184), (66, 192))], []),
    "short": (
        [((96, 148), (112, 176), (120, 208)), ((90, 222),), ((80, 212), (72, 204), (66, 198))],
        [[(117, 200), (88, 214)]],
    ),
    "flutter": (
        [((104, 146), (128, 178), (136, 206)), ((118, 214), (100, 206), (88, 214)), ((78, 206), (72, 200), (66, 196))],
        [],
    ),
    "elbow": (
        [((98, 150), (120, 196), (130, 258)), ((98, 266),), ((88, 240), (76, 214), (66, 200))],
        [[(128, 248), (97, 256)]],
    ),
    "long": (
        [((100, 150), (122, 220), (134, 336)), ((106, 342),), ((98, 290), (84, 226), (66, 202))],
        [[(133, 324), (105, 330)]],
    ),
    "bell": (
        [((100, 150), (118, 220), (150, 330)), ((130, 346), (112, 342), (98, 334)), ((98, 280), (84, 226), (66, 202))],
        [],
    ),
    "puff": (
        [((118, 128), (138, 176), (126, 204)), ((110, 214), (98, 214), (86, 208)), ((78, 204), (72, 200), (66, 196))],
        [[(84, 148), (92, 166), (90, 196)], [(100, 150), (110, 172), (108, 200)]],
    ),
    "bishop": (
        [
            ((104, 146), (150, 250), (148, 312)),
            ((138, 334), (116, 338), (108, 318)),
            ((102, 290), (84, 226), (66, 202)),
        ],
        [[(144, 318), (128, 328), (110, 322)]],
    ),
}


def sleeves_of(sheet: Sheet, name: str, pattern: str = "", fill: str = "") -> None:
    """Both sleeves, behind the front; with a pattern the cloth is the front's."""
    segments, seams = _SLEEVES[name]
    if segments:
        # The sleeve goes on under the front, so that no ground shows in the armhole.
        sheet.cloth(pair((72, 139), [*segments, ((48, 176),)]), fill or sheet.deep if not pattern else fill, pattern)
        for seam in seams:
            sheet.seams(strokes(seam))


def pick(sheet: Sheet, names: str) -> str:
    """One of the space-separated ``names``."""
    options = names.split()
    return options[sheet.choose(len(options))]


def upper(
    sheet: Sheet, sides: list[Segment], *, sleeves: str, necks: str, pattern: str = ""
) -> tuple[str, float, float]:
    """Hanger, sleeves, inside of the back, front."""
    sheet.hanger()
    neck = necklines(sheet, necks)
    soft = sheet.base if pattern else shade(sheet)
    sleeves_of(sheet, pick(sheet, sleeves), pattern, soft)
    front, inside = front_of(neck, sides)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front, pattern=pattern)
    return neck


def shade(sheet: Sheet) -> str:
    """The cloth in the shade."""
    return mix(sheet.base, INK, 0.1)
