"""Widgets: made, seen as they will be seen, copied into other sites, renewed and ended."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import actions, queries
from parvis.domains.evidence.contracts import Widget, WidgetKind
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame, proof
from parvis.interfaces.studio.fields import StudioForm
from parvis.interfaces.widgets.codes import codes
from parvis.interfaces.widgets.views.fragment import known_product, made

KINDS = (
    (WidgetKind.QUOTES.value, gettext_lazy("Quotes, scrolling sideways")),
    (WidgetKind.RATING.value, gettext_lazy("Stars and number of reviews")),
    (WidgetKind.PHOTOS.value, gettext_lazy("Photos")),
    (WidgetKind.VIDEOS.value, gettext_lazy("Videos")),
)
THEMES = (
    ("auto", gettext_lazy("As the page around it")),
    ("light", gettext_lazy("Always light")),
    ("dark", gettext_lazy("Always dark")),
)


class WidgetForm(StudioForm):
    """What a widget shows, and where it may."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("What it shows"), choices=KINDS)
    product = forms.CharField(
        label=gettext_lazy("Product"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Article number or address name. Empty: the page that embeds it names the product."),
    )
    origins = forms.CharField(
        label=gettext_lazy("Sites that may show it"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line, such as https://shop.example. Empty: any site."),
    )
    theme = forms.ChoiceField(label=gettext_lazy("Day and night"), choices=THEMES)
    shown = forms.IntegerField(label=gettext_lazy("How many at most"), min_value=1, max_value=8, initial=6)
    territory = forms.CharField(
        label=gettext_lazy("Country of its readers"),
        required=False,
        max_length=2,
        help_text=gettext_lazy("Two letters, such as FR: photos and videos cleared for it are shown too."),
    )
    structured = forms.BooleanField(
        label=gettext_lazy("Structured data"),
        required=False,
        help_text=gettext_lazy("Adds the rating and the reviews shown to the page for search engines."),
    )

    def clean_product(self) -> int | None:
        ref = self.cleaned_data["product"].strip()
        if not ref:
            return None
        found = catalog.products_by_ref([ref]).get(ref)
        if found is None:
            raise forms.ValidationError(_("No product goes by this name."))
        return found


@require_GET
@requires(Permission.VOICES_VIEW)
def widgets(request: HttpRequest) -> HttpResponse:
    """GET: all widgets."""
    return _list(request, WidgetForm())


@require_POST
@requires(Permission.PROOF_EDIT)
def create(request: HttpRequest) -> HttpResponse:
    """POST: a new widget; leads to its page."""
    form = WidgetForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    said, kept = form.cleaned_data, []
    problem = frame.attempt(
        lambda: kept.append(
            actions.make_widget(
                name=said["name"],
                kind=WidgetKind(said["kind"]),
                product_id=said["product"],
                origins=said["origins"].split(),
                theme=said["theme"],
                shown=said["shown"],
                territory=said["territory"],
                structured=said["structured"],
                actor_id=frame.staff_of(request).account_id,
                at=now(),
            )
        )
    )
    if problem:
        form.add_error("origins", problem)
        return _list(request, form, status=422)
    return redirect("studio:widget", kept[0].id)


@require_GET
@requires(Permission.VOICES_VIEW)
def widget(request: HttpRequest, widget_id: int) -> HttpResponse:
    """GET: a widget as it will be seen, and its code."""
    found = queries.widget(widget_id)
    ref = known_product(found)
    context = {"widget": found, "kind": dict(KINDS)[found.kind.value], "ref": ref, "elsewhere": _elsewhere(found)}
    if ref:
        context["codes"] = codes(found, ref=ref)
    return proof.page(request, "studio/proof/widget.html", context, tab="studio:widgets")


@require_GET
@requires(Permission.VOICES_VIEW)
@xframe_options_sameorigin
def preview(request: HttpRequest, widget_id: int) -> HttpResponse:
    """GET: the widget alone, for the frame of its page. Nothing of it is counted."""
    found = queries.widget(widget_id)
    ref, language = known_product(found), frame.locale()
    if not ref:
        raise NotFound(kind="product", key="")
    html = made(found, ref, language=language, bucket=0, preview=True)
    answer = render(request, "studio/proof/preview.html", {"html": html, "widget": found})
    answer["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'self'; base-uri 'none'"
    )
    return answer


@require_POST
@requires(Permission.PROOF_EDIT)
def change(request: HttpRequest, widget_id: int) -> HttpResponse:
    """POST do=on|off|renew|delete."""
    what, here = request.POST.get("do", ""), reverse("studio:widget", args=[widget_id])
    who: dict[str, Any] = {"widget_id": widget_id, "actor_id": frame.staff_of(request).account_id, "at": now()}
    acts = {
        "on": lambda: actions.set_widget_active(active=True, **who),
        "off": lambda: actions.set_widget_active(active=False, **who),
        "renew": lambda: actions.renew_widget(**who),
        "delete": lambda: actions.delete_widget(**who),
    }
    if what not in acts:
        return frame.failed(request, _("nothing was chosen"), here)
    problem = frame.attempt(acts[what])
    there = reverse("studio:widgets") if what == "delete" or problem else here
    return frame.failed(request, problem, there) if problem else frame.done(request, _("Changed."), there)


def _list(request: HttpRequest, form: WidgetForm, *, status: int = 200) -> HttpResponse:
    kinds = dict(KINDS)
    rows = [{"widget": each, "kind": kinds[each.kind.value]} for each in queries.widgets()]
    context = {"rows": rows, "form": form}
    return proof.page(request, "studio/proof/widgets.html", context, tab="studio:widgets", status=status)


def _elsewhere(found: Widget) -> str:
    """The page of another shop: on this machine under its other name, which browsers take for another site."""
    parts = urlsplit(settings.PUBLIC_URL)
    other = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}.get(parts.hostname or "")
    site = f"{parts.scheme}://{other}{f':{parts.port}' if parts.port else ''}" if other else settings.PUBLIC_URL
    return f"{site}{reverse('widgets:elsewhere', args=[found.key])}?lang={frame.locale()}"
