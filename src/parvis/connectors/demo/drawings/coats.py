"""Cuts of jackets and coats."""

from parvis.connectors.demo.drawings.canvas import MIDDLE, Segment, Sheet, at, pair, strokes
from parvis.connectors.demo.drawings.torso import Cut, front_of, pick, shade, sleeves_of


def _lapels(sheet: Sheet, depth: float, wide: float) -> None:
    sheet.cloth(
        pair(
            (26, 116),
            [((2, 122 + depth),), ((wide, 122 + depth * 0.52),), ((wide - 10, 122 + depth * 0.36),), ((48, 132),)],
        ),
        sheet.light,
    )


def _blazer(sheet: Sheet) -> None:
    pattern = pick(sheet, "plain check pin plain")
    pattern = "" if pattern == "plain" else pattern
    sides: list[Segment] = [
        ((64, 236), (60, 262), (64, 286)),
        ((72, 320), (76, 344), (76, 358)),
        ((40, 366), (12, 362), (0, 340)),
    ]
    sheet.hanger()
    sleeves_of(sheet, "long", pattern, sheet.base if pattern else shade(sheet))
    front, inside = front_of(("v", 28, 116), sides, shoulder=80)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front, pattern=pattern)
    _lapels(sheet, 118, 50)
    sheet.seams("M200 240V342", 2)
    sheet.seams(strokes([(26, 292), (58, 288)], [(26, 300), (58, 296)]), 2)
    sheet.dots([(6, 258), (6, 288)][: 1 + sheet.choose(2)], 4)


def _biker(sheet: Sheet) -> None:
    sides: list[Segment] = [((64, 236), (62, 264), (64, 296)), ((40, 302), (20, 302), (0, 302))]
    sheet.hanger()
    sleeves_of(sheet, "long", "", shade(sheet))
    front, inside = front_of(("v", 30, 70), sides, shoulder=80)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front)
    _lapels(sheet, 84, 62)
    sheet.seams(f"M{at((14, 204))}L{at((-14, 302))}", 3, sheet.line)
    sheet.seams(strokes([(58, 262), (34, 276)]), 3)
    sheet.seams(f"M{at((-64, 286))}H{MIDDLE + 64}", 2)


def _denim(sheet: Sheet) -> None:
    sides: list[Segment] = [((66, 236), (66, 270), (68, 304)), ((40, 308), (20, 308), (0, 308))]
    sheet.hanger()
    sleeves_of(sheet, "long", "", shade(sheet))
    front, inside = front_of(("v", 30, 30), sides, shoulder=80)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front)
    sheet.cloth(pair((30, 114), [((2, 150),), ((26, 168),), ((50, 132),)]), sheet.light)
    sheet.seams("M200 152V308", 2)
    sheet.seams(strokes([(6, 188), (66, 188)], [(24, 212), (14, 294)], [(50, 212), (46, 294)]), 1.8)
    sheet.cloth(pair((22, 188), [((56, 188),), ((54, 206),), ((39, 214),), ((24, 206),)]))
    sheet.dots([(6, 168 + 26 * i) for i in range(6)], 2.8)
    sheet.seams(f"M{at((-68, 290))}H{MIDDLE + 68}")


def _coat(sheet: Sheet) -> None:
    pattern = "check" if sheet.choose(4) == 0 else ""
    sides: list[Segment] = [
        ((68, 240), (66, 262), (68, 280)),
        ((82, 340), (92, 400), (96, 440)),
        ((60, 450), (30, 450), (0, 450)),
    ]
    sheet.hanger()
    sleeves_of(sheet, "long", pattern, sheet.base if pattern else shade(sheet))
    front, inside = front_of(("v", 30, 70), sides, shoulder=84)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front, pattern=pattern)
    _lapels(sheet, 88, 66)
    sheet.seams("M200 210V450", 2)
    double = sheet.choose(2)
    sheet.dots([(x, 226 + 34 * i) for i in range(4) for x in ((-20, 20) if double else (8,))], 4.4)
    if sheet.choose(2):
        sheet.shape(f"M{at((-67, 268))}Q200 282 {at((67, 268))}V284Q200 298 {at((-67, 284))}Z", sheet.deep)
        sheet.cloth("M212 274h26v22h-26z", sheet.light)
    sheet.seams(strokes([(34, 330), (66, 350)]), 2.4)


def _parka(sheet: Sheet) -> None:
    sides: list[Segment] = [((74, 240), (76, 300), (82, 380)), ((40, 388), (20, 388), (0, 388))]
    sheet.cloth("M144 146Q146 76 200 72Q254 76 256 146Q200 120 144 146Z", shade(sheet))
    sheet.shape("M162 142Q168 98 200 96Q232 98 238 142Q200 166 162 142Z", sheet.deep)
    sleeves_of(sheet, "long", "", shade(sheet))
    front, _inside = front_of(("round", 46, 18), sides, shoulder=84)
    sheet.cloth(front)
    sheet.seams("M194 142V388M206 142V388", 2)
    sheet.cloth(pair((28, 306), [((66, 306),), ((68, 352),), ((30, 352),)]))
    sheet.seams(strokes([(28, 318), (67, 318)], [(70, 262), (36, 268), (0, 268)]), 1.8)
    sheet.dots([(0, 176 + 40 * i) for i in range(5)], 3.4)


def _puffer(sheet: Sheet) -> None:
    sides: list[Segment] = [((80, 236), (82, 290), (80, 342)), ((40, 350), (20, 350), (0, 350))]
    sleeves_of(sheet, "long", "", shade(sheet))
    front, inside = front_of(("round", 34, 16), sides, shoulder=86)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front)
    sheet.cloth("M166 98Q200 108 234 98L240 140Q200 152 160 140Z", sheet.light)
    for height in range(176, 340, 33):
        sheet.seams(f"M{at((-76, height))}Q200 {height + 10:g} {at((76, height))}", 2.2)
    sheet.seams(strokes([(92, 196), (114, 190)], [(94, 236), (122, 230)], [(100, 276), (128, 270)]), 2.2)
    sheet.seams("M200 146V350", 3)


COATS: dict[str, tuple[Cut, ...]] = {
    "jackets": (_blazer, _biker, _denim),
    "outerwear": (_coat, _parka, _puffer, _coat),
}
