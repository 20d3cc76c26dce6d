"""What the skincare range is made of, as small drawings about 100 by 100 around the point 0 0."""

from collections.abc import Callable
from math import cos, pi, sin

from parvis.connectors.demo.drawings.canvas import COLOURS, INK, IVORY, mix

_LEAF, _DEEP_LEAF, _STEM = "#7f9a72", "#5d7a55", "#6d7f58"


def draw(plant: str, accent: str) -> str:
    """The plant, with its flower or fruit in the accent colour; a leaf for an unknown name."""
    return _PLANTS.get(plant, _leaf)(COLOURS.get(accent, accent))


def _blade(angle: float, long: float, wide: float, fill: str, *, x: float = 0, y: float = 0) -> str:
    """A leaf that begins at ``x`` ``y`` and points to ``angle`` (degrees, 0 up)."""
    return (
        f'<path transform="translate({x:.4g} {y:.4g}) rotate({angle:.4g})" '
        f'd="M0 0C{-wide:g} {-long * 0.3:.3g} {-wide * 0.8:.3g} {-long * 0.75:.3g} 0 {-long:g}'
        f'C{wide * 0.8:.3g} {-long * 0.75:.3g} {wide:g} {-long * 0.3:.3g} 0 0z" fill="{fill}"/>'
    )


def _shea(accent: str) -> str:
    """Two leaves and a nut."""
    return (
        _blade(-52, 56, 16, _LEAF, y=10)
        + _blade(50, 58, 16, _DEEP_LEAF, y=10)
        + f'<ellipse cy="14" rx="25" ry="31" fill="{mix(accent, INK, 0.3)}"/>'
        f'<path d="M-14-8q-9 26 6 48" fill="none" stroke="{mix(accent, IVORY, 0.5)}" stroke-width="6" '
        'stroke-linecap="round"/>'
        f'<ellipse cx="9" cy="16" rx="9" ry="14" fill="{mix(accent, IVORY, 0.35)}"/>'
    )


def _drop(accent: str) -> str:
    """A large drop and a small one."""
    light = mix(accent, IVORY, 0.55)
    return (
        f'<path d="M-8-50C12-18 26 0 26 20a34 34 0 0 1-68 0c0-20 14-38 34-70z" fill="{mix(accent, IVORY, 0.25)}"/>'
        f'<path d="M-26 22a20 20 0 0 0 14 18" fill="none" stroke="{IVORY}" stroke-width="7" stroke-linecap="round"/>'
        f'<path d="M36-34c9 14 14 21 14 30a15 15 0 0 1-30 0c0-9 7-16 16-30z" fill="{light}"/>'
    )


def _orange(accent: str) -> str:
    """A slice of orange with a leaf."""
    peel = mix(COLOURS["ochre"], "#e07a1f", 0.55)
    parts = "".join(
        f'<path transform="rotate({angle})" d="M0-5C-10-16-12-30-9-36Q0-41 9-36C12-30 10-16 0-5z" '
        f'fill="{mix(peel, IVORY, 0.18)}"/>'
        for angle in range(0, 360, 45)
    )
    return (
        _blade(38, 44, 13, _DEEP_LEAF, x=26, y=-28)
        + f'<circle r="50" fill="{peel}"/><circle r="44" fill="#fdf3dc"/>{parts}'
    )


def _tea(accent: str) -> str:
    """The bud and the two leaves that are picked."""
    vein = mix(accent, IVORY, 0.5)
    return (
        f'<path d="M0 52Q-4 22 0 4" fill="none" stroke="{_STEM}" stroke-width="5" stroke-linecap="round"/>'
        + _blade(-48, 62, 20, _LEAF, y=20)
        + _blade(46, 66, 21, _DEEP_LEAF, y=14)
        + _blade(-2, 62, 11, mix(_LEAF, IVORY, 0.3), y=6)
        + f'<path d="M-4 16-36-12M6 10l34-30M0 0v-44" stroke="{vein}" stroke-width="2" stroke-linecap="round"/>'
    )


def _oat(accent: str) -> str:
    """An ear of oats."""
    grain = mix(COLOURS["ochre"], COLOURS["sand"], 0.4)
    grains = "".join(
        _blade(side * 32, 26, 8, grain if side > 0 else mix(grain, INK, 0.1), x=side * 3, y=y)
        + f'<path d="M{side * 16} {y - 22}l{side * 10}-16" stroke="{grain}" stroke-width="1.6"/>'
        for y in (34, 14, -6, -24)
        for side in (-1, 1)
    )
    return (
        f'<path d="M0 58V-30" stroke="{mix(accent, _STEM, 0.5)}" stroke-width="4" stroke-linecap="round"/>{grains}'
        + _blade(0, 28, 8, grain, y=-28)
    )


def _cucumber(accent: str) -> str:
    """Two slices."""
    seeds = "".join(
        f'<ellipse transform="rotate({turn * 60}) translate(0 -19)" rx="4" ry="8" fill="#f6f6e2"/>' for turn in range(6)
    )
    slice_ = (
        f'<circle r="42" fill="{mix(accent, _DEEP_LEAF, 0.5)}"/><circle r="36" fill="#d9e8bf"/>'
        f'<circle r="29" fill="#c6dca6"/>{seeds}'
    )
    return f'<g transform="translate(20 14) scale(.8)">{slice_}</g><g transform="translate(-16 -10)">{slice_}</g>'


def _petals(count: int, inner: float, long: float, wide: float, fill: str, turn: float = 0) -> str:
    return "".join(
        _blade(
            turn + 360 * n / count,
            long,
            wide,
            fill,
            x=inner * sin(2 * pi * n / count + turn * pi / 180),
            y=-inner * cos(2 * pi * n / count + turn * pi / 180),
        )
        for n in range(count)
    )


def _calendula(accent: str) -> str:
    """A marigold."""
    tone = mix("#e8952f", accent, 0.15)
    return (
        _blade(130, 52, 14, _LEAF)
        + _blade(218, 50, 14, _DEEP_LEAF)
        + _petals(12, 12, 40, 10, mix(tone, INK, 0.1))
        + _petals(9, 8, 32, 10, tone, 12)
        + f'<circle r="14" fill="{mix(accent, INK, 0.25)}"/><circle r="9" fill="{mix(accent, IVORY, 0.2)}"/>'
    )


def _rose(accent: str) -> str:
    """A rose seen from above."""
    tone = mix(COLOURS["pink"], accent, 0.12)
    return (
        _blade(125, 56, 16, _LEAF)
        + _blade(232, 54, 16, _DEEP_LEAF)
        + _petals(6, 6, 44, 24, mix(tone, INK, 0.12))
        + _petals(5, 3, 34, 20, tone, 30)
        + _petals(4, 0, 24, 14, mix(tone, IVORY, 0.35), 10)
        + f'<path d="M-7 2q2-12 12-8t2 13-15 2 2-15" fill="none" stroke="{mix(tone, INK, 0.35)}" stroke-width="3" '
        'stroke-linecap="round"/>'
    )


def _leaf(accent: str) -> str:
    return _blade(-30, 60, 18, _LEAF, y=26) + _blade(34, 60, 18, mix(_DEEP_LEAF, accent, 0.2), y=26)


_PLANTS: dict[str, Callable[[str], str]] = {
    "shea": _shea,
    "drop": _drop,
    "orange": _orange,
    "tea": _tea,
    "oat": _oat,
    "cucumber": _cucumber,
    "calendula": _calendula,
    "rose": _rose,
}
