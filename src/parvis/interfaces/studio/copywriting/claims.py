"""What may not be claimed and by which law; documents that prove claims; the facts of a product."""

from datetime import UTC, datetime, time

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parvis.core.clock import now
from parvis.domains.catalog import queries as catalog
from parvis.domains.copywriting import actions, queries
from parvis.domains.copywriting.contracts import Verdict
from parvis.domains.people.contracts import Permission
from parvis.domains.people.web import requires
from parvis.interfaces.studio import frame
from parvis.interfaces.studio.copywriting import words
from parvis.interfaces.studio.fields import StudioForm, offer


class ProofForm(StudioForm):
    """A document that proves a claim."""

    family = forms.ChoiceField(label=gettext_lazy("Claim"))
    words = forms.CharField(
        label=gettext_lazy("The words it allows"),
        max_length=120,
        help_text=gettext_lazy("As they will stand in a text, for example “dermatologically tested”."),
    )
    reference = forms.CharField(
        label=gettext_lazy("The document"),
        max_length=300,
        help_text=gettext_lazy("Number, laboratory or holder, date: whoever checks must be able to find it."),
    )
    product = forms.CharField(
        label=gettext_lazy("Product"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The last part of its address in the shop; empty: of the whole range."),
    )
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        locale = frame.locale()
        families = [each for each in queries.claim_families() if each.verdict is Verdict.PROOF]
        offer(self, "family", [(each.key, each.name(locale)) for each in families])


@require_GET
@requires(Permission.COPY_VIEW)
def claims(request: HttpRequest) -> HttpResponse:
    """GET: families of claims with their law, and the documents that were noted."""
    return _show(request, ProofForm())


def _show(request: HttpRequest, form: ProofForm, *, status: int = 200) -> HttpResponse:
    locale = frame.locale()
    proofs = queries.claim_proofs()
    products = catalog.products({each.product_id for each in proofs if each.product_id}, locale=locale)
    names = {each.key: each.name(locale) for each in queries.claim_families()}
    context = {
        "heading": _("Claims"),
        "families": [
            {
                "family": each,
                "name": each.name(locale),
                "why": each.why(locale),
                "law": each.law_named(locale),
                "verdict": words.VERDICTS[each.verdict],
                "examples": (each.examples_fr if locale == "fr" else each.examples_en)[:4],
            }
            for each in queries.claim_families()
        ],
        "proofs": [(each, names[each.family], products.get(each.product_id or 0)) for each in proofs],
        "form": form,
    }
    return frame.page(request, "studio/copywriting/claims.html", context, room="copy", status=status)


@require_POST
@requires(Permission.COPY_APPROVE)
def proof(request: HttpRequest) -> HttpResponse:
    """POST a document, or end=its id."""
    here, staff, at = f"{reverse('studio:copy_claims')}#proofs", frame.staff_of(request), now()
    ended = request.POST.get("end", "")
    if ended.isascii() and ended.isdigit() and len(ended) < 18:
        problem = frame.attempt(lambda: actions.end_proof(proof_id=int(ended), actor_id=staff.account_id, at=at))
        return frame.failed(request, problem, here) if problem else frame.done(request, _("It counts no more."), here)
    form = ProofForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    said = form.cleaned_data
    until = datetime.combine(said["until"], time.max, tzinfo=UTC) if said["until"] else None

    def act() -> None:
        slug = said["product"].strip().strip("/").rpartition("/")[2]
        product_id = catalog.product_by_slug(slug, locale=frame.locale()).product.id if slug else None
        actions.add_proof(
            family=said["family"], words=said["words"], reference=said["reference"], product_id=product_id,
            until=until, actor_id=staff.account_id, actor_name=staff.name or staff.email, at=at,
        )  # fmt: skip

    problem = frame.attempt(act)
    if problem:
        form.add_error(None, problem)
        return _show(request, form, status=422)
    return frame.done(request, _("Noted: these words may be said."), here)


@require_http_methods(["GET", "POST"])
@requires(Permission.COPY_EDIT)
def facts(request: HttpRequest, product_id: int, language: str) -> HttpResponse:
    """GET, POST text: the facts of a product from which drafts are written."""
    if language not in words.LANGUAGES:
        raise Http404
    product = catalog.product(product_id, locale=frame.locale(), archived=True).product
    if request.method == "POST":
        text, staff = request.POST.get("text", ""), frame.staff_of(request)
        problem = frame.attempt(
            lambda: actions.save_facts(
                product_id=product_id, language=language, text=text, actor_id=staff.account_id, at=now()
            )
        )
        here = reverse("studio:copy_facts", kwargs={"product_id": product_id, "language": language})
        return frame.failed(request, problem, here) if problem else frame.done(request, _("Kept."), here)
    _name, text, edited = queries.facts_text(product_id, language)
    context = {
        "heading": product.name,
        "product": product,
        "text": text,
        "edited": edited,
        "language": words.LANGUAGES[language],
        "code": language,
    }
    return frame.page(request, "studio/copywriting/facts.html", context, room="copy")
