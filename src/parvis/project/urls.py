"""Where every address leads. Interfaces own pages and routes; this file only puts them beside each other."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # first, since most requests are the shop's: an address without a language passes by in one comparison
    *i18n_patterns(path("", include("parvis.interfaces.storefront.urls"))),
    path("studio/", include("parvis.interfaces.studio.urls")),
    path("accounts/", include("parvis.interfaces.accounts.urls")),
    path("preferences/", include("parvis.interfaces.design.urls")),
    path("", include("parvis.interfaces.operations.urls")),
    path("api/", include("parvis.interfaces.api.urls")),
    path("", include("parvis.interfaces.agents.urls")),
    path("", include("parvis.interfaces.agents.mcp.urls")),
    path("", include("parvis.interfaces.widgets.urls")),
    path("", include("parvis.domains.analytics.urls")),
    path("", include("parvis.domains.voices.urls")),
    path("", include("parvis.connectors.stripe.urls")),
    path("", include("parvis.connectors.testpay.urls")),
    path("", include("parvis.connectors.mail.urls")),
    path("", include("parvis.interfaces.storefront.roots")),
]
handler404 = "parvis.interfaces.operations.middleware.page_not_found"
handler403 = "parvis.interfaces.operations.middleware.forbidden"
handler500 = "parvis.interfaces.operations.middleware.server_error"
