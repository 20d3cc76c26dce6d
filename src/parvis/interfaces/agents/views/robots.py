"""Which programs may read what."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

# Nothing here is about a person who is not the visitor, yet nothing of it helps anybody find the shop.
PRIVATE = ("/studio/", "/accounts/", "/api/", "/collect/", "/preferences/", "/webhooks/", "/testpay/")
PERSONAL = ("cart/", "checkout/", "orders/", "account/", "my-review/", "review/")
# Programs that fetch a page to answer somebody's question, and those that collect texts to train models.
ANSWERING = (
    "OAI-SearchBot", "ChatGPT-User", "PerplexityBot", "Perplexity-User", "Claude-SearchBot", "Claude-User",
    "DuckAssistBot", "MistralAI-User", "Bingbot", "Googlebot", "Applebot",
)  # fmt: skip
TRAINING = (
    "GPTBot", "ClaudeBot", "Google-Extended", "Applebot-Extended", "CCBot", "meta-externalagent", "Bytespider",
    "Amazonbot",
)  # fmt: skip


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything that is for everybody may be read; PARVIS_AI_TRAINING=no asks those that train models to stay out."""
    closed = [*PRIVATE, *(f"/{code}/{place}" for code, _name in settings.LANGUAGES for place in PERSONAL)]
    rules = [f"Disallow: {place}" for place in closed]
    lines = ["User-agent: *", *rules, ""]
    lines += [*(f"User-agent: {name}" for name in ANSWERING), *rules, "Allow: /", ""]
    lines += [*(f"User-agent: {name}" for name in TRAINING)]
    lines += [*rules, "Allow: /"] if settings.AI_TRAINING else ["Disallow: /"]
    lines += ["", f"Sitemap: {settings.PUBLIC_URL}{reverse('agents:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
