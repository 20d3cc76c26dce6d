"""The slip that goes into a parcel that comes back: number, QR code, what is inside, where it goes."""

from babel.dates import format_date
from django.conf import settings
from django.utils.translation import gettext, override
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from parvis.core.errors import NotFound
from parvis.domains.checkout import models, queries
from parvis.domains.checkout.actions.papers.sheet import LEFT, RIGHT, Sheet
from parvis.domains.checkout.contracts import ReturnState

_OPEN = (ReturnState.ACCEPTED.value, ReturnState.RECEIVED.value)


def return_slip(*, token: str) -> bytes:
    """The slip of an accepted return as PDF. Raises NotFound."""
    row = models.Return.objects.select_related("order").filter(token=token, state__in=_OPEN).first()
    if row is None:
        raise NotFound(kind="return", key=token)
    locale = "fr" if row.order.locale == "fr" else "en"
    with override(locale):
        return _draw(row, locale)


def _draw(row: models.Return, locale: str) -> bytes:
    seller, policy, order = queries.seller(), queries.return_policy(), row.order
    title = gettext("Return slip %(number)s") % {"number": row.number}
    sheet = Sheet(title=title, author=seller.name or settings.BRAND, locale=locale, foot=settings.BRAND)
    top = sheet.y
    sheet.squares(_matrix(f"{settings.PUBLIC_URL}/studio/returns/{row.id}/"), x=RIGHT - 96, size=96)
    sheet.paragraph(seller.name or settings.BRAND, size=12, bold=True, gap=8)
    sheet.paragraph(title, size=18, bold=True, gap=6)
    asked = format_date(queries.day(row.requested_at), format="long", locale=locale)
    words = gettext("Order %(order)s, return asked for on %(day)s") % {"order": order.number, "day": asked}
    sheet.paragraph(words, gap=14)
    sheet.y = min(sheet.y, top - 110)
    half = (RIGHT - LEFT) / 2 - 10
    sheet.row(
        [(gettext("Send to"), LEFT, half, False), (gettext("From"), LEFT + half + 20, half, False)], bold=True, size=10
    )
    sheet.row(
        [
            (policy.address or f"{seller.name}\n{seller.address}", LEFT, half, False),
            (order.name, LEFT + half + 20, half, False),
        ],
        size=10,
        gap=18,
    )
    sheet.paragraph(gettext("What is in the parcel"), size=11, bold=True)
    sheet.line()
    for line in row.lines.select_related("line"):
        sheet.need(48)
        detail = ", ".join(part for part in (line.line.sku, line.line.size, line.line.colour) if part)
        sheet.box(x=LEFT)
        sheet.row(
            [(f"{line.quantity} ×", LEFT + 18, 30, False), (f"{line.line.name}\n{detail}", LEFT + 52, 380, False)],
            size=10,
            gap=8,
        )
    sheet.line(gap=10)
    sheet.paragraph(gettext("Put this slip into the parcel. Keep the proof of posting until the money is back."))
    if policy.instructions(locale):
        sheet.paragraph(policy.instructions(locale))
    return sheet.done()


def _matrix(text: str) -> list[list[bool]]:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(cell) for cell in line] for line in code.get_matrix()]
