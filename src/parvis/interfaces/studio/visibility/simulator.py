"""The answer-engine simulator: shoppers' questions put to our page and pages of others, before and after a change."""

import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from parvis.core.clock import now
from parvis.core.errors import NotFound
from parvis.domains.catalog import queries as catalog
from parvis.domains.evidence import actions, queries
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.agents.views import twins
from parvis.interfaces.design import marks
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.fields import StudioForm

OURS, SEED = "ours", 20260312
QUESTIONS, RIVALS, LONGEST = 100, 3, 40_000
FIGURES = {
    "retrieved": gettext_lazy("retrieved: one of the five passages is ours"),
    "first": gettext_lazy("first: the best passage is ours"),
    "quoted": gettext_lazy("quoted: share of the quoted words that are ours"),
}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SimulatorForm(StudioForm):
    """What is asked, of which page of ours, beside whose pages, and what would change."""

    name = forms.CharField(label=gettext_lazy("Name of the run"), max_length=120)
    product = forms.CharField(
        label=gettext_lazy("Our product"),
        max_length=200,
        help_text=gettext_lazy("The last part of its address in the shop, for example linen-dress."),
    )
    questions = forms.CharField(
        label=gettext_lazy("Questions of shoppers, one a line"), max_length=QUESTIONS * 300, widget=_area(6)
    )
    rival_1 = forms.CharField(label=gettext_lazy("Page of another shop, as text"), max_length=LONGEST, widget=_area(4))
    rival_2 = forms.CharField(
        label=gettext_lazy("Second page of another shop"), max_length=LONGEST, required=False, widget=_area(3)
    )
    rival_3 = forms.CharField(
        label=gettext_lazy("Third page of another shop"), max_length=LONGEST, required=False, widget=_area(3)
    )
    added = forms.CharField(
        label=gettext_lazy("What would be added to our page"),
        max_length=LONGEST,
        required=False,
        widget=_area(4),
        help_text=gettext_lazy("Left empty: only what stands there today is measured."),
    )

    def clean_product(self) -> str:
        """The slug of a product that is sold."""
        slug = str(self.cleaned_data["product"]).strip().strip("/").rpartition("/")[2]
        try:
            catalog.product_by_slug(slug, locale=frame.locale())
        except NotFound:
            raise forms.ValidationError(_("No product of the shop has this address.")) from None
        return slug

    def clean_questions(self) -> list[str]:
        """Questions, without empty lines and repetitions."""
        lines = [" ".join(line.split())[:300] for line in str(self.cleaned_data["questions"]).splitlines()]
        found = list(dict.fromkeys(filter(None, lines)))
        if not found or len(found) > QUESTIONS:
            raise forms.ValidationError(_("Give one to %(most)d questions.") % {"most": QUESTIONS})
        return found


@require_http_methods(["GET", "POST"])
@requires(Permission.CATALOG_EDIT)
def simulator(request: HttpRequest) -> HttpResponse:
    """GET: the form and the latest runs. POST: run, keep, show."""
    form = SimulatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _run(form.cleaned_data)
        number = actions.keep_simulation(
            name=form.cleaned_data["name"], given=made["given"], result=made["result"],
            actor_id=frame.staff_of(request).account_id, at=now(),
        )  # fmt: skip
        return frame.done(request, _("Done."), reverse("studio:simulation", kwargs={"simulation_id": number}))
    context = {"heading": _("Answer-engine simulator"), "form": form, "runs": queries.simulations()}
    status = 422 if form.errors else 200
    return frame.page(request, "studio/visibility/simulator.html", context, room="visibility", status=status)


def _bare(markdown: str) -> str:
    """The words of a twin without its markup."""
    return re.sub(r"\\(.)", r"\1", re.sub(r"^\s*(?:#+|>|-)\s+", "", markdown, flags=re.MULTILINE))


def _run(told: dict[str, Any]) -> dict[str, Any]:
    import polars as pl

    from parvis.science.visibility import engine

    locale = frame.locale()
    ours = _bare(twins.text_of(told["product"], locale))
    rivals = [told[f"rival_{number}"] for number in range(1, RIVALS + 1) if told[f"rival_{number}"].strip()]
    questions = pl.DataFrame({"id": range(len(told["questions"])), "text": told["questions"]})

    def pages(text: str) -> pl.DataFrame:
        names = [_("our page"), *(_("page %(number)d") % {"number": n} for n in range(1, len(rivals) + 1))]
        owners = [OURS, *(f"rival {n}" for n in range(1, len(rivals) + 1))]
        return pl.DataFrame({"page": names, "owner": owners, "text": [text, *rivals]})

    before = engine.simulate(pages(ours), questions, ours=OURS, seed=SEED)
    after = None
    if told["added"].strip():
        after = engine.simulate(pages(f"{ours}\n{told['added']}"), questions, ours=OURS, seed=SEED)
    moved = engine.compare(before, after, seed=SEED) if after else {}
    result = {
        "before": {name: [each.value, each.low, each.high] for name, each in before.figures.items()},
        "after": {name: [each.value, each.low, each.high] for name, each in after.figures.items()} if after else {},
        "moved": {name: [each.value, each.low, each.high, each.decision] for name, each in moved.items()},
        "questions": (after or before).by_question.to_dicts(),
        "answered": int(before.by_question["answered"].sum()),
    }
    given = {"product": told["product"], "questions": len(told["questions"]), "rivals": len(rivals)}
    return {"given": {**given, "added": told["added"][:2000]}, "result": result}


@require_GET
@requires(Permission.CATALOG_EDIT)
def simulation(request: HttpRequest, simulation_id: int) -> HttpResponse:
    """GET: a kept run."""
    found = queries.simulation(simulation_id)
    result = found.result
    rows = [
        {
            "name": words,
            "before": _share(result["before"][key]),
            "after": _share(result["after"][key]) if result.get("after") else "",
            "moved": _points(result["moved"][key][:3]) if result.get("moved") else "",
            "decision": result["moved"][key][3] if result.get("moved") else "",
        }
        for key, words in FIGURES.items()
    ]
    context = {"heading": found.name, "run": found, "rows": rows, "questions": result["questions"]}
    return frame.page(request, "studio/visibility/simulation.html", context, room="visibility")


def _share(estimate: list[float]) -> str:
    value, low, high = (marks.number(round(100 * each) + 0, 0) for each in estimate)
    return _("%(value)s %% (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}


def _points(estimate: list[float]) -> str:
    value, low, high = (marks.number(round(100 * each) + 0, 0) for each in estimate)
    return _("%(value)s points (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}
