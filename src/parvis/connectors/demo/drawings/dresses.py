"""Cuts of dresses."""

from parvis.connectors.demo.drawings.canvas import MIDDLE, Segment, Sheet, at, strokes, whole
from parvis.connectors.demo.drawings.torso import TOP, Cut, front_of, pick, shade, sleeves_of, upper


def _dress_flared(sheet: Sheet) -> None:
    hem = (392.0, 420.0, 452.0)[sheet.choose(3)]
    flare = (96.0, 116.0, 130.0)[sheet.choose(3)]
    pattern = sheet.pattern()
    sides: list[Segment] = [
        ((62, 224), (50, 246), (50, 262)),
        ((62, 310), (flare - 14, hem - 40), (flare, hem)),
        ((flare * 0.6, hem + 13), (flare * 0.3, hem + 15), (0, hem + 15)),
    ]
    upper(
        sheet,
        sides,
        sleeves="none cap short flutter puff elbow long",
        necks="round v scoop square heart",
        pattern=pattern,
    )
    sheet.seams(strokes([(50, 262), (25, 268), (0, 268)]), 2.2)
    sheet.seams(strokes([(22, 276), (34, 340), (flare * 0.5, hem - 6)], [(6, 280), (8, 350), (flare * 0.14, hem - 4)]))


def _dress_sheath(sheet: Sheet) -> None:
    hem = (400.0, 436.0)[sheet.choose(2)]
    pattern = sheet.pattern()
    sides: list[Segment] = [
        ((62, 226), (54, 244), (54, 262)),
        ((58, 300), (72, 320), (72, 344)),
        ((70, 380), (66, hem - 20), (64, hem)),
        ((0, hem + 4),),
    ]
    upper(sheet, sides, sleeves="none cap short elbow", necks="round boat v square", pattern=pattern)
    sheet.seams(strokes([(30, 210), (22, 250), (26, 300)]))
    sheet.seams(f"M200 {hem - 46:g}V{hem + 2:g}")


def _dress_wrap(sheet: Sheet) -> None:
    pattern = sheet.pattern()
    hem = (412.0, 446.0)[sheet.choose(2)]
    sides: list[Segment] = [
        ((62, 224), (52, 244), (52, 262)),
        ((62, 312), (84, hem - 60), (92, hem)),
        ((60, hem + 12), (30, hem + 12), (0, hem + 6)),
    ]
    sheet.hanger()
    sleeves_of(sheet, pick(sheet, "short elbow long flutter bell"), pattern, sheet.base if pattern else shade(sheet))
    front, inside = front_of(("v", 34, 84), sides)
    sheet.shape(inside, sheet.deep)
    sheet.cloth(front, pattern=pattern)
    sheet.seams(f"M{at((34, TOP))}L{at((-20, 232))}M{at((18, 268))}Q{at((30, 340))} {at((52, hem + 8))}", 2)
    sheet.shape(f"M{at((-53, 254))}Q200 268 {at((53, 254))}V270Q200 284 {at((-53, 270))}Z", sheet.deep)
    sheet.seams(f"M{at((34, 268))}q10 24 4 48M{at((38, 266))}q18 18 20 40", 4, sheet.deep)


def tiered_dress(sheet: Sheet) -> None:
    pattern = pick(sheet, "flowers dots leaves check stripes") if sheet.choose(3) else ""
    sides: list[Segment] = [
        ((68, 214), (70, 236), (72, 256)),
        ((84, 262), (92, 300), (96, 332)),
        ((112, 340), (122, 400), (124, 440)),
        ((80, 452), (40, 454), (0, 454)),
    ]
    upper(sheet, sides, sleeves="puff bishop flutter short none", necks="round square v high", pattern=pattern)
    sheet.seams(strokes([(72, 257), (36, 264), (0, 264)], [(96, 333), (50, 344), (0, 344)]), 2.2)
    sheet.seams(
        strokes(
            [(20, 266), (22, 280), (20, 292)],
            [(50, 264), (54, 278), (53, 288)],
            [(24, 346), (28, 368), (26, 384)],
            [(66, 342), (74, 362), (74, 380)],
        )
    )


def _dress_slip(sheet: Sheet) -> None:
    hem = (400.0, 448.0)[sheet.choose(2)]
    pattern = sheet.pattern()
    sheet.hanger()
    sheet.seams(strokes([(34, 126), (40, 172)]), 3, sheet.deep)
    sides: list[Segment] = [
        ((66, 190), (68, 200), (66, 206)),
        ((56, 230), (52, 250), (54, 268)),
        ((66, 320), (84, hem - 40), (90, hem)),
        ((50, hem + 12), (24, hem + 12), (0, hem + 12)),
    ]
    top = f"L{at((40, 168), -1)}Q{at((18, 200), -1)} {MIDDLE} 196Q{at((18, 200))} {at((40, 168))}"
    sheet.cloth(whole((40, 168), sides, top), pattern=pattern)
    sheet.seams(strokes([(20, 280), (26, 350), (44, hem)], [(0, 300), (2, 360), (8, hem + 4)]))


DRESSES: dict[str, tuple[Cut, ...]] = {
    "dresses": (_dress_flared, _dress_sheath, _dress_wrap, tiered_dress, _dress_slip, _dress_flared),
}
