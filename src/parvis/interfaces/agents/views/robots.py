"""Which programs may read what."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from parvis.domains.evidence import queries as evidence

# Nothing here is about a person who is not the visitor, yet nothing of it helps anybody find the shop.
PRIVATE = ("/studio/", "/accounts/", "/api/", "/collect/", "/preferences/", "/webhooks/", "/testpay/")
PERSONAL = ("cart/", "checkout/", "orders/", "account/", "my-review/", "review/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything that is for everybody may be read, by whom the brand lets in (studio, visibility).
    PARVIS_AI_TRAINING=no keeps those out that train models, unless the brand decided otherwise for one."""
    closed = [*PRIVATE, *(f"/{code}/{place}" for code, _name in settings.LANGUAGES for place in PERSONAL)]
    rules = [f"Disallow: {place}" for place in closed]
    policies = evidence.crawler_policies()
    lines = ["User-agent: *", *rules, ""]
    for allowed in (True, False):
        named = [f"User-agent: {policy.crawler}" for policy in policies if policy.allowed is allowed]
        if named:
            lines += [*named, *([*rules, "Allow: /"] if allowed else ["Disallow: /"]), ""]
    lines += [f"Sitemap: {settings.PUBLIC_URL}{reverse('agents:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
