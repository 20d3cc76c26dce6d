"""Theme and language: choices of the eye, kept in a cookie that says nothing about the person."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

COOKIE = "parvis_theme"
THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest | None) -> str:
    """The theme this visitor chose: auto (the system's), light or dark."""
    chosen = request.COOKIES.get(COOKIE, "auto") if request is not None else "auto"
    return chosen if chosen in THEMES else "auto"


# Exempt on purpose: the worst a forged form can do is to darken a page, and a page that holds no other form then needs
# no token, so it sets no cookie.
@csrf_exempt
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """POST theme, next: keep the choice and go back to where the visitor was. 400 on an unknown theme."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponse(status=400)
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if theme == "auto":
        response.delete_cookie(COOKIE, samesite="Lax")
    else:
        response.set_cookie(COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
