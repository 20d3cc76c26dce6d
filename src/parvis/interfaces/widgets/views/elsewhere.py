"""A page of somebody else's shop, as far as a browser can tell: to see a widget where it will stand."""

from csp.decorators import csp_exempt
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from parvis.core.errors import NotFound
from parvis.domains.evidence import queries as evidence
from parvis.interfaces.widgets.codes import codes
from parvis.interfaces.widgets.views.fragment import known_product


@require_safe
# The policy of another shop is its own; ours would forbid what this page is there to show.
@csp_exempt()  # type: ignore[arg-type]  # its types ask for a policy that is optional
def elsewhere(request: HttpRequest, key: str) -> HttpResponse:
    """The page with the code of the widget in it. Opened at another name of this machine it is another origin."""
    try:
        widget = evidence.widget_by_key(key)
    except NotFound as error:
        raise Http404 from error
    language = "fr" if request.GET.get("lang") == "fr" else "en"
    context = {"language": language, "code": codes(widget, ref=known_product(widget)).html}
    with translation.override(language):
        answer = render(request, "widgets/elsewhere.html", context)
    answer["X-Robots-Tag"] = "noindex"
    return answer
