"""Where a request comes from, as far as it can be believed."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's address: the connection's own, or what the trusted proxies in front say.

    With n trusted proxies the n-th entry of X-Forwarded-For from the right counts; anything further left was
    written by the visitor.
    """
    proxies = int(settings.TRUSTED_PROXIES)
    if proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
