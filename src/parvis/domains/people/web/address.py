"""Where a request comes from, as far as it can be believed."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's network address: the peer's, or what the trusted proxies in front of us say."""
    peer = str(request.META.get("REMOTE_ADDR") or "")
    proxies = int(settings.TRUSTED_PROXIES)
    if not proxies:
        return peer
    said = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    # The last entry was written by the proxy next to us, the one before it by the proxy next to that.
    return said[-proxies] if len(said) >= proxies else peer
