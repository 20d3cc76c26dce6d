"""Cuts that hang from the waist: trousers, jeans, shorts, skirts."""

from collections.abc import Callable

from parvis.connectors.demo.drawings.canvas import Segment, Sheet, at, strokes, whole

Cut = Callable[[Sheet], None]
WAIST = 104.0
_LEGS = {
    "straight": (66.0, 24.0, 444.0),
    "skinny": (46.0, 20.0, 440.0),
    "wide": (100.0, 22.0, 446.0),
    "flare": (88.0, 26.0, 446.0),
    "crop": (62.0, 22.0, 392.0),
}


def _clips(sheet: Sheet) -> None:
    """A clip hanger."""
    sheet.seams("M200 62q0-8 7-10t6-12a9 9 0 0 0-18-1M200 62V76", 2.6, "#8a8276")
    sheet.seams("M138 78H262", 6, "#b89468")
    sheet.seams("M148 80V108M252 80V108", 7, "#8a8276")


def _trousers(sheet: Sheet, leg: str, pattern: str = "", waist: float = WAIST) -> tuple[float, float, float]:
    outer, inner, hem = _LEGS[leg]
    knee = {"flare": 52.0, "wide": 82.0, "skinny": 56.0}.get(leg, 64.0)
    sides: list[Segment] = [
        ((62, waist + 30), (74, waist + 62), (76, waist + 96)),
        ((76, 270), (knee, 310), (knee, 330)),
        ((knee + 2, 370), (outer - 4, hem - 40), (outer, hem)),
        ((inner, hem + 4),),
        ((inner - 4, 340), (8, 270), (0, waist + 118)),
    ]
    _clips(sheet)
    sheet.cloth(whole((52, waist), sides, f"Q200 {waist + 8:g} {at((52, waist))}"), pattern=pattern)
    return outer, inner, hem


def _waistband(sheet: Sheet, waist: float = WAIST, fill: str = "") -> None:
    sheet.cloth(
        whole(
            (52, waist),
            [((56, waist + 20),), ((28, waist + 28), (14, waist + 28), (0, waist + 28))],
            f"Q200 {waist + 8:g} {at((52, waist))}",
        ),
        fill or sheet.light,
    )


def _leg(sheet: Sheet, names: str) -> str:
    options = names.split()
    return options[sheet.choose(len(options))]


def _chinos(sheet: Sheet) -> None:
    pattern = ("", "", "pin", "check")[sheet.choose(4)]
    outer, inner, hem = _trousers(sheet, _leg(sheet, "straight wide crop skinny"), pattern)
    _waistband(sheet)
    middle = (outer + inner) / 2
    sheet.seams(strokes([(34, 140), (38, 280), (middle, hem - 4)], [(44, 130), (54, 150), (68, 164)]))
    sheet.seams("M200 132V222", 2)


def _drawstring(sheet: Sheet) -> None:
    pattern = sheet.pattern()
    outer, inner, hem = _trousers(sheet, _leg(sheet, "wide straight crop"), pattern)
    _waistband(sheet, fill=sheet.deep)
    sheet.seams("M194 130q-14 26-8 50M206 130q12 24 8 46", 3, sheet.light)
    sheet.seams(strokes([(30, 150), (42, 290), ((outer + inner) / 2, hem - 6)]))


def _jeans(sheet: Sheet) -> None:
    outer, inner, hem = _trousers(sheet, _leg(sheet, "skinny straight flare crop"))
    _waistband(sheet, fill=sheet.base)
    stitch = "#d8a45c"
    sheet.seams(strokes([(30, 130), (40, 152), (70, 156)]), 1.8, stitch, "4 3")
    sheet.seams("M200 134V216M210 134V188q-1 12-10 16", 1.8, stitch, "4 3")
    sheet.seams(strokes([(outer - 4, hem - 12), (inner + 1, hem - 9)]), 1.8, stitch, "4 3")
    sheet.dots([(0, 119)], 4, stitch)
    sheet.dots([(33, 133), (66, 157)], 2, stitch)
    sheet.seams(strokes([(14, 232), (26, 238), (38, 234)], [(40, 318), (46, 322), (54, 318)]))
    if sheet.choose(3) == 0:
        sheet.shape("M228 300l24-4 2 14-24 4z", sheet.light)
        sheet.seams("M230 305l22-3M231 310l22-3", 1.2)


def _shorts(sheet: Sheet) -> None:
    pattern = ("", "", "check", "stripes", "leaves")[sheet.choose(5)]
    long = sheet.choose(2)
    hem = 330.0 if long else 284.0
    sides: list[Segment] = [
        ((70, 168), (84, 210), (88, 234)),
        ((92, hem),),
        ((16, hem + 10),),
        ((12, 270), (4, 262), (0, 250)),
    ]
    _clips(sheet)
    sheet.cloth(whole((56, WAIST + 10), sides, f"Q200 {WAIST + 18:g} {at((56, WAIST + 10))}"), pattern=pattern)
    _waistband(sheet, WAIST + 8, sheet.light if not pattern else sheet.base)
    sheet.seams(strokes([(91, hem - 16), (16, hem - 6)], [(36, 142), (50, 164), (78, 172)]))
    sheet.seams("M200 138V248", 2)
    sheet.dots([(0, 126)], 3.6)


def _skirt(sheet: Sheet, hem: float, flare: float, pattern: str) -> None:
    sides: list[Segment] = [
        ((62, 150), (flare * 0.72, hem - 90), (flare, hem)),
        ((flare * 0.6, hem + 14), (flare * 0.3, hem + 16), (0, hem + 16)),
    ]
    _clips(sheet)
    sheet.cloth(whole((52, WAIST), sides, f"Q200 {WAIST + 8:g} {at((52, WAIST))}"), pattern=pattern)
    _waistband(sheet, fill=sheet.deep if sheet.choose(2) else sheet.light)


def _aline(sheet: Sheet) -> None:
    hem, flare = (320.0, 380.0, 436.0)[sheet.choose(3)], (100.0, 118.0, 130.0)[sheet.choose(3)]
    _skirt(sheet, hem, flare, sheet.pattern())
    sheet.seams(strokes([(22, 136), (34, 240), (flare * 0.46, hem + 8)], [(40, 134), (60, 230), (flare * 0.78, hem)]))
    if sheet.choose(3) == 0:
        sheet.dots([(0, 150 + 30 * i) for i in range(int((hem - 150) // 30) + 1)], 3.6)


def _pleated(sheet: Sheet) -> None:
    hem, flare = (330.0, 400.0)[sheet.choose(2)], 126.0
    _skirt(sheet, hem, flare, "")
    lines = [[(8.6 * i, 132 - 0.4 * i), (20.5 * i, hem + 15 - 2.1 * i)] for i in range(1, 6)]
    sheet.seams(strokes(*lines), 2)
    sheet.seams(f"M200 132V{hem + 15:g}", 2)


def _pencil(sheet: Sheet) -> None:
    pattern = ("", "check", "pin", "", "dots")[sheet.choose(5)]
    hem = (350.0, 392.0)[sheet.choose(2)]
    sides: list[Segment] = [((70, 148), (80, 180), (80, 210)), ((80, 290), (70, hem - 20), (66, hem)), ((0, hem + 4),)]
    _clips(sheet)
    sheet.cloth(whole((52, WAIST), sides, f"Q200 {WAIST + 8:g} {at((52, WAIST))}"), pattern=pattern)
    _waistband(sheet)
    sheet.seams(strokes([(28, 134), (30, 154), (28, 172)]))
    sheet.seams(f"M200 {hem - 56:g}V{hem + 3:g}", 2)


def _tiers(sheet: Sheet) -> None:
    pattern = ("flowers", "", "leaves", "dots", "")[sheet.choose(5)]
    sides: list[Segment] = [
        ((70, 150), (82, 190), (88, 210)),
        ((104, 220), (116, 290), (118, 318)),
        ((136, 330), (144, 390), (146, 424)),
        ((90, 438), (40, 440), (0, 440)),
    ]
    _clips(sheet)
    sheet.cloth(whole((52, WAIST), sides, f"Q200 {WAIST + 8:g} {at((52, WAIST))}"), pattern=pattern)
    _waistband(sheet)
    sheet.seams(strokes([(88, 211), (44, 224), (0, 224)], [(118, 319), (60, 334), (0, 334)]), 2.2)
    sheet.seams(
        strokes(
            [(26, 226), (30, 250), (28, 270)],
            [(62, 222), (70, 246), (70, 262)],
            [(34, 336), (40, 364), (38, 386)],
            [(84, 330), (96, 356), (98, 376)],
        )
    )


LOWER: dict[str, tuple[Cut, ...]] = {
    "pants": (_chinos, _drawstring, _chinos),
    "casual-bottoms": (_drawstring, _chinos),
    "jeans": (_jeans,),
    "shorts": (_shorts,),
    "skirts": (_aline, _pleated, _pencil, _tiers, _aline),
}
