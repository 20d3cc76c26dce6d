"""How an invoice or a credit note looks."""

from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date
from django.utils.translation import gettext, override

from parvis.core.money import Money
from parvis.domains.checkout.actions.letters import amount
from parvis.domains.checkout.actions.papers.content import Content
from parvis.domains.checkout.actions.papers.sheet import LEFT, RIGHT, Sheet
from parvis.domains.checkout.contracts import PaperKind
from parvis.domains.checkout.rules.taxes import AS_IN, STANDARD_RATES

_UNION = frozenset({*STANDARD_RATES, *AS_IN})
# x, width of: what, pieces, price, rate, net, total.
_COLUMNS = ((LEFT, 196.0), (250.0, 34.0), (288.0, 62.0), (354.0, 44.0), (402.0, 68.0), (474.0, RIGHT - 474.0))


def pdf(content: Content, *, number: str, locale: str, currency: str) -> bytes:
    """The document, twice drawn so that each page knows how many there are."""
    with override(locale):
        draft = _Drawing(content, number=number, locale=locale, currency=currency, pages=0)
        draft.draw()
        final = _Drawing(content, number=number, locale=locale, currency=currency, pages=draft.sheet.page)
        return final.draw()


def _taxed_in(share: Content, content: Content) -> str:
    """The country whose tax a share is: the one that was kept with it, else where the goods went."""
    country = str(share.get("country") or content["country"])
    return AS_IN.get(country, country)


class _Drawing:
    def __init__(self, content: Content, *, number: str, locale: str, currency: str, pages: int) -> None:
        self.content, self.number, self.locale, self.currency = content, number, locale, currency
        self.credit = content["kind"] == PaperKind.CREDIT.value
        heading = gettext("Credit note %(number)s") if self.credit else gettext("Invoice %(number)s")
        self.heading = heading % {"number": number}
        seller = content["seller"]
        foot = " · ".join(part for part in (seller["name"], seller["form"], seller["registration"]) if part)
        self.sheet = Sheet(title=self.heading, author=seller["name"], locale=locale, foot=foot, pages=pages)

    def money(self, minor: int) -> str:
        return amount(Money(minor, self.currency), self.locale).replace("-", "\N{MINUS SIGN}")

    def day(self, text: str) -> str:
        return str(format_date(date.fromisoformat(text), format="long", locale=self.locale))

    def percent(self, basis_points: int) -> str:
        shown = f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")
        return f"{shown.replace('.', ',')}\N{NO-BREAK SPACE}%" if self.locale == "fr" else f"{shown}%"

    def country(self, code: str) -> str:
        names: Any = Locale.parse(self.locale).territories
        return str(names.get(code, code))

    def draw(self) -> bytes:
        self._head()
        self._parties()
        self._lines()
        self._sums()
        self._mentions()
        return self.sheet.done()

    def _head(self) -> None:
        sheet, content = self.sheet, self.content
        sheet.paragraph(content["seller"]["name"], size=13, bold=True, gap=10)
        sheet.paragraph(self.heading, size=17, bold=True, gap=6)
        if content["seller"]["fictitious"]:
            words = gettext("Demonstration: the seller and the order are invented, this is no invoice.")
            sheet.paragraph(words, bold=True, gap=6)
        facts = [(gettext("Date of issue"), self.day(content["issued"]))]
        facts.append((gettext("Order"), f"{content['order']}, {self.day(content['placed'])}"))
        if content["supplied"]:
            facts.append((gettext("Date of supply"), self.day(content["supplied"])))
        if self.credit:
            words = f"{content['invoice']}, {self.day(content['invoice_day'])}"
            facts.append((gettext("Corrects the invoice"), words))
        for name, value in facts:
            sheet.row([(name, LEFT, 120, False), (value, LEFT + 124, 300, False)], gap=0)
        sheet.y -= 12

    def _parties(self) -> None:
        sheet, seller, billing = self.sheet, self.content["seller"], self.content["billing"]
        ours = [seller["name"], seller["form"], *seller["address"].split("\n"), seller["registration"]]
        ours += [
            gettext("VAT number: %(number)s") % {"number": seller["vat_number"]} if seller["vat_number"] else "",
            seller["email"],
            seller["phone"],
        ]
        theirs = [billing["company"], *self.content["buyer"], self.country(self.content["country"])]
        if billing["vat_number"]:
            theirs.append(gettext("VAT number: %(number)s") % {"number": billing["vat_number"]})
        half = (RIGHT - LEFT) / 2 - 10
        sheet.row(
            [(gettext("Seller"), LEFT, half, False), (gettext("Buyer"), LEFT + half + 20, half, False)], bold=True
        )
        sheet.row(
            [
                ("\n".join(part for part in ours if part), LEFT, half, False),
                ("\n".join(part for part in theirs if part), LEFT + half + 20, half, False),
            ],
            gap=16,
        )

    def _cells(self, texts: list[str]) -> list[tuple[str, float, float, bool]]:
        return [
            (text, x, width, place > 0) for place, (text, (x, width)) in enumerate(zip(texts, _COLUMNS, strict=True))
        ]

    def _titles(self) -> None:
        names = [
            gettext("Article"),
            gettext("Pieces"),
            gettext("Unit price"),
            gettext("VAT"),
            gettext("Net"),
            gettext("Total"),
        ]
        self.sheet.row(self._cells(names), bold=True, gap=2)
        self.sheet.line()

    def _lines(self) -> None:
        self._titles()
        for line in self.content["lines"]:
            if self.sheet.need(54):
                self._titles()
            name = f"{line['name']}\n{line['detail']}" if line["detail"] else line["name"]
            if line["discount"]:
                name += "\n" + gettext("discount: −%(amount)s") % {"amount": self.money(line["discount"])}
            texts = [
                name,
                str(line["quantity"]),
                self.money(line["unit"]),
                self.percent(line["rate"]),
                self.money(line["net"]),
                self.money(line["total"]),
            ]
            self.sheet.row(self._cells(texts))
        self.sheet.line(gap=8)

    def _sum(self, name: str, value: str, *, bold: bool = False) -> None:
        self.sheet.need(20)
        self.sheet.row([(name, 250, 214, True), (value, 470, RIGHT - 470, True)], bold=bold, gap=1)

    def _sums(self) -> None:
        content = self.content
        if self.credit:
            if content["other"]:
                self._sum(gettext("Shipping, other amounts, kept amounts"), self.money(content["other"]))
        else:
            self._sum(gettext("Articles"), self.money(content["goods"]))
            if content["discount"]:
                names = [f"{each['name']} {each['code']}".strip() for each in content["adjustments"]]
                words = " ".join([gettext("Discount"), *([f"({', '.join(names)})"] if names else [])])
                self._sum(words, f"−{self.money(content['discount'])}")
            self._sum(gettext("Delivery"), self.money(content["shipping"]))
        for each in content["taxes"]:
            rate = {"rate": self.percent(each["rate"]), "country": self.country(_taxed_in(each, content))}
            self._sum(gettext("Net at %(rate)s") % rate, self.money(each["net"]))
            self._sum(gettext("VAT %(rate)s (%(country)s)") % rate, self.money(each["tax"]))
        total = gettext("Total given back, VAT included") if self.credit else gettext("Total, VAT included")
        self._sum(total, self.money(content["total"]), bold=True)
        if not self.credit and content["gift_cards"]:
            self._sum(gettext("Paid with gift cards"), f"−{self.money(content['gift_cards'])}")
            self._sum(gettext("Paid otherwise"), self.money(content["total"] - content["gift_cards"]))
        self.sheet.y -= 12

    def _mentions(self) -> None:
        content, said = self.content, []
        if not self.credit:
            by = content["paid_by"] or gettext("online")
            said.append(gettext("Paid on the day of the order: %(by)s.") % {"by": by})
        taxed = [_taxed_in(each, content) for each in content["taxes"] if each["tax"]]
        if taxed and taxed[0] != content["seller"]["country"]:
            said.append(
                gettext(
                    "VAT of %(country)s, declared through the one-stop shop (OSS), directive 2006/112/EC, article 369a."
                )
                % {"country": self.country(taxed[0])}
            )
        if content["country"] not in _UNION and not taxed:
            said.append(gettext("Exempt from VAT: export, article 262 I of the French tax code (CGI)."))
        if content["billing"]["company"]:
            said.append(
                gettext(
                    "No discount for early payment. Late payment: interest at three times the French legal rate and a "
                    "fixed sum of €40 for recovery (code de commerce, L441-10)."
                )
            )
        if content["seller"]["mediator"]:
            said.append(gettext("Consumer mediator: %(mediator)s") % {"mediator": content["seller"]["mediator"]})
        for text in said:
            self.sheet.paragraph(text, size=8)
