"""Cuts of blouses, knits, sweaters, layers and what changes each season."""

from parvis.connectors.demo.drawings.canvas import MIDDLE, Segment, Sheet, at, pair, strokes, whole
from parvis.connectors.demo.drawings.dresses import tiered_dress
from parvis.connectors.demo.drawings.torso import TOP, Cut, front_of, neckline, pick, shade, sleeves_of, upper

_TOP_SIDES: list[Segment] = [
    ((64, 232), (64, 270), (70, 316)),
    ((50, 324), (24, 327), (0, 327)),
]
_LOOSE_SIDES: list[Segment] = [
    ((72, 236), (80, 290), (86, 330)),
    ((60, 344), (30, 346), (0, 346)),
]


def _blouse_loose(sheet: Sheet) -> None:
    pattern = sheet.pattern()
    neck = upper(
        sheet, _LOOSE_SIDES, sleeves="elbow long bell bishop flutter", necks="round v scoop boat", pattern=pattern
    )
    sheet.seams(strokes([(34, 210), (40, 270), (36, 336)], [(60, 230), (66, 280), (66, 330)]))
    if neck[0] != "v" and sheet.choose(2):
        sheet.seams(f"M200 {TOP + neck[2]:g}v46", 2)
        sheet.seams(f"M200 {TOP + neck[2] + 2:g}q-16 30-12 52M200 {TOP + neck[2] + 2:g}q16 30 14 48", 2.4, sheet.deep)


def _blouse_shirt(sheet: Sheet) -> None:
    pattern = pick(sheet, "plain pin check stripes dots flowers plain")
    pattern = "" if pattern == "plain" else pattern
    sides = _TOP_SIDES if sheet.choose(2) else _LOOSE_SIDES
    sheet.hanger()
    sleeves_of(sheet, pick(sheet, "long elbow short"), pattern, sheet.base if pattern else shade(sheet))
    front, inside = front_of(("v", 30, 34), sides)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front, pattern=pattern)
    low = sides[-1][-1][1]
    sheet.seams(f"M194 156V{low:g}M206 156V{low:g}")
    sheet.dots([(0, 172 + 28 * i) for i in range(int((low - 172) // 28) + 1)])
    sheet.cloth(pair((31, 116), [((0, 156),), ((22, 172),), ((46, 132),)]), sheet.light)
    if sheet.choose(2):
        sheet.cloth(f"M{at((22, 212))}h34v36l-17 9-17-9z")


def _blouse_tie(sheet: Sheet) -> None:
    pattern = sheet.pattern()
    upper(sheet, _TOP_SIDES, sleeves="bishop long puff elbow", necks="high round", pattern=pattern)
    sheet.cloth("M200 146c-28-22-42-4-30 10s22 2 30-4zM200 146c28-22 42-4 30 10s-22 2-30-4z", sheet.light)
    sheet.cloth("M196 152l-16 62 14 4 8-60zM204 152l18 54-13 6-12-54z", sheet.light)
    sheet.seams(strokes([(36, 220), (40, 270), (38, 318)]))


def _peplum(sheet: Sheet) -> None:
    pattern = sheet.pattern()
    sides: list[Segment] = [
        ((62, 226), (52, 246), (52, 262)),
        ((68, 282), (84, 306), (88, 326)),
        ((60, 340), (30, 342), (0, 342)),
    ]
    upper(sheet, sides, sleeves="none cap short elbow puff", necks="round v square scoop", pattern=pattern)
    sheet.seams(strokes([(52, 262), (26, 269), (0, 269)]), 2.2)
    sheet.seams(strokes([(24, 274), (34, 306), (38, 336)], [(4, 276), (6, 306), (10, 340)]))


def _tee(sheet: Sheet) -> None:
    pattern = pick(sheet, "plain stripes plain pin plain dots")
    pattern = "" if pattern == "plain" else pattern
    upper(sheet, _TOP_SIDES, sleeves="short elbow long cap none", necks="round v scoop boat", pattern=pattern)
    sheet.seams(strokes([(70, 308), (36, 318), (0, 318)]))


def _cowl(sheet: Sheet) -> None:
    upper(sheet, _LOOSE_SIDES, sleeves="long elbow none", necks="scoop", pattern="")
    for depth in (44, 58, 74):
        sheet.seams(f"M{at((42, TOP + 8), -1)}Q200 {TOP + depth * 1.7:g} {at((42, TOP + 8))}", 2)
    sheet.seams(strokes([(48, 240), (54, 290), (50, 336)]))


def tunic(sheet: Sheet) -> None:
    pattern = sheet.pattern()
    sides: list[Segment] = [
        ((66, 240), (84, 310), (98, 356)),
        ((70, 352), (40, 378), (0, 384)),
    ]
    upper(sheet, sides, sleeves="elbow long bell short", necks="round v boat scoop", pattern=pattern)
    sheet.seams(strokes([(30, 220), (38, 300), (44, 366)], [(58, 240), (72, 310), (80, 356)]))


def _ribs(sheet: Sheet, low: float) -> None:
    sheet.cloth(
        whole(
            (76, low - 22),
            [((78, low),), ((40, low + 8), (20, low + 8), (0, low + 8))],
            f"C{at((40, low - 12), -1)} {at((40, low - 12))} {at((76, low - 22))}",
        ),
        pattern="rib",
    )


_KNIT_SIDES: list[Segment] = [
    ((74, 236), (78, 280), (78, 322)),
    ((40, 330), (20, 330), (0, 330)),
]


def _sweater(sheet: Sheet) -> None:
    pattern = pick(sheet, "plain cable stripes plain rib")
    pattern = "" if pattern == "plain" else pattern
    upper(sheet, _KNIT_SIDES, sleeves="long bishop", necks="round v boat", pattern=pattern)
    _ribs(sheet, 322)


def _turtleneck(sheet: Sheet) -> None:
    pattern = pick(sheet, "cable plain rib")
    pattern = "" if pattern == "plain" else pattern
    upper(sheet, _KNIT_SIDES, sleeves="long bishop", necks="high", pattern=pattern)
    _ribs(sheet, 322)
    sheet.cloth("M172 96Q200 104 228 96L232 134Q200 146 168 134Z", shade(sheet), "rib")


def cardigan(sheet: Sheet) -> None:
    long = sheet.choose(2)
    low = 400.0 if long else 322.0
    sides: list[Segment] = [((74, 236), (80, 300), (80, low)), ((30, low + 7), (10, low + 6), (0, low + 5))]
    pattern = pick(sheet, "plain cable rib plain")
    pattern = "" if pattern == "plain" else pattern
    sheet.hanger()
    sleeves_of(sheet, "long", pattern, sheet.base if pattern else shade(sheet))
    front, inside = front_of(("v", 30, 108), sides)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front, pattern=pattern)
    sheet.seams(f"M{at((30, TOP), -1)}L200 230V{low + 5:g}M{at((30, TOP))}L200 230", 6, shade(sheet))
    sheet.seams(f"M200 230V{low + 5:g}", 1.6)
    if not long:
        sheet.dots([(0, 242 + 24 * i) for i in range(4)], 3.6)
    else:
        sheet.cloth(pair((26, 330), [((64, 328),), ((66, 372),), ((28, 374),)]))


def camisole(sheet: Sheet) -> None:
    pattern = sheet.pattern()
    sheet.hanger()
    sheet.seams(strokes([(34, 126), (40, 170)]), 3, sheet.deep)
    sides: list[Segment] = [
        ((64, 188), (66, 200), (64, 206)),
        ((58, 240), (62, 280), (68, 316)),
        ((40, 326), (20, 326), (0, 326)),
    ]
    top = f"L{at((40, 166), -1)}Q{at((14, 196), -1)} {MIDDLE} 190Q{at((14, 196))} {at((40, 166))}"
    sheet.cloth(whole((40, 166), sides, top), pattern=pattern)
    sheet.seams(f"M{at((-68, 308))}Q200 322 {at((68, 308))}", 1.4, dash="2 4")


def _vest(sheet: Sheet) -> None:
    sides: list[Segment] = [((70, 240), (80, 330), (84, 392)), ((40, 402), (10, 400), (4, 392)), ((0, 240),)]
    sheet.hanger()
    front, inside = front_of(("v", 34, 100), sides)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front, pattern=pick(sheet, "rib cable") if sheet.choose(2) else "")
    sheet.seams(f"M{at((34, TOP), -1)}L200 222V240M{at((34, TOP))}L200 222", 5, sheet.deep)


def _poncho(sheet: Sheet) -> None:
    pattern = pick(sheet, "stripes check cable plain")
    pattern = "" if pattern == "plain" else pattern
    front = whole(
        (30, TOP), [((80, 150), (130, 250), (146, 330)), ((90, 352), (40, 372), (0, 392))], neckline("round", 30, 18)
    )
    sheet.hanger()
    sheet.cloth(front, pattern=pattern)
    sheet.seams(strokes([(50, 170), (80, 260), (92, 346)], [(20, 180), (28, 270), (34, 372)]))
    sheet.seams(
        strokes(*[[(140 - 20 * i, 334 + 8.4 * i), (140 - 20 * i, 348 + 8.4 * i)] for i in range(7)]), 2, sheet.deep
    )


def _kimono(sheet: Sheet) -> None:
    pattern = pick(sheet, "flowers leaves dots")
    sheet.hanger()
    sheet.cloth(pair((70, 136), [((150, 168),), ((152, 262),), ((88, 250),)]), pattern=pattern)
    sides: list[Segment] = [((76, 240), (84, 330), (86, 404)), ((40, 410), (20, 410), (0, 410))]
    front, inside = front_of(("v", 32, 120), sides)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front, pattern=pattern)
    sheet.seams(f"M{at((32, TOP), -1)}L200 242V410M{at((32, TOP))}L200 242", 7, sheet.deep)


TOPS: dict[str, tuple[Cut, ...]] = {
    "blouses": (_blouse_loose, _blouse_shirt, _blouse_tie, _peplum, _blouse_shirt),
    "knits": (_tee, _cowl, tunic, _peplum, _tee),
    "fine-gauge": (_sweater, _tee, cardigan, _turtleneck),
    "sweaters": (_sweater, _turtleneck, cardigan, _poncho),
    "layering": (camisole, _vest, _tee, cardigan),
    "trend": (_kimono, _poncho, tiered_dress, _peplum),
    "generic": (_tee,),
}
