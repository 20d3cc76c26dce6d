"""The scenes of the films, each a function of the time since it began; 540 by 960, the lowest fifth left to captions."""

from collections.abc import Callable, Mapping
from math import cos, pi, sin
from typing import Any

from tools.films.people import Face, Look, bust
from tools.films.scripts import Script, Shot

from parvis.connectors.demo.drawings import care, plants
from parvis.connectors.demo.drawings.canvas import COLOURS, INK, IVORY, mix

WIDE, HIGH = 540, 960
_TABLE = 772
_FONT = 'font-family="Liberation Sans, Arial, sans-serif"'
Product = Mapping[str, Any]
Scene = Callable[[Script, Shot, Product, float, float], str]


def eased(x: float) -> float:
    """0..1, slow at both ends."""
    x = max(0.0, min(1.0, x))
    return x * x * (3 - 2 * x)


def popped(x: float) -> float:
    """0..1, a little too far before it settles."""
    x = max(0.0, min(1.0, x))
    return 1 - (1 - x) ** 3 * cos(x * pi * 1.5)


def between(before: Face, after: Face, share: float) -> Face:
    """A face on its way."""
    names = ("mouth", "dry", "shine", "red", "spots", "glow", "wet", "makeup")
    mixed = {name: getattr(before, name) * (1 - share) + getattr(after, name) * share for name in names}
    return Face(talks=after.talks, **mixed)


def scene(script: Script, shot: Shot, product: Product, t: float, long: float) -> str:
    """A shot ``t`` seconds after it began; it lasts ``long`` seconds."""
    return _SCENES[shot.scene](script, shot, product, t, long)


def definitions(products: list[Product]) -> str:
    """Gradients of all vessels that are shown."""
    colours = dict.fromkeys(str(each["colour"]) for each in products)
    return f"<defs>{''.join(care.gradients(colour) for colour in colours)}</defs>"


# -- what scenes are made of ----------------------------------------------------------------------------------


def _room(product: Product, t: float) -> str:
    """Wall, arch and table in the colours of the product; the plant drifts behind."""
    base = _tone(product)
    wall, niche = mix(base, IVORY, 0.62), mix(base, IVORY, 0.82)
    plant = plants.draw(str(product["plant"]), str(product["accent"]))
    drift = "".join(
        f'<g transform="translate({x} {y + 10 * sin(t * 0.9 + n):.1f}) rotate({turn + 6 * sin(t * 0.7 + n):.1f}) '
        f'scale({size})" opacity=".5">{plant}</g>'
        for n, (x, y, turn, size) in enumerate(((62, 250, -16, 0.75), (486, 330, 20, 0.62), (470, 150, -8, 0.5)))
    )
    return (
        f'<path d="M0 0h540v960H0z" fill="{wall}"/>'
        f'<path d="M58 960V340a212 212 0 0 1 424 0v620z" fill="{niche}"/>{drift}'
    )


def _tone(product: Product) -> str:
    """The colour of the room; white pots stand in a room of their accent."""
    base = COLOURS[str(product["colour"])]
    return mix(base, COLOURS[str(product["accent"])], 0.42) if product["colour"] == "ivory" else base


def _table(product: Product) -> str:
    top = mix(mix(_tone(product), "#a67c52", 0.5), IVORY, 0.3)
    return (
        f'<path d="M0 {_TABLE}h540v{HIGH - _TABLE}H0z" fill="{top}"/>'
        f'<path d="M0 {_TABLE}h540v16H0z" fill="{mix(top, IVORY, 0.35)}"/>'
    )


def _standing(product: Product, x: float, y: float, size: float, turn: float = 0) -> str:
    vessel = care.vessel(str(product["shape"]), str(product["colour"]), str(product["accent"]), str(product["plant"]))
    return (
        f'<ellipse cx="{x:g}" cy="{y:g}" rx="{76 * size:g}" ry="{11 * size:g}" fill="{INK}" fill-opacity=".16"/>'
        f'<g transform="translate({x:g} {y:g}) rotate({turn:.2f}) scale({size:.3f})">{vessel}</g>'
    )


def _pill(words: str, x: float, y: float, grown: float, accent: str) -> str:
    if grown <= 0:
        return ""
    wide = 15.6 * len(words) + 76
    return (
        f'<g transform="translate({x:g} {y:g}) scale({grown:.3f})"><rect x="{-wide / 2:g}" y="-32" width="{wide:g}" '
        f'height="64" rx="32" fill="#fffaf0" stroke="{INK}" stroke-opacity=".08" stroke-width="3"/><circle cx="{-wide / 2 + 30:g}" r="8" fill="{accent}"/>'
        f'<text x="{-wide / 2 + 48:g}" y="10" {_FONT} font-size="29" font-weight="700" fill="{INK}">{words}</text></g>'
    )


def _person(look: Look, face: Face, t: float, *, x: float, y: float, size: float) -> str:
    return f'<g transform="translate({x:g} {y:g}) scale({size:.3f})">{bust(look, face, t)}</g>'


def _sparkles(t: float, strength: float, *, x: float, y: float, reach: float) -> str:
    if strength <= 0.02:
        return ""
    star = "M0-15C2-4 4-2 15 0 4 2 2 4 0 15-2 4-4 2-15 0-4-2-2-4 0-15z"
    return "".join(
        f'<path transform="translate({x + reach * cos(n * 2.4 + 0.5):.1f} {y + reach * 0.95 * sin(n * 2.4 + 0.5):.1f}) '
        f'scale({(0.7 + 0.7 * abs(sin(t * 2.6 + n * 1.3))) * (1 + 0.25 * (n % 3)):.2f})" d="{star}" fill="#fff6d0" '
        f'stroke="#e7b84a" stroke-width="1.5" opacity="{strength * (0.35 + 0.65 * abs(sin(t * 2.6 + n * 1.3))):.2f}"/>'
        for n in range(7)
    )


def _stars(count: int, t: float) -> str:
    star = "M0-30 9-10 30-8 14 7 19 28 0 17-19 28-14 7-30-8-9-10z"
    out = []
    for n in range(5):
        lit = popped((t - 0.25 - 0.14 * n) / 0.35) if n < count else 0
        out.append(
            f'<g transform="translate({126 + 72 * n} 168)"><path d="{star}" fill="#fffaf0" fill-opacity=".75" '
            f'stroke="#b98a2d" stroke-opacity=".6" stroke-width="3" stroke-linejoin="round"/>'
            f'<path transform="scale({lit:.3f})" d="{star}" fill="#e0a526"/></g>'
        )
    return "".join(out)


# -- scenes ---------------------------------------------------------------------------------------------------


def _talk(script: Script, shot: Shot, product: Product, t: float, long: float) -> str:
    face = Face(**{**_values(shot.face), "talks": t < long - 0.35})
    accent = COLOURS[str(product["accent"])]
    pills = "".join(
        _pill(words, 270 + 12 * (-1) ** n, 122 + 78 * n, popped((t - 0.35 - 0.3 * n) / 0.4), accent)
        for n, words in enumerate(script.facts)
    )
    slide = 60 * (1 - eased(t / 0.5))
    return (
        _room(product, t)
        + _person(script.look, face, t, x=292, y=474 + slide, size=1.26)
        + _table(product)
        + _standing(product, 112, 846, 0.86 * popped((t - 0.2) / 0.5) + 0.001)
        + pills
    )


def _values(face: Face) -> dict[str, Any]:
    return {name: getattr(face, name) for name in Face.__slots__}


def _close(script: Script, shot: Shot, product: Product, t: float, long: float) -> str:
    share = eased((t - 0.3) / max(long - 0.8, 0.5))
    face = between(shot.before or shot.face, shot.face, share)
    near = 1.62 + 0.06 * eased(t / long)
    out = _room(product, t)
    if shot.prop == "sun":
        out += _sun(t)
    out += _person(script.look, face, t, x=270, y=430, size=near)
    out += _sparkles(t, face.glow, x=270, y=420, reach=226)
    if shot.prop == "fingers":
        out += _finger(script.look, 150 + 26 * cos(t * 5), 505 + 20 * sin(t * 5), mirrored=True)
        out += _finger(script.look, 392 - 26 * cos(t * 5), 505 + 20 * sin(t * 5))
    if shot.prop == "cotton":
        out += _cotton(script.look, 388 - 60 * abs(sin(t * 1.6)), 470 + 70 * sin(t * 1.6))
    return out + _table(product)


def _sun(t: float) -> str:
    rays = "".join(
        f'<path transform="rotate({30 * n + 12 * t:.1f})" d="M0-62v-26" stroke="#e9a83a" stroke-width="9" stroke-linecap="round"/>'
        for n in range(12)
    )
    return f'<g transform="translate(440 150)"><circle r="46" fill="#f2bb4b"/>{rays}</g>'


def _finger(look: Look, x: float, y: float, *, mirrored: bool = False) -> str:
    """Two fingertips that come from the side and from below."""
    side = -1 if mirrored else 1
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) scale({side} 1)" stroke-linecap="round" fill="none">'
        f'<path d="M14 10 150 190 260 420" stroke="{look.shade}" stroke-width="66"/>'
        f'<path d="M12 6 150 186 260 420" stroke="{look.skin}" stroke-width="58"/>'
        f'<path d="M34-24 150 160" stroke="{look.shade}" stroke-width="44"/><path d="M32-26 150 156" stroke="{look.skin}" stroke-width="38"/>'
        f'<path d="M24-36 36-20" stroke="{mix(look.skin, IVORY, 0.6)}" stroke-width="20"/>'
        f'<path d="M-1-10 12 6" stroke="{mix(look.skin, IVORY, 0.6)}" stroke-width="26"/></g>'
    )


def _cotton(look: Look, x: float, y: float) -> str:
    return (
        f'<g transform="translate({x:.1f} {y:.1f})"><path d="M30 30 170 240 280 460" stroke="{look.skin}" stroke-width="62" '
        f'stroke-linecap="round" fill="none"/><ellipse rx="66" ry="56" transform="rotate(-24)" fill="#fff" stroke="#ddd5c6" stroke-width="3"/>'
        '<path d="M-36-8q16-18 34-8M-8 22q18 8 34-8" fill="none" stroke="#e6dfd2" stroke-width="4" stroke-linecap="round"/>'
        f'<path d="M6 4 52 60M34-14 70 44" stroke="{look.shade}" stroke-width="38" stroke-linecap="round"/>'
        f'<path d="M4 2 52 58M32-16 70 42" stroke="{look.skin}" stroke-width="33" stroke-linecap="round"/></g>'
    )


def _hand(script: Script, shot: Shot, product: Product, t: float, long: float) -> str:
    look = script.look
    spread = eased((t - 0.35) / max(long - 0.9, 0.6))
    turn = 2.2 * sin(t * 1.8)
    low = str(product["shape"]) in ("jar", "tin")
    out = _room(product, t) + _standing(product, 270, 400 if low else 452, 1.28 if low else 1.12, turn)
    out += f'<g transform="translate({-34 * (1 - eased(t / 0.45)):.1f} 0)">{_back_of_hand(look)}</g>'
    if shot.prop == "drops":
        out += _drops(script.cream, t)
        out += _smear(script.cream, eased((t - 0.9) / max(long - 1.2, 0.5)) * 0.8)
    else:
        out += _smear(script.cream, spread)
        x, y = _along(spread)
        out += _finger(look, x + 6, y + 14 + 5 * sin(t * 7))
    return out + _table(product)


def _back_of_hand(look: Look) -> str:
    fingers = ((372, 566, 500, 520), (380, 604, 528, 586), (372, 642, 520, 648), (350, 676, 484, 706))
    edge = "".join(f"M{a} {b}L{c} {d}" for a, b, c, d in fingers)
    nails = "".join(
        f'<ellipse cx="{c + 6}" cy="{d}" rx="13" ry="10" fill="{mix(look.skin, IVORY, 0.55)}"/>'
        for _, _, c, d in fingers
    )
    palm = "M-40 700C120 560 220 520 330 532 400 546 424 610 400 668 372 724 250 742-40 860z"
    thumb = "M236 560C262 520 300 496 346 486"
    return (
        f'<g stroke-linecap="round" stroke-linejoin="round"><path d="{edge}" stroke="{look.shade}" stroke-width="47" fill="none"/>'
        f'<path d="{thumb}" stroke="{look.shade}" stroke-width="52" fill="none"/>'
        f'<path d="{palm}" fill="{look.skin}" stroke="{look.shade}" stroke-width="5"/>'
        f'<path d="{thumb}" stroke="{look.skin}" stroke-width="43" fill="none"/>'
        f'<path d="{edge}" stroke="{look.skin}" stroke-width="39" fill="none"/>'
        f'<path d="{palm}" fill="{look.skin}"/>{nails}</g>'
    )


def _along(share: float) -> tuple[float, float]:
    """Where the fingertip is on the smear."""
    return 170 + 170 * share, 662 - 60 * share + 26 * sin(share * 2 * pi)


def _smear(colour: str, share: float) -> str:
    if share <= 0:
        return ""
    points = [_along(share * n / 24) for n in range(25)]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    light = mix(colour, "#ffffff", 0.6)
    return (
        f'<g fill="none" stroke-linecap="round" stroke-linejoin="round"><path d="{path}" stroke="{mix(colour, INK, 0.16)}" '
        f'stroke-width="58" stroke-opacity=".5"/><path d="{path}" stroke="{colour}" stroke-width="52"/>'
        f'<path d="{path}" stroke="{light}" stroke-width="15" transform="translate(-4 -11)"/></g>'
    )


def _drops(colour: str, t: float) -> str:
    drop = "M0-26C13-4 18 6 18 15a18 18 0 0 1-36 0c0-9 5-19 18-41z"
    falling = ""
    for n in range(3):
        gone = (t - 0.35 - 0.45 * n) / 0.55
        if 0 < gone < 1:
            falling += (
                f'<path transform="translate({250 + 8 * n} {470 + 150 * gone * gone:.1f})" d="{drop}" '
                f'fill="{mix(colour, COLOURS["petrol"], 0.22)}" stroke="#fff" stroke-width="3"/>'
            )
    return falling


def _days(script: Script, shot: Shot, product: Product, t: float, long: float) -> str:
    share = eased((t - 0.15) / max(min(long - 0.6, 1.6), 0.5))
    accent = COLOURS[str(product["accent"])]
    ring = 2 * pi * 150
    count = max(1, round(shot.value * share))
    return (
        _room(product, t)
        + f'<g transform="translate(270 430) scale({0.94 + 0.06 * popped(t / 0.4):.3f})"><circle r="186" fill="#fffaf0"/>'
        f'<circle r="150" fill="none" stroke="{mix(accent, IVORY, 0.75)}" stroke-width="24"/>'
        f'<circle r="150" fill="none" stroke="{accent}" stroke-width="24" stroke-linecap="round" transform="rotate(-90)" '
        f'stroke-dasharray="{ring * share:.1f} {ring:.1f}"/>'
        f'<text y="34" text-anchor="middle" {_FONT} font-size="128" font-weight="700" fill="{INK}">{count}</text>'
        f'<text y="84" text-anchor="middle" {_FONT} font-size="36" fill="{INK}">{"jours" if count > 1 else "jour"}</text></g>'
        + _table(product)
        + _standing(product, 270, 840, 0.74)
    )


def _pair(script: Script, shot: Shot, product: Product, t: float, long: float) -> str:
    other = product["other"]
    near = popped((t - 0.3) / 0.5)
    return (
        _room(product, t)
        + _table(product)
        + _standing(product, 140, 806, 1.2 * popped(t / 0.4) + 0.001)
        + _standing(other, 396, 812, 1.16 * near + 0.001)
        + f'<g transform="translate(270 470) scale({popped((t - 0.6) / 0.4):.3f})"><circle r="58" fill="#fffaf0"/>'
        f'<path d="M-26 0h52M0-26v52" stroke="{COLOURS[str(product["accent"])]}" stroke-width="14" stroke-linecap="round"/></g>'
    )


def _verdict(script: Script, shot: Shot, product: Product, t: float, long: float) -> str:
    face = Face(**{**_values(shot.face), "talks": 0.2 < t < long - 1.2})
    return (
        _room(product, t)
        + _person(script.look, face, t, x=300, y=486, size=1.24)
        + _sparkles(t, face.glow, x=300, y=470, reach=212)
        + _table(product)
        + _standing(product, 112, 846, 0.88 + 0.02 * sin(t * 4))
        + '<rect x="76" y="112" width="388" height="112" rx="56" fill="#fffaf0" fill-opacity=".78"/>'
        + _stars(shot.value, t)
    )


_SCENES: dict[str, Scene] = {
    "talk": _talk,
    "close": _close,
    "hand": _hand,
    "days": _days,
    "pair": _pair,
    "verdict": _verdict,
}
