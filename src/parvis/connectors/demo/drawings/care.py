"""Bottles, jars and tubes of the skincare range, each with the plant it is made of, drawn like the garments.

Pure: the same shape and colours give the same picture. :func:`vessel` alone is also what the demo's films show.
"""

from collections.abc import Callable

from django.utils.safestring import SafeString, mark_safe

from parvis.connectors.demo.drawings import plants
from parvis.connectors.demo.drawings.canvas import COLOURS, INK, IVORY, mix

Part = Callable[[str, str], str]
"""Draws from the key of the gradients and the accent colour."""
_PAPERS = {
    "ivory": ("#e6d8c8", "#f1e6d8"),
    "sky": ("#d7e0e6", "#e7eef2"),
    "ochre": ("#efdfc0", "#f7ecd6"),
    "olive": ("#dde0cd", "#eaecdf"),
    "sand": ("#ebe1cd", "#f5eee0"),
    "sage": ("#d8e2d8", "#e7eee6"),
    "rose": ("#ecdad8", "#f5e9e6"),
}
_LOW = ("jar", "tin")
"""Drawn nearer and on a higher plinth."""
_METAL, _DEEP_METAL = "#d9d5cc", "#a9a396"


def picture(shape: str, colour: str, accent: str, plant: str) -> SafeString:
    """A product of the range on its plinth under an arch, 400 by 500. Unknown names give the plainest form of each."""
    paper, niche = _PAPERS.get(colour, ("#e3dccb", "#efe9db"))
    stone, side = mix(niche, IVORY, 0.55), mix(paper, INK, 0.1)
    top, near = (400, 1.22) if shape in _LOW else (424, 1)
    return mark_safe(  # noqa: S308 - made of constants
        '<svg class="drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 500" role="presentation">'
        f"<defs>{gradients(colour)}</defs>"
        f'<path d="M0 0h400v500H0z" fill="{paper}"/><path d="M44 500V200a156 156 0 0 1 312 0v300z" fill="{niche}"/>'
        f'<g transform="translate(70 {top - 50}) rotate(-14) scale(.92)">{plants.draw(plant, accent)}</g>'
        f'<g transform="translate(338 {top - 40}) rotate(18) scale(.68)">{plants.draw(plant, accent)}</g>'
        f'<path d="M84 {top}h232v100H84z" fill="{side}"/><ellipse cx="200" cy="{top}" rx="116" ry="20" fill="{stone}"/>'
        f'<ellipse cx="200" cy="{top + 2}" rx="{76 * near:g}" ry="10" fill="{INK}" fill-opacity=".12"/>'
        f'<g transform="translate(200 {top + 4}) scale({near:g})">{vessel(shape, colour, accent, plant)}</g></svg>'
    )


def gradients(colour: str) -> str:
    """The light on the vessel, to be put among the definitions of the picture that holds it."""
    base = COLOURS.get(colour, COLOURS["sand"])
    metal = ((0, _DEEP_METAL), (0.25, "#f4f1ea"), (0.6, _METAL), (1, _DEEP_METAL))
    body = ((0, mix(base, INK, 0.22)), (0.2, mix(base, IVORY, 0.42)), (0.55, base), (1, mix(base, INK, 0.26)))
    return _gradient(f"b-{colour}", body) + _gradient(f"m-{colour}", metal)


def _gradient(key: str, stops: tuple[tuple[float, str], ...]) -> str:
    inner = "".join(f'<stop offset="{at:g}" stop-color="{tone}"/>' for at, tone in stops)
    return f'<linearGradient id="{key}" x1="0" x2="1" y1="0" y2="0">{inner}</linearGradient>'


def vessel(shape: str, colour: str, accent: str, plant: str) -> str:
    """The vessel alone, standing on the point 0 0; it needs :func:`gradients` of its colour."""
    return _SHAPES.get(shape, _bottle)(colour, COLOURS.get(accent, accent)).replace(
        "@plant", plants.draw(plant, accent)
    )


def _label(y: float, wide: float, high: float, accent: str, *, round_: float = 3) -> str:
    """A paper label with the plant above two lines, centred on ``y``."""
    return (
        f'<rect x="{-wide / 2:g}" y="{y - high / 2:g}" width="{wide:g}" height="{high:g}" rx="{round_:g}" '
        f'fill="#fdf9f0"/><rect x="{-wide / 2 + 4:g}" y="{y - high / 2 + 4:g}" width="{wide - 8:g}" '
        f'height="{high - 8:g}" rx="{round_ / 2:g}" fill="none" stroke="{accent}" stroke-opacity=".45"/>'
        f'<g transform="translate(0 {y - high * 0.14:g}) scale({min(wide, high) / 150:g})">@plant</g>'
        f'<path d="M{-wide * 0.26:g} {y + high * 0.24:g}h{wide * 0.52:g}M{-wide * 0.17:g} {y + high * 0.33:g}'
        f'h{wide * 0.34:g}" stroke="{mix(accent, INK, 0.3)}" stroke-width="2.4" stroke-linecap="round"/>'
    )


def _jar(colour: str, accent: str) -> str:
    return (
        f'<path d="M-86-96h172v72q0 24-26 24h-120q-26 0-26-24z" fill="url(#b-{colour})"/>'
        '<path d="M-86-96h172v12h-172z" fill="#2a2a26" fill-opacity=".1"/>'
        f'<rect x="-92" y="-146" width="184" height="52" rx="9" fill="url(#m-{colour})"/>'
        f'<path d="M-92-108h184M-92-132h184" stroke="{_DEEP_METAL}" stroke-opacity=".5" stroke-width="1.4"/>'
        '<path d="M-70-84v58" stroke="#fff" stroke-opacity=".55" stroke-width="7" stroke-linecap="round"/>'
        + _label(-46, 92, 70, accent)
    )


def _dropper(colour: str, accent: str) -> str:
    return (
        f'<path d="M-56-138q0-26 34-34h44q34 8 34 34v122q0 16-16 16h-80q-16 0-16-16z" fill="url(#b-{colour})"/>'
        '<path d="M-42-130v112" stroke="#fff" stroke-opacity=".5" stroke-width="7" stroke-linecap="round"/>'
        f'<rect x="-27" y="-212" width="54" height="42" rx="5" fill="url(#m-{colour})"/>'
        f'<path d="M-19-212v-5q-3-50 19-56 22 6 19 56v5z" fill="{mix(accent, INK, 0.12)}"/>'
        '<path d="M-10-222q-1-30 6-38" fill="none" stroke="#fff" stroke-opacity=".4" stroke-width="4" '
        'stroke-linecap="round"/>' + _label(-74, 84, 100, accent)
    )


def _tube(colour: str, accent: str) -> str:
    return (
        f'<path d="M-62-276h124q-4 150-14 236h-96q-10-86-14-236z" fill="url(#b-{colour})"/>'
        f'<path d="M-62-276h124v20h-124z" fill="{INK}" fill-opacity=".12"/>'
        f'<path d="M-50-272v12M-32-272v12M-14-272v12M4-272v12M22-272v12M40-272v12" stroke="{INK}" '
        'stroke-opacity=".18" stroke-width="2"/>'
        '<path d="M-44-244q4 110 10 190" fill="none" stroke="#fff" stroke-opacity=".5" stroke-width="7" '
        'stroke-linecap="round"/>'
        f'<rect x="-50" y="-42" width="100" height="42" rx="7" fill="{mix(accent, IVORY, 0.75)}"/>'
        f'<path d="M-50-20h100" stroke="{INK}" stroke-opacity=".14" stroke-width="2"/>' + _label(-158, 78, 108, accent)
    )


def _pump(colour: str, accent: str) -> str:
    cap = mix(accent, IVORY, 0.72)
    return (
        f'<path d="M-58-190q0-20 24-22h68q24 2 24 22v174q0 16-16 16h-84q-16 0-16-16z" fill="url(#b-{colour})"/>'
        '<path d="M-44-184v166" stroke="#fff" stroke-opacity=".5" stroke-width="7" stroke-linecap="round"/>'
        f'<rect x="-26" y="-232" width="52" height="22" rx="4" fill="{mix(cap, INK, 0.08)}"/>'
        f'<path d="M-6-262h12v32h-12z" fill="{mix(cap, INK, 0.2)}"/>'
        f'<path d="M-60-272q2-16 22-16h50q14 0 14 12v14h-58q-12 0-14 12h-10q-6-8-4-22z" fill="{cap}"/>'
        + _label(-96, 86, 128, accent)
    )


def _bottle(colour: str, accent: str) -> str:
    cap = mix(accent, IVORY, 0.3)
    return (
        f'<path d="M-54-200q0-28 30-34h48q30 6 30 34v184q0 16-16 16h-76q-16 0-16-16z" fill="url(#b-{colour})" '
        'fill-opacity=".92"/><path d="M-54-166h108v150q0 16-16 16h-76q-16 0-16-16z" fill="#fff" fill-opacity=".16"/>'
        '<path d="M-40-196v176" stroke="#fff" stroke-opacity=".55" stroke-width="7" stroke-linecap="round"/>'
        f'<rect x="-34" y="-272" width="68" height="40" rx="7" fill="{cap}"/>'
        f'<path d="M-34-254h68" stroke="{INK}" stroke-opacity=".18" stroke-width="2"/>' + _label(-100, 82, 118, accent)
    )


def _tin(colour: str, accent: str) -> str:
    balm = mix(COLOURS.get(colour, COLOURS["sand"]), IVORY, 0.45)
    return (
        f'<g transform="translate(74 -64) rotate(16)"><ellipse rx="24" ry="74" fill="{_DEEP_METAL}"/>'
        f'<ellipse cx="-7" rx="22" ry="70" fill="{mix(accent, IVORY, 0.35)}"/>'
        '<g transform="translate(-9 0) scale(.3 .72)">@plant</g></g>'
        f'<path d="M-106-62h168v38q0 24-84 24t-84-24z" fill="url(#m-{colour})"/>'
        f'<ellipse cx="-22" cy="-62" rx="84" ry="25" fill="#f4f1ea"/>'
        f'<ellipse cx="-22" cy="-60" rx="76" ry="20" fill="{balm}"/>'
        f'<path d="M-74-62q26 16 56 4t46 2" fill="none" stroke="{mix(balm, IVORY, 0.6)}" stroke-width="6" '
        'stroke-linecap="round"/>'
        f'<path d="M-18-66 26-134q8-12 18-6t3 18L2-58q-6 6-13 2t-7-10z" fill="{mix(COLOURS["sand"], IVORY, 0.35)}" '
        f'stroke="{mix(COLOURS["sand"], INK, 0.3)}" stroke-width="1.5"/>'
    )


def _spray(colour: str, accent: str) -> str:
    return (
        f'<path d="M-44-196q0-20 20-24h48q20 4 20 24v180q0 16-16 16h-56q-16 0-16-16z" fill="url(#b-{colour})" '
        'fill-opacity=".88"/>'
        f'<path d="M-44-150h88v134q0 16-16 16h-56q-16 0-16-16z" fill="{accent}" fill-opacity=".16"/>'
        '<path d="M-31-188v168" stroke="#fff" stroke-opacity=".6" stroke-width="6" stroke-linecap="round"/>'
        f'<rect x="-24" y="-244" width="48" height="26" rx="4" fill="url(#m-{colour})"/>'
        f'<path d="M-18-244v-20q0-12 12-12h22v32z" fill="{mix(accent, IVORY, 0.5)}"/>'
        f'<circle cx="14" cy="-264" r="3" fill="{INK}" fill-opacity=".5"/>' + _label(-92, 68, 112, accent)
    )


_SHAPES: dict[str, Part] = {
    "jar": _jar,
    "dropper": _dropper,
    "tube": _tube,
    "pump": _pump,
    "bottle": _bottle,
    "tin": _tin,
    "spray": _spray,
}
SHAPES = tuple(sorted(_SHAPES))
"""Vessels that can be drawn."""
