"""The sheet that garments are drawn on: paper, arch, colours, patterns, and paths that mirror themselves."""

from collections.abc import Sequence
from hashlib import blake2b

Point = tuple[float, float]
"""Distance from the middle of the sheet, and height from its top; the sheet is 400 by 500."""
Segment = tuple[Point, ...]
"""One point draws a line, three draw a cubic curve."""

MIDDLE = 200
_NEARER = {
    "knits": 1.16,
    "blouses": 1.16,
    "fine-gauge": 1.16,
    "sweaters": 1.14,
    "jackets": 1.18,
    "generic": 1.2,
    "layering": 1.16,
    "shorts": 1.2,
}
"""Short garments are drawn a little larger, so that they fill the arch."""
INK = "#2a2a26"
IVORY = "#fffaf0"

COLOURS = {
    "ink": "#2f3c48",
    "petrol": "#1f5a5c",
    "sage": "#8fa58a",
    "olive": "#6e7046",
    "ochre": "#c9953c",
    "sand": "#cdb68e",
    "ivory": "#efe6d2",
    "terracotta": "#b8663f",
    "brick": "#943d32",
    "rose": "#cf9a94",
    "plum": "#6a4560",
    "sky": "#8fb0c4",
    "navy": "#27406a",
    "stone": "#a39a88",
    "black": "#33312e",
    "white": "#f6f1e6",
    "grey": "#8d8f8d",
    "red": "#a63a34",
    "blue": "#44719c",
    "green": "#4b7a55",
    "yellow": "#dcb24c",
    "pink": "#d99aa2",
    "brown": "#7a5a40",
    "beige": "#d6c3a1",
}
_PAPERS = (
    ("#ece3d2", "#f6efe1"),
    ("#e3dccb", "#efe9db"),
    ("#dfe3dc", "#ecefe8"),
    ("#e9dccf", "#f4eadf"),
    ("#dde2e4", "#eaeef0"),
    ("#e8e0e0", "#f3eded"),
)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` (0..1) of ``other`` in it, both "#rrggbb"."""
    pairs = zip(range(1, 7, 2), range(1, 7, 2), strict=True)
    parts = (round(int(colour[i : i + 2], 16) * (1 - share) + int(other[j : j + 2], 16) * share) for i, j in pairs)
    return "#" + "".join(f"{part:02x}" for part in parts)


def at(point: Point, side: int = 1) -> str:
    """A point as the sheet's coordinates; ``side`` -1 mirrors it."""
    return f"{MIDDLE + side * point[0]:g} {point[1]:g}"


def run(segments: Sequence[Segment], side: int = 1) -> str:
    """Path commands of segments, each one going on from the last."""
    return "".join(("L" if len(part) == 1 else "C") + " ".join(at(p, side) for p in part) for part in segments)


def whole(start: Point, segments: Sequence[Segment], top: str = "") -> str:
    """A closed symmetric shape: down its right half, up the mirrored left half, then ``top`` back to the start."""
    ends = [start, *(part[-1] for part in segments)]
    back = [
        ((ends[i],) if len(part) == 1 else (part[1], part[0], ends[i]))
        for i, part in reversed(list(enumerate(segments)))
    ]
    return f"M{at(start)}{run(segments)}{run(back, -1)}{top}Z"


def pair(start: Point, segments: Sequence[Segment]) -> str:
    """The same closed shape on both sides, as one path."""
    return "".join(f"M{at(start, side)}{run(segments, side)}Z" for side in (1, -1))


def strokes(*lines: Sequence[Point], both: bool = True) -> str:
    """Open lines, drawn on both sides; two points a straight one, three a curve bent towards the second."""
    out = []
    for line in lines:
        for side in (1, -1) if both else (1,):
            bend = f"Q{at(line[1], side)} {at(line[2], side)}" if len(line) == 3 else f"L{at(line[1], side)}"
            out.append(f"M{at(line[0], side)}{bend}")
    return "".join(out)


class Sheet:
    """Collects the shapes of one drawing. Every choice comes from the seed, in the order the cut asks."""

    def __init__(self, kind: str, colour: str, seed: int | str) -> None:
        self._digest = blake2b(f"{kind}/{seed}".encode(), digest_size=24).digest()
        self._turn = 0
        self.key = self._digest[:5].hex()
        names = tuple(COLOURS)[:14]
        own = colour.strip().lower()
        self.base = COLOURS.get(own) or COLOURS[names[self.choose(len(names))]]
        dark_cloth = sum(int(self.base[i : i + 2], 16) for i in (1, 3, 5)) < 330
        self.deep = mix(self.base, INK, 0.28)
        self.light = mix(self.base, IVORY, 0.24)
        self.line = mix(self.base, IVORY, 0.36) if dark_cloth else mix(self.base, INK, 0.42)
        self.print = mix(self.base, IVORY, 0.55) if dark_cloth else mix(self.base, INK, 0.3)
        self.paper, self.niche = _PAPERS[self.choose(len(_PAPERS))]
        self._zoom = _NEARER.get(kind, 1.0)
        self._defs = ""
        self._shapes: list[str] = []

    def choose(self, count: int) -> int:
        """The next choice among ``count``."""
        value = self._digest[self._turn % len(self._digest)] + 7 * (self._turn // len(self._digest))
        self._turn += 1
        return value % count

    def shape(self, path: str, fill: str = "") -> None:
        """A filled shape without outline."""
        self._shapes.append(f'<path d="{path}" fill="{fill or self.base}"/>')

    def cloth(self, path: str, fill: str = "", pattern: str | None = None) -> None:
        """A piece of cloth: fill, then the pattern of this drawing (or the named one, "" for none), then its edge."""
        self.shape(path, fill)
        if pattern:
            self._shapes.append(f'<path d="{path}" fill="url(#{self._pattern(pattern)})"/>')
        self._shapes.append(
            f'<path d="{path}" fill="none" stroke="{self.deep}" stroke-width="1.6" stroke-linejoin="round"/>'
        )

    def seams(self, path: str, width: float = 1.6, colour: str = "", dash: str = "") -> None:
        """Lines on the cloth: seams, folds, stitching."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._shapes.append(
            f'<path d="{path}" fill="none" stroke="{colour or self.line}" stroke-width="{width:g}" '
            f'stroke-linecap="round" stroke-linejoin="round"{dashed}/>'
        )

    def dots(self, points: Sequence[Point], radius: float = 3.2, fill: str = "") -> None:
        """Buttons, rivets."""
        for point in points:
            x, y = at(point).split()
            self._shapes.append(f'<circle cx="{x}" cy="{y}" r="{radius:g}" fill="{fill or self.line}"/>')

    def hanger(self, height: float = 118, reach: float = 66) -> None:
        """A wooden hanger, its bar under the shoulders."""
        self._shapes.append(
            f'<path d="M200 {height - 14:g}V{height - 22:g}q0-8 7-10t6-12a9 9 0 0 0-18-1" fill="none" stroke="#8a8276" '
            f'stroke-width="2.6" stroke-linecap="round"/><path d="M{at((-reach, height + 20))}Q200 {height - 34:g} '
            f'{at((reach, height + 20))}" fill="none" stroke="#b89468" stroke-width="7" stroke-linecap="round"/>'
        )

    def pattern(self) -> str:
        """A pattern for this drawing; plain cloth is the most usual."""
        return ("", "", "", "stripes", "dots", "check", "flowers", "pin", "", "leaves")[self.choose(10)]

    def _pattern(self, name: str) -> str:
        key = f"{name[:2]}{self.key}"
        tone = self.print
        bodies = {
            "stripes": (f'<path d="M0 3h22" stroke="{tone}" stroke-width="5"/>', 22, 16),
            "pin": (f'<path d="M6 0v12" stroke="{tone}" stroke-width="1.4"/>', 12, 12),
            "dots": (
                f'<circle cx="6" cy="6" r="2.6" fill="{tone}"/><circle cx="17" cy="17" r="2.6" fill="{tone}"/>',
                22,
                22,
            ),
            "check": (f'<path d="M0 6h24M6 0v24" stroke="{tone}" stroke-width="8" stroke-opacity=".45"/>', 24, 24),
            "rib": (f'<path d="M3 0v8" stroke="{tone}" stroke-width="1.6" stroke-opacity=".55"/>', 7, 8),
            "flowers": (
                f'<g fill="{tone}"><circle cx="9" cy="7" r="3"/><circle cx="14" cy="11" r="3"/>'
                f'<circle cx="12" cy="17" r="3"/>'
                f'<circle cx="6" cy="17" r="3"/><circle cx="4" cy="11" r="3"/>'
                f'<circle cx="28" cy="31" r="2.4"/>'
                f'</g><circle cx="9" cy="12.5" r="2.6" fill="{self.light}"/>',
                36,
                40,
            ),
            "leaves": (
                f'<g fill="none" stroke="{tone}" stroke-width="2.2" stroke-linecap="round">'
                f'<path d="M4 20q5-12 15-15-2 12-15 15z"/>'
                f'<path d="M24 38q8-1 11-9"/></g>',
                38,
                44,
            ),
            "cable": (
                f'<path d="M6 0q8 6 0 12t0 12M14 0q-8 6 0 12t0 12" fill="none" stroke="{tone}" stroke-width="1.8" '
                f'stroke-opacity=".7"/><path d="M24 0v24" stroke="{tone}" stroke-width="1.2" stroke-opacity=".5"/>',
                30,
                24,
            ),
        }
        body, wide, high = bodies[name]
        if key not in self._defs:
            self._defs += (
                f'<pattern id="{key}" width="{wide}" height="{high}" patternUnits="userSpaceOnUse">{body}</pattern>'
            )
        return key

    def svg(self) -> str:
        """The whole drawing."""
        defs = f"<defs>{self._defs}</defs>" if self._defs else ""
        shapes = "".join(self._shapes)
        if self._zoom != 1:
            x, y = MIDDLE * (1 - self._zoom), 90 * (1 - self._zoom)
            shapes = f'<g transform="translate({x:g} {y:g}) scale({self._zoom:g})">{shapes}</g>'
        return (
            '<svg class="drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 500" role="presentation">'
            f'{defs}<path d="M0 0h400v500H0z" fill="{self.paper}"/>'
            f'<path d="M44 500V200a156 156 0 0 1 312 0v300z" fill="{self.niche}"/>'
            f"{shapes}</svg>"
        )
