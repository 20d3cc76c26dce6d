"""Taxes: where the brand is registered, its rates, and what it sold to each country in a quarter."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from parvis.core.clock import now
from parvis.core.errors import ParvisError
from parvis.core.numbers import whole
from parvis.domains.catalog import queries as catalog
from parvis.domains.checkout import actions, queries
from parvis.domains.checkout.contracts import TaxReportRow, TaxTable
from parvis.domains.checkout.rules.taxes import STANDARD_RATES
from parvis.domains.people import actions as people
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, offers, problems
from parvis.interfaces.studio.fields import StudioForm, major_text, offer

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TaxForm(StudioForm):
    """The brand's tax table. Rates are percents; an empty one is the usual one of the country."""

    home = forms.ChoiceField(label=gettext_lazy("Registered in"))
    oss = forms.BooleanField(
        label=gettext_lazy("One-stop shop (OSS)"),
        required=False,
        help_text=gettext_lazy(
            "Sales to other countries of the Union are taxed at the rate of where they arrive and declared together."
            " Without it they are taxed at your own rate."
        ),
    )
    reduced = forms.CharField(
        label=gettext_lazy("Reduced rates"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("A line each: category, country, percent. Example: books FR 5.5"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Locale.parse(frame.locale()).territories
        offer(self, "home", sorted(((code, str(names[code])) for code in STANDARD_RATES), key=lambda each: each[1]))
        for code in STANDARD_RATES:
            self.fields[f"rate_{code}"] = forms.DecimalField(
                label=str(names[code]), required=False, min_value=0, max_value=30, decimal_places=2
            )
            self.fields[f"rate_{code}"].widget.attrs["class"] = "input"
            self.fields[f"rate_{code}"].widget.attrs["placeholder"] = f"{STANDARD_RATES[code] / 100:g}"

    def rates(self) -> list[forms.BoundField]:
        """The fields of the countries, in the order of their names."""
        return sorted((self[f"rate_{code}"] for code in STANDARD_RATES), key=lambda field: str(field.label))

    def clean_reduced(self) -> dict[str, dict[str, int]]:
        known = catalog.categories("en")
        keys = {each.key for each in known} | {each.department for each in known if each.department}
        found: dict[str, dict[str, int]] = {}
        for line in self.cleaned_data["reduced"].splitlines():
            if not line.strip():
                continue
            parts = line.replace(",", ".").replace("%", "").split()
            try:
                key, country, percent = parts
                points = int(Decimal(percent) * 100)
            except (ValueError, ArithmeticError) as error:
                raise forms.ValidationError(_("Cannot be read: %(line)s") % {"line": line.strip()[:80]}) from error
            if key not in keys:
                raise forms.ValidationError(_("No category is known as %(name)s.") % {"name": key[:60]})
            found.setdefault(key, {})[country.upper()] = points
        return found

    def table(self) -> TaxTable:
        """The table of a valid form."""
        said = self.cleaned_data
        rates = {code: said[f"rate_{code}"] for code in STANDARD_RATES if said[f"rate_{code}"] is not None}
        return TaxTable(
            home=said["home"],
            oss=said["oss"],
            rates={code: int(percent * 100) for code, percent in rates.items()},
            reduced=said["reduced"],
            revision=said["revision"],
        )


def _initial(table: TaxTable) -> dict[str, Any]:
    lines = [
        f"{key} {country} {points / 100:g}" for key, rates in table.reduced.items() for country, points in rates.items()
    ]
    rates = {f"rate_{code}": Decimal(points) / 100 for code, points in table.rates.items()}
    return {
        "home": table.home,
        "oss": table.oss,
        "reduced": "\n".join(lines),
        "revision": table.revision,
        **rates,
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.OFFERS_EDIT)
def taxes(request: HttpRequest) -> HttpResponseBase:
    """GET ?quarter= : the table and the report of a quarter. POST: change the table."""
    if request.method == "POST":
        return _save(request)
    return _show(request, TaxForm(initial=_initial(queries.tax_table())))


@requires(Permission.SETTINGS_EDIT)
def _save(request: HttpRequest) -> HttpResponse:
    form = TaxForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    at, staff = now(), frame.staff_of(request)
    try:
        actions.save_taxes(table=form.table(), at=at)
    except ParvisError as error:
        form.add_error(None, problems.words(error))
        return _show(request, form, status=422)
    people.note(actor_id=staff.account_id, verb="taxes.changed", subject_kind="taxes", subject_id=1, at=at)
    return frame.done(request, _("Saved: it counts from the next quote on."), reverse("studio:taxes"))


@require_GET
@requires(Permission.OFFERS_EDIT)
def report(request: HttpRequest) -> StreamingHttpResponse:
    """GET ?quarter=2026-4 : the report as CSV."""
    year, quarter = _quarter(request)
    rows = _rows(request, year, quarter)
    answer = StreamingHttpResponse(_csv(rows, year, quarter), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="vat-{year}-q{quarter}.csv"'
    return answer


def _csv(rows: tuple[TaxReportRow, ...], year: int, quarter: int) -> Iterator[str]:
    table = queries.tax_table()
    yield _line("quarter", "country", "scheme", "rate_percent", "orders", "net", "vat", "currency")
    for row in rows:
        yield _line(
            f"{year}-Q{quarter}",
            row.country,
            _scheme(row.country, table),
            f"{row.basis_points / 100:.2f}",
            str(row.orders),
            _plain(row.net.amount_minor),
            _plain(row.tax.amount_minor),
            row.net.currency,
        )


def _plain(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return sign + major_text(abs(minor), settings.CURRENCY).replace(",", ".")


def _line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_cell(each) for each in cells])
    return out.getvalue()


def _cell(value: str) -> str:
    """No cell begins a formula; a negative number stays one."""
    flat = " ".join(value.replace("\0", "").split())
    number = flat.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{flat}" if flat.startswith(_FORMULA) and not number else flat


def _scheme(country: str, table: TaxTable) -> str:
    if country == table.home:
        return "domestic"
    if country not in STANDARD_RATES:
        return "export"
    return "oss" if table.oss else "distance"


def _quarter(request: HttpRequest) -> tuple[int, int]:
    """The quarter that is asked for, else the running one."""
    year, _sep, quarter = request.GET.get("quarter", "").partition("-")
    asked, number = whole(year, most=9000), whole(quarter, most=4)
    if asked is not None and asked >= 2000 and number:
        return asked, number
    today = timezone.localtime(now())
    return today.year, (today.month - 1) // 3 + 1


def _rows(request: HttpRequest, year: int, quarter: int) -> tuple[TaxReportRow, ...]:
    def first(a_year: int, a_quarter: int) -> datetime:
        return datetime(a_year, 3 * a_quarter - 2, 1, tzinfo=timezone.get_current_timezone())

    ends = first(year, quarter + 1) if quarter < 4 else first(year + 1, 1)
    simulated = request.GET.get("simulated") == "1"
    return queries.tax_report(begins=first(year, quarter), ends=ends, currency=settings.CURRENCY, simulated=simulated)


def _show(request: HttpRequest, form: TaxForm, *, status: int = 200) -> HttpResponse:
    year, quarter = _quarter(request)
    table = queries.tax_table()
    names = Locale.parse(frame.locale()).territories
    schemes = {
        "domestic": _("own country"),
        "oss": "OSS",
        "distance": _("own rate"),
        "export": _("outside the Union"),
    }
    rows = [
        {
            "row": row,
            "country": str(names.get(row.country, row.country)),
            "scheme": schemes[_scheme(row.country, table)],
        }
        for row in _rows(request, year, quarter)
    ]
    this_year, this_quarter = _quarter_of(now())
    running = this_year * 4 + this_quarter - 1
    past = [divmod(running - back, 4) for back in range(8)]
    quarters = [
        (f"{a_year}-{number + 1}", _("Q%(quarter)d %(year)d") % {"quarter": number + 1, "year": a_year})
        for a_year, number in past
    ]
    context = {
        "form": form,
        "rows": rows,
        "quarter": f"{year}-{quarter}",
        "quarters": quarters,
        "simulated": request.GET.get("simulated") == "1",
    }
    return offers.page(request, "studio/offers/taxes.html", context, tab="studio:taxes", status=status)


def _quarter_of(moment: datetime) -> tuple[int, int]:
    local = timezone.localtime(moment)
    return local.year, (local.month - 1) // 3 + 1
