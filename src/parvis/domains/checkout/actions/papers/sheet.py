"""A sheet of paper as PDF: text that can be selected in fonts that it carries with it, a title and a language."""

import io
from functools import lru_cache
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD = "ParvisSans", "ParvisSans-Bold"
WIDTH, HEIGHT = A4
MARGIN = 48.0
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
FOOT = 72.0
_FONTS = Path(__file__).resolve().parents[2] / "fonts"


@lru_cache(maxsize=1)
def _fonts() -> bool:
    pdfmetrics.registerFont(TTFont(PLAIN, str(_FONTS / "DejaVuSans.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(_FONTS / "DejaVuSans-Bold.ttf")))
    return True


def clean(text: str) -> str:
    """Text without control characters, which no font can show."""
    return "".join(character for character in text if character >= " " and character != "\x7f")


class Sheet:
    """Pages written from top to bottom; ``y`` is where the next line goes. The same calls give the same bytes."""

    def __init__(self, *, title: str, author: str, locale: str, foot: str = "", pages: int = 0) -> None:
        _fonts()
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, invariant=1, lang=locale, pageCompression=1)
        self._canvas.setTitle(clean(title))
        self._canvas.setAuthor(clean(author))
        self._canvas.setCreator("Parvis")
        self._foot, self._total, self.page = foot, pages, 1
        self.y = HEIGHT - MARGIN

    def text(
        self,
        text: str,
        *,
        x: float = LEFT,
        width: float = RIGHT - LEFT,
        size: float = 9,
        bold: bool = False,
        right: bool = False,
        grey: bool = False,
    ) -> float:
        """Write a paragraph at ``y`` and return how high it is; ``y`` stays. ``right`` aligns it with x + width."""
        font, leading, y = BOLD if bold else PLAIN, size * 1.4, self.y
        self._canvas.setFillGray(0.35 if grey else 0)
        self._canvas.setFont(font, size)
        lines = [line for part in text.split("\n") for line in (simpleSplit(clean(part), font, size, width) or [""])]
        for line in lines:
            y -= leading
            if right:
                self._canvas.drawRightString(x + width, y, line)
            else:
                self._canvas.drawString(x, y, line)
        return leading * len(lines)

    def paragraph(self, text: str, *, size: float = 9, bold: bool = False, grey: bool = False, gap: float = 4) -> None:
        """Write a paragraph over the whole width and go on below it."""
        self.need(size * 3)
        self.y -= self.text(text, size=size, bold=bold, grey=grey) + gap

    def row(
        self, cells: list[tuple[str, float, float, bool]], *, size: float = 8.5, bold: bool = False, gap: float = 4
    ) -> None:
        """Write cells (text, x, width, aligned right) side by side and go on below the highest."""
        highest = max(self.text(text, x=x, width=width, size=size, bold=bold, right=right)
                      for text, x, width, right in cells)  # fmt: skip
        self.y -= highest + gap

    def line(self, *, x: float = LEFT, gap: float = 4) -> None:
        """A thin line."""
        self._canvas.setStrokeGray(0.6)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(x, self.y - gap / 2, RIGHT, self.y - gap / 2)
        self.y -= gap

    def need(self, height: float) -> bool:
        """Go to the next page when less than ``height`` is left; returns whether it did."""
        if self.y - height > FOOT:
            return False
        self._end_page()
        self._canvas.showPage()
        self.page += 1
        self.y = HEIGHT - MARGIN
        return True

    def squares(self, matrix: list[list[bool]], *, x: float, size: float) -> None:
        """Draw black squares (a QR code) with the upper left corner at (x, y), ``size`` wide."""
        step = size / len(matrix)
        self._canvas.setFillGray(0)
        for row, cells in enumerate(matrix):
            for column, filled in enumerate(cells):
                if filled:
                    self._canvas.rect(x + column * step, self.y - (row + 1) * step, step, step, stroke=0, fill=1)

    def box(self, *, x: float, size: float = 10) -> None:
        """An empty box to tick."""
        self._canvas.setStrokeGray(0)
        self._canvas.rect(x, self.y - size, size, size, stroke=1, fill=0)

    def _end_page(self) -> None:
        y, self.y = self.y, FOOT - 8
        number = f"{self.page}/{self._total}" if self._total else str(self.page)
        self.text(self._foot, width=RIGHT - LEFT - 40, size=7, grey=True)
        self.text(number, size=7, grey=True, right=True)
        self.y = y

    def done(self) -> bytes:
        """The finished document."""
        self._end_page()
        self._canvas.showPage()
        self._canvas.save()
        return self._out.getvalue()
