"""People of the films: drawn busts that speak, blink, and show what their skin does.

The middle of the face is 0 0; a face is about 200 wide and 240 high.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sin

from parvis.connectors.demo.drawings.canvas import INK, IVORY, mix

RED = "#c8503f"


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks. ``hair`` is one of the styles below; ``lips`` of a colour when they are made up."""

    skin: str
    hair_colour: str
    hair: str
    top: str
    lips: str = ""
    glasses: bool = False
    stubble: bool = False
    grown: float = 0.0  # 0..1: how much the face is marked by years

    @property
    def shade(self) -> str:
        return mix(self.skin, "#7a3b22", 0.22)


@dataclass(frozen=True, slots=True)
class Face:
    """What the face shows at a moment, each 0..1; ``mouth`` -1 sad to 1 smiling."""

    mouth: float = 0.4
    talks: bool = False
    dry: float = 0.0
    shine: float = 0.0
    red: float = 0.0
    spots: float = 0.0
    glow: float = 0.0
    wet: float = 0.0
    makeup: float = 0.0


def bust(look: Look, face: Face, t: float) -> str:
    """Head and shoulders at the time ``t`` (seconds), which moves the head, the lids and the mouth a little."""
    lift, tilt = 3 * sin(t * 2.1), 1.6 * sin(t * 1.3 + 0.5)
    back, front = _HAIR[look.hair](look.hair_colour)
    head = (
        f'<g transform="translate(0 {lift:.1f}) rotate({tilt:.2f} 0 120)">{back}'
        f'<ellipse cx="-97" cy="14" rx="15" ry="24" fill="{look.shade}"/>'
        f'<ellipse cx="97" cy="14" rx="15" ry="24" fill="{look.shade}"/>'
        f'<path d="M-97-22C-99-128 99-128 97-22 98 62 52 126 0 128-52 126-98 62-97-22z" fill="{look.skin}"/>'
        + _skin(look, face, t)
        + _features(look, face, t)
        + front
        + (_glasses() if look.glasses else "")
        + "</g>"
    )
    return (
        (f'<g transform="translate(0 {lift:.1f})">{_behind(look)}</g>')
        + f'<path d="M-230 420C-232 262-150 226-62 200L62 200C150 226 232 262 230 420z" fill="{look.top}"/>'
        f'<path d="M-44 90V190Q0 240 44 190V90z" fill="{look.shade}"/>'
        f'<path d="M-66 198Q0 268 66 198" fill="none" stroke="{mix(look.top, INK, 0.18)}" stroke-width="9"/>' + head
    )


def _behind(look: Look) -> str:
    """Hair that falls behind the shoulders."""
    if look.hair not in ("long", "wavy"):
        return ""
    return f'<path d="M-118-20C-150 120-150 230-118 300H118C150 230 150 120 118-20z" fill="{mix(look.hair_colour, INK, 0.2)}"/>'


def _skin(look: Look, face: Face, t: float) -> str:
    cheek = mix(look.skin, RED, 0.34 + 0.24 * face.red)
    wide = 30 + 5 * face.red
    parts = [
        f'<ellipse cx="{side * 56}" cy="40" rx="{wide:.1f}" ry="{wide * 0.66:.1f}" fill="{cheek}" '
        f'fill-opacity="{0.4 + 0.32 * face.red:.2f}"/>'
        for side in (-1, 1)
    ]
    if face.red:
        parts.append(f'<ellipse cy="30" rx="14" ry="16" fill="{cheek}" fill-opacity="{0.5 * face.red:.2f}"/>')
    if look.stubble:
        parts.append(
            f'<path d="M-82 46C-70 110-40 126 0 127 40 126 70 110 82 46 60 84 30 92 0 92S-60 84-82 46z" '
            f'fill="{look.hair_colour}" fill-opacity=".22"/>'
        )
    if face.dry:
        flakes = "".join(
            f'<path d="M{side * x} {y}l{side * 9}-3M{side * (x + 5)} {y + 9}l{side * 8} 2" />'
            for side in (-1, 1)
            for x, y in ((46, 34), (62, 46), (50, 58), (66, 30))
        )
        parts.append(
            f'<g stroke="{mix(look.skin, IVORY, 0.75)}" stroke-width="3.4" stroke-linecap="round" '
            f'opacity="{face.dry:.2f}">{flakes}</g>'
        )
    if face.spots:
        dots = "".join(
            f'<circle cx="{x}" cy="{y}" r="{r}"/>'
            for x, y, r in ((-14, 104, 5), (12, 110, 4), (30, 96, 5), (-34, 94, 4))
        )
        parts.append(f'<g fill="{RED}" opacity="{0.85 * face.spots:.2f}">{dots}</g>')
    if face.shine:
        flicker = face.shine * (0.75 + 0.25 * sin(t * 5))
        parts.append(
            f'<g fill="#fff" opacity="{0.85 * flicker:.2f}"><ellipse cx="-8" cy="-58" rx="48" ry="13"/>'
            '<ellipse cx="30" cy="-48" rx="15" ry="6"/><ellipse cx="3" cy="18" rx="6" ry="14"/>'
            '<ellipse cx="0" cy="108" rx="17" ry="6"/></g>'
        )
    if face.wet:
        drop = "M0-12C7-2 9 3 9 7a9 9 0 0 1-18 0c0-4 2-9 9-19z"
        parts += [
            f'<path transform="translate({x} {y + (t * 14 + x) % 16:.1f}) scale({k})" d="{drop}" fill="#8fc1da" '
            f'opacity="{0.85 * face.wet:.2f}"/>'
            for x, y, k in ((-60, 20, 1), (54, 36, 0.9), (-22, -58, 0.8), (34, -50, 1), (-40, 74, 0.7), (20, 88, 0.8))
        ]
    if look.grown:
        parts.append(
            f'<g fill="none" stroke="{look.shade}" stroke-width="2.4" stroke-linecap="round" opacity="{look.grown:.2f}">'
            '<path d="M-66 16q6 8 14 10M66 16q-6 8-14 10M-46-66q46-8 92 0"/></g>'
        )
    return "".join(parts)


def _features(look: Look, face: Face, t: float) -> str:
    shut = (t % 3.1) < 0.14
    brow = mix(look.hair_colour, INK, 0.35)
    worried = -5 * min(face.mouth, 0)
    eyes = ""
    for side in (-1, 1):
        if face.makeup:
            eyes += (
                f'<ellipse cx="{side * 42}" cy="-12" rx="26" ry="14" fill="#8a4f6d" '
                f'fill-opacity="{0.6 * face.makeup:.2f}"/>'
            )
        if shut:
            eyes += f'<path d="M{side * 24} 2q{side * 18} 9 {side * 36} 0" fill="none" stroke="{INK}" stroke-width="5" stroke-linecap="round"/>'
        else:
            eyes += (
                f'<ellipse cx="{side * 42}" cy="0" rx="12.5" ry="15" fill="#2d211d"/>'
                f'<circle cx="{side * 42 + 4}" cy="-5" r="4.2" fill="#fff"/>'
                f'<path d="M{side * 24}-7q{side * 16}-15 {side * 37}-3" fill="none" stroke="{INK}" '
                f'stroke-width="{4 + 3 * face.makeup:.1f}" stroke-linecap="round"/>'
            )
        eyes += (
            f'<path d="M{side * 22} {-33 - worried:.1f}q{side * 20} {-12 + worried:.1f} {side * 44} {0 + worried:.1f}" '
            f'fill="none" stroke="{brow}" stroke-width="7" stroke-linecap="round"/>'
        )
    nose = f'<path d="M4 6q10 22 4 30-6 5-15 1" fill="none" stroke="{look.shade}" stroke-width="5" stroke-linecap="round"/>'
    return eyes + nose + _mouth(look, face, t)


def _mouth(look: Look, face: Face, t: float) -> str:
    lips = look.lips if look.lips and face.makeup > 0.3 else mix(look.skin, "#a2423c", 0.55)
    bend = 16 * face.mouth
    if face.talks:
        gap = 5 + 13 * abs(sin(t * 7.3) * sin(t * 3.1 + 0.4))
        return (
            f'<path d="M-28 {72 - bend * 0.35:.1f}Q0 {72 + bend * 0.2:.1f} 28 {72 - bend * 0.35:.1f}'
            f'Q0 {74 + 2 * gap + bend * 0.5:.1f}-28 {72 - bend * 0.35:.1f}z" fill="#7a2a2a" stroke="{lips}" '
            'stroke-width="6" stroke-linejoin="round"/>'
        )
    return (
        f'<path d="M-29 {76 - bend * 0.5:.1f}Q0 {76 + bend:.1f} 29 {76 - bend * 0.5:.1f}" fill="none" stroke="{lips}" '
        'stroke-width="8" stroke-linecap="round"/>'
    )


def _glasses() -> str:
    return (
        '<g fill="#fff" fill-opacity=".14" stroke="#3c3a36" stroke-width="5"><rect x="-74" y="-24" width="60" height="50" rx="20"/>'
        '<rect x="14" y="-24" width="60" height="50" rx="20"/><path d="M-14-6q14-8 28 0M-74-6l-22-6M74-6l22-6" fill="none"/></g>'
    )


# -- hair: behind the head, and on it -------------------------------------------------------------------------


def _long(colour: str) -> tuple[str, str]:
    return (
        f'<path d="M0-136C-140-140-138 0-128 150h70V0H58v150h70C138 0 140-140 0-136z" fill="{colour}"/>',
        f'<path d="M-6-106C-70-104-104-60-104 24-92-20-70-56-6-78 70-56 92-20 104 24 104-60 70-112-6-106z" fill="{colour}"/>',
    )


def _wavy(colour: str) -> tuple[str, str]:
    side = "".join(
        f'<circle cx="{s * (112 + 10 * (n % 2))}" cy="{-40 + 38 * n}" r="34"/>' for s in (-1, 1) for n in range(6)
    )
    return (
        f'<g fill="{colour}"><path d="M0-138C-130-138-130 0-120 120H120C130 0 130-138 0-138z"/>{side}</g>',
        f'<path d="M22-108C-60-122-108-70-104 10-88-34-54-64 22-80 62-66 90-30 104 12 108-70 78-108 22-108z" fill="{colour}"/>',
    )


def _bob(colour: str) -> tuple[str, str]:
    return (
        f'<path d="M0-136C-134-138-132-20-122 96-118 112-72 108-70 88V0H70V88C72 108 118 112 122 96 132-20 134-138 0-136z" fill="{colour}"/>',
        f'<path d="M34-108C-54-126-110-78-104 14-92-26-60-52 34-74 70-60 92-24 104 14 108-62 84-104 34-108z" fill="{colour}"/>',
    )


def _fringe(colour: str) -> tuple[str, str]:
    back, _ = _bob(colour)
    return (
        back,
        f'<path d="M0-112C-84-112-108-60-104 22-98-10-94-30-90-44Q0-24 90-44C94-30 98-10 104 22 108-60 84-112 0-112z" fill="{colour}"/>',
    )


def _bun(colour: str) -> tuple[str, str]:
    return (
        f'<circle cy="-150" r="46" fill="{colour}"/><path d="M-30-142q30 20 60 0" fill="none" stroke="{mix(colour, INK, 0.3)}" stroke-width="4"/>'
        f'<path d="M0-128C-116-128-114-30-106 30H106C114-30 116-128 0-128z" fill="{colour}"/>',
        f'<path d="M0-110C-74-110-106-60-102 12-90-36-62-70 0-84 62-70 90-36 102 12 106-60 74-110 0-110z" fill="{colour}"/>',
    )


def _curly(colour: str) -> tuple[str, str]:
    ring = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}"/>'
        for x, y, r in (
            (-106, 40, 36), (-124, -10, 40), (-110, -66, 44), (-66, -114, 46), (0, -134, 48), (66, -114, 46),
            (110, -66, 44), (124, -10, 40), (106, 40, 36),
        )
    )  # fmt: skip
    top = "".join(
        f'<circle cx="{x}" cy="{y}" r="28"/>' for x, y in ((-74, -66), (-38, -90), (2, -96), (42, -90), (76, -66))
    )
    return f'<g fill="{colour}">{ring}</g>', f'<g fill="{colour}">{top}</g>'


def _short(colour: str) -> tuple[str, str]:
    return (
        f'<path d="M0-128C-112-130-112-40-104 6H104C112-40 112-130 0-128z" fill="{colour}"/>',
        f'<path d="M-100-14C-104-80-70-122-10-122 50-130 106-96 100-14 92-44 84-60 66-72 20-58-40-60-72-78-86-62-94-42-100-14z" fill="{colour}"/>',
    )


_HAIR: dict[str, Callable[[str], tuple[str, str]]] = {
    "long": _long,
    "wavy": _wavy,
    "bob": _bob,
    "fringe": _fringe,
    "bun": _bun,
    "curly": _curly,
    "short": _short,
}
