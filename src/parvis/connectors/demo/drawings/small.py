"""Cuts worn at home, at night, under, or in the water: drawn flat on the sheet."""

from collections.abc import Callable

from parvis.connectors.demo.drawings.canvas import MIDDLE, Segment, Sheet, at, pair, strokes, whole
from parvis.connectors.demo.drawings.tops import camisole, cardigan, tunic

Cut = Callable[[Sheet], None]


def _set(sheet: Sheet) -> None:
    """Pyjamas: a shirt above its trousers."""
    pattern = ("stripes", "dots", "check", "flowers", "pin")[sheet.choose(5)]
    legs: list[Segment] = [((64, 300),), ((72, 450),), ((18, 452),), ((0, 330),)]
    sheet.cloth(whole((54, 262), legs), pattern=pattern)
    sheet.cloth(pair((60, 92), [((110, 196),), ((82, 206),), ((56, 150),)]), pattern=pattern)
    shirt: list[Segment] = [((66, 96),), ((62, 150), (62, 200), (66, 276)), ((40, 284), (20, 284), (0, 284))]
    sheet.cloth(whole((26, 82), shirt, f"L{MIDDLE} 128L{at((26, 82))}"), pattern=pattern)
    sheet.cloth(pair((27, 78), [((0, 128),), ((30, 132),), ((46, 90),)]), sheet.light)
    sheet.dots([(0, 148 + 32 * i) for i in range(4)], 3.4)
    sheet.cloth(f"M{at((22, 176))}h30v32h-30z")


def _robe(sheet: Sheet) -> None:
    pattern = sheet.pattern()
    sheet.hanger()
    sheet.cloth(pair((72, 138), [((142, 286),), ((98, 300),), ((66, 210),)]), pattern=pattern)
    sides: list[Segment] = [
        ((78, 142),),
        ((66, 200), (62, 240), (66, 268)),
        ((78, 330), (86, 380), (88, 424)),
        ((0, 432),),
    ]
    sheet.cloth(whole((30, 122), sides, f"L{MIDDLE} 244L{at((30, 122))}"), pattern=pattern)
    sheet.seams(f"M{at((-30, 122))}L{at((8, 250))}L{at((14, 431))}M{at((30, 122))}L{at((-8, 250))}", 8, sheet.light)
    sheet.shape(f"M{at((-66, 256))}Q200 270 {at((66, 256))}V276Q200 290 {at((-66, 276))}Z", sheet.deep)
    sheet.seams("M216 272q14 30 8 66M222 270q24 26 26 56", 6, sheet.deep)


def _nightgown(sheet: Sheet) -> None:
    sheet.hanger()
    sheet.seams(strokes([(34, 126), (42, 172)]), 3, sheet.deep)
    sides: list[Segment] = [((66, 200),), ((60, 230), (70, 300), (92, 390)), ((50, 402), (24, 402), (0, 402))]
    top = f"L{at((42, 168), -1)}Q{at((20, 206), -1)} {MIDDLE} 202Q{at((20, 206))} {at((42, 168))}"
    sheet.cloth(whole((42, 168), sides, top), pattern=sheet.pattern())
    sheet.seams(strokes([(66, 214), (30, 226), (0, 226)]), 2)
    sheet.seams(f"M{at((-90, 382))}Q200 400 {at((90, 382))}", 3, sheet.light, "1 6")


def _sweatset(sheet: Sheet) -> None:
    """A sweatshirt above its joggers."""
    legs: list[Segment] = [((70, 320),), ((58, 440),), ((24, 442),), ((0, 340),)]
    sheet.cloth(whole((54, 262), legs), sheet.light)
    sheet.seams(strokes([(58, 430), (25, 432)]), 2)
    sheet.cloth(pair((62, 92), [((96, 110), (112, 170), (112, 236)), ((88, 240),), ((60, 160),)]))
    shirt: list[Segment] = [((70, 96),), ((66, 150), (68, 210), (70, 268)), ((40, 276), (20, 276), (0, 276))]
    sheet.cloth(whole((32, 80), shirt, f"C{at((26, 108), -1)} {at((26, 108))} {at((32, 80))}"))
    sheet.seams(strokes([(70, 254), (34, 262), (0, 262)]), 2)
    if sheet.choose(2):
        sheet.cloth(whole((34, 206), [((46, 250),), ((0, 252),)]), sheet.base)
    sheet.seams("M196 108v30M206 108v26", 2.4, sheet.light)


def _onepiece(sheet: Sheet) -> None:
    pattern = ("", "stripes", "leaves", "dots", "flowers", "")[sheet.choose(6)]
    sheet.seams(strokes([(44, 112), (40, 160)]), 8, sheet.base)
    sides: list[Segment] = [
        ((66, 176), (70, 200), (66, 212)),
        ((54, 244), (54, 262), (58, 282)),
        ((66, 306), (78, 326), (80, 344)),
        ((56, 350), (30, 380), (20, 408)),
        ((0, 412),),
    ]
    low = (196, 222, 182)[sheet.choose(3)]
    top = f"L{at((46, 152), -1)}Q{at((18, low), -1)} {MIDDLE} {low}Q{at((18, low))} {at((46, 152))}"
    sheet.cloth(whole((46, 152), sides, top), pattern=pattern)
    if sheet.choose(2):
        sheet.seams(f"M{at((-55, 268))}Q200 280 {at((55, 268))}", 6, sheet.deep)


def _bikini(sheet: Sheet) -> None:
    pattern = ("", "stripes", "dots", "leaves", "check")[sheet.choose(5)]
    sheet.seams(strokes([(40, 110), (42, 170)]), 5, sheet.base)
    cups: list[Segment] = [((66, 188), (72, 210), (72, 226)), ((40, 238), (20, 234), (0, 230))]
    top = f"L{at((44, 164), -1)}Q{at((14, 200), -1)} {MIDDLE} 206Q{at((14, 200))} {at((44, 164))}"
    sheet.cloth(whole((44, 164), cups, top), pattern=pattern)
    high = 296 if sheet.choose(2) else 322
    brief: list[Segment] = [((80, 344), (82, 350), (82, 356)), ((56, 362), (30, 388), (18, 408)), ((0, 412),)]
    sheet.cloth(whole((72, high), brief, f"Q200 {high + 12} {at((72, high))}"), pattern=pattern)
    sheet.seams("M200 206v24", 2)


def _bralette(sheet: Sheet) -> None:
    lace = sheet.light
    sheet.seams(strokes([(38, 112), (42, 174)]), 3.4, sheet.deep)
    cups: list[Segment] = [((66, 196), (70, 212), (70, 236)), ((40, 246), (20, 242), (0, 240))]
    top = f"L{at((42, 166), -1)}Q{at((20, 208), -1)} {MIDDLE} 212Q{at((20, 208))} {at((42, 166))}"
    sheet.cloth(whole((42, 166), cups, top), pattern="flowers" if sheet.choose(2) else "")
    sheet.seams(f"M{at((-70, 234))}Q200 246 {at((70, 234))}", 4, lace, "1 6")
    brief: list[Segment] = [((76, 346),), ((50, 354), (28, 382), (16, 402)), ((0, 406),)]
    sheet.cloth(whole((70, 318), brief, f"Q200 328 {at((70, 318))}"))
    sheet.seams(f"M{at((-68, 326))}Q200 336 {at((68, 326))}", 4, lace, "1 6")


def _tights(sheet: Sheet) -> None:
    pattern = ("", "dots", "rib", "")[sheet.choose(4)]
    legs: list[Segment] = [
        ((60, 150), (66, 180), (60, 210)),
        ((54, 290), (48, 340), (46, 386)),
        ((52, 406), (70, 416), (70, 428)),
        ((66, 438), (40, 436), (26, 434)),
        ((24, 380), (20, 300), (0, 214)),
    ]
    sheet.cloth(whole((52, 92), legs, f"Q200 98 {at((52, 92))}"), pattern=pattern)
    sheet.cloth(whole((52, 92), [((56, 116),), ((0, 122),)], f"Q200 98 {at((52, 92))}"), sheet.deep)
    sheet.seams("M200 122V214")


def _socks(sheet: Sheet) -> None:
    pattern = ("stripes", "dots", "rib", "check")[sheet.choose(4)]
    long = 120.0 if sheet.choose(2) else 200.0
    for left in (96, 206):
        foot = f"M{left} {long:g}h64v170q34 22 44 44 6 26-22 30-30 2-58-16-30-16-30-46z"
        sheet.cloth(foot, pattern=pattern)
        sheet.cloth(f"M{left} {long:g}h64v26h-64z", sheet.light, "rib")
        sheet.seams(f"M{left + 4} {long + 170:g}q30 8 52-6M{left + 76} {long + 236:g}q16-4 22-22", 2)


SMALL: dict[str, tuple[Cut, ...]] = {
    "lounge": (_sweatset, tunic, _robe, cardigan),
    "sleep": (_set, _robe, _nightgown, _set),
    "swim": (_onepiece, _bikini, _onepiece),
    "intimates": (_bralette, camisole, _bralette, _nightgown),
    "legwear": (_tights, _socks),
}
